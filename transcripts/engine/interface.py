"""The narrow interface of every engine: ``Job``s in, ``Step`` after ``Step`` out.

An engine hears several files at once, each in stripes that are heard side by side, so the windows of a file do not come in the
order of its seconds. A step is what one batch of windows brought. Whoever stores each step whole, in one transaction, loses one
batch at most when the process dies: a ``Job`` with the stored windows as ``done`` goes on there, and hears what the first run would
have heard, since no window knows of the text before it (that also keeps a slip from becoming a loop), and since which windows are
heard together follows from the jobs and what is done of them alone. An engine that breaks this breaks the promise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from transcripts.errors import TranscriptError
from transcripts.words import Segment, Source, Transcript

Padding = Literal["silence", "zeros"]

AUTO = "auto"
"""A language that is to be found out."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to hear one file.

    ``language`` is a code or an English name ("en", "en-GB", "english"); None or "auto" lets a multilingual model find out:
    openai-whisper stretch by stretch, in Whisper's own way and with faster-whisper from the first window. ``prompt`` holds names
    and words to expect. ``temperatures`` are tried in turn until a window's text
    compresses less than ``compression_ratio`` and is likelier than ``avg_logprob`` (natural log per token); a window is silence if
    it fails that and ``no_speech_prob`` is passed too. ``words`` keeps the time of each word. ``parallel_chunks`` is the greatest number
    of parts of a file that are heard side by side; None leaves it to the engine, 1 hears the file as ``whisper.transcribe`` does:
    nothing is passed over, and ``padding`` is whisper's. ``padding`` fills a window that the sound does not fill, with "silence" or
    with "zeros", whisper's, which sound like a murmur; None chooses silence, but for one stripe asked for.
    """

    language: str | None = "en"
    prompt: str = ""
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    compression_ratio: float = 2.4
    avg_logprob: float = -1.0
    no_speech_prob: float = 0.6
    words: bool = True
    parallel_chunks: int | None = None
    padding: Padding | None = None

    @property
    def faithful(self) -> bool:
        """Hear as ``whisper.transcribe`` does."""
        return self.parallel_chunks == 1


@dataclass(frozen=True, slots=True)
class Window:
    """What was heard from ``start`` to ``end`` (seconds): everything between them is done.

    ``duration`` is the media's in seconds, None while it is unknown. ``notes`` tell what was found wrong with the file so far.
    """

    start: float
    end: float
    duration: float | None
    segments: tuple[Segment, ...] = ()
    language: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One file to hear. ``key`` is the caller's name for it; ``done`` are the windows that an earlier run heard, in any order."""

    key: str
    path: Path
    options: Options = field(default_factory=Options)
    done: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcribed:
    """A window of a job."""

    key: str
    window: Window


@dataclass(frozen=True, slots=True)
class Ended:
    """A job has been heard to its end, or, with an ``error``, cannot be; the other jobs go on."""

    key: str
    error: TranscriptError | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one batch brought: to be stored whole."""

    transcribed: tuple[Transcribed, ...] = ()
    ended: tuple[Ended, ...] = ()


class Engine(Protocol):
    """What turns sound into words.

    ``name`` is kept as the transcript's model. ``signature`` tells what else decides about the words (weights, precision): windows
    that were heard under another one are not gone on with. ``remark`` decides nothing.
    """

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def signature(self) -> str:
        """Equal for two engines that hear the same."""

    @property
    def remark(self) -> str:
        """How it computes and why so, for people: "int8: it differs from float32 by 0.0006 nats a token …; 16 windows at once"."""

    def transcribe(self, jobs: Iterable[Job]) -> Iterator[Step]:
        """Hear all jobs, several at once; a job is taken from ``jobs`` when there is room for it.

        A file without sound, or a language that the model does not know, ends its own job only (``MediaError``, ``LanguageError``).
        """


def windows(
    engine: Engine, path: Path, options: Options | None = None, done: tuple[Window, ...] = ()
) -> Iterator[Window]:
    """Hear one file, window after window as they come.

    Raises:
        MediaError: the file holds no sound.
        LanguageError: the model does not know the language asked for.
    """
    for step in engine.transcribe([Job(str(path), path, options or Options(), done)]):
        for one in step.transcribed:
            yield one.window
        for ended in step.ended:
            if ended.error:
                raise ended.error


def collect(engine_name: str, heard: Iterable[Window]) -> Transcript:
    """The transcript that windows make, whatever order they come in."""
    ordered = sorted(heard, key=lambda window: (window.start, window.end))
    last = ordered[-1] if ordered else Window(0.0, 0.0, None)
    durations = [window.duration for window in ordered if window.duration is not None]
    language = next((window.language for window in ordered if window.language), None)
    notes = tuple(dict.fromkeys(note for window in ordered for note in window.notes))
    segments = tuple(segment for window in ordered for segment in window.segments)
    duration = durations[-1] if durations else last.end or None
    return Transcript(segments, Source.WHISPER, engine_name, language, duration, notes)


def transcribe(
    engine: Engine, path: Path, options: Options | None = None, on_window: Callable[[Window], None] | None = None
) -> Transcript:
    """Hear the whole file; ``on_window`` is called after each window (to show progress). Raises as ``windows`` does."""
    heard: list[Window] = []
    for window in windows(engine, path, options):
        heard.append(window)
        if on_window is not None:
            on_window(window)
    return collect(engine.name, heard)
