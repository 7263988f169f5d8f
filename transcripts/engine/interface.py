"""The interface of every engine: ``Job``s in, one ``Step`` after another out.

An engine transcribes several files at once, and several chunks of a file in parallel. So the windows of a file do not
arrive in order of time. A step holds the results of one batch of windows. A caller that stores each step in one
transaction loses at most one batch when the process dies: a ``Job`` whose ``done`` holds the stored windows resumes
there and gives the same result as an uninterrupted run.

Two rules make that true, and every engine must keep them. No window is conditioned on the text before it (which also
keeps one error from becoming a loop). And the batches depend only on the jobs and on what is done of them.
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
"""Detect the language."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to transcribe one file.

    ``language`` is a code or an English name ("en", "en-GB", "english"). None or "auto" detects it with a multilingual
    model: openai-whisper for each stretch of speech, faster-whisper and Whisper's own mode from the first window.

    ``prompt`` holds names and words to expect. ``temperatures`` is the temperature fallback: they are tried in turn
    until the text of a window compresses less than ``compression_ratio`` and is likelier than ``avg_logprob`` (natural
    log per token). A window that fails this counts as silence if it also exceeds ``no_speech_prob``. ``words`` keeps
    word timestamps.

    ``parallel_chunks`` is the maximum number of chunks of a file transcribed in parallel; None lets the engine choose.
    1 transcribes as ``whisper.transcribe`` does: one chunk, no window skipped, Whisper's padding.

    ``padding`` fills a window that is longer than its sound, with "silence" or with "zeros". Zeros in mel space are
    Whisper's choice, and sound like a murmur. None means "zeros" if ``parallel_chunks`` is 1, else "silence".
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
        """Transcribe exactly as ``whisper.transcribe`` does."""
        return self.parallel_chunks == 1


@dataclass(frozen=True, slots=True)
class Window:
    """The transcript from ``start`` to ``end`` in seconds; nothing between them is left to do.

    ``duration`` is the length of the media in seconds, None while unknown. ``notes`` are the defects found in the file
    so far.
    """

    start: float
    end: float
    duration: float | None
    segments: tuple[Segment, ...] = ()
    language: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One file to transcribe.

    ``key`` is the caller's name for it. ``done`` are the windows of an earlier run, in any order.
    """

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
    """A job that is complete or, with an ``error``, has failed. The other jobs continue."""

    key: str
    error: TranscriptError | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The results of one batch. Store them in one transaction."""

    transcribed: tuple[Transcribed, ...] = ()
    ended: tuple[Ended, ...] = ()


class Engine(Protocol):
    """A speech recognizer.

    ``name`` is stored as the transcript's model. ``signature`` names everything else that affects the words (weights,
    precision): do not resume windows that were made under another signature. ``remark`` affects nothing.
    """

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def signature(self) -> str:
        """Equal for two engines that give the same words."""

    @property
    def remark(self) -> str:
        """How it computes and why: "int8: it differs from float32 by 0.0006 nats a token …; 16 windows at once"."""

    def transcribe(self, jobs: Iterable[Job]) -> Iterator[Step]:
        """Transcribe all jobs, several at once. A job is taken from ``jobs`` when there is room for it.

        A file without sound or an unknown language ends only its own job (``MediaError``, ``LanguageError``).
        """


def windows(
    engine: Engine, path: Path, options: Options | None = None, done: tuple[Window, ...] = ()
) -> Iterator[Window]:
    """Transcribe one file and yield each window when it is ready.

    Raises:
        MediaError: the file holds no sound.
        LanguageError: the model does not support the language asked for.
    """
    for step in engine.transcribe([Job(str(path), path, options or Options(), done)]):
        for one in step.transcribed:
            yield one.window
        for ended in step.ended:
            if ended.error:
                raise ended.error


def collect(engine_name: str, done: Iterable[Window]) -> Transcript:
    """Build a transcript from windows in any order."""
    ordered = sorted(done, key=lambda window: (window.start, window.end))
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
    """Transcribe a whole file.

    ``on_window`` is called after each window, to show progress. Raises the same errors as ``windows``.
    """
    done: list[Window] = []
    for window in windows(engine, path, options):
        done.append(window)
        if on_window is not None:
            on_window(window)
    return collect(engine.name, done)
