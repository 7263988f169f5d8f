"""The narrow interface of every engine: a media file and ``Options`` in, ``Window`` after ``Window`` out.

Whoever stores each window as it comes loses one at most when the process dies: ``Options(start=window.end)`` goes on there, and
hears what the first run would have heard, since no window knows of the text before it (that also keeps a slip from becoming a
loop). An engine whose windows did would break this promise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from transcripts.words import Segment, Source, Transcript


@dataclass(frozen=True, slots=True)
class Options:
    """How to hear one file.

    ``language`` is a code or an English name ("en", "en-GB", "english"); None lets a multilingual model find out from the first
    window with sound. ``prompt`` holds names and words to expect. ``start`` is the second to begin at. ``temperatures`` are
    tried in turn until a window's text compresses less than ``compression_ratio`` and is likelier than ``avg_logprob`` (natural
    log per token); a window is silence if it fails that and ``no_speech_prob`` is passed too.
    """

    language: str | None = "en"
    prompt: str = ""
    start: float = 0.0
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    compression_ratio: float = 2.4
    avg_logprob: float = -1.0
    no_speech_prob: float = 0.6


@dataclass(frozen=True, slots=True)
class Window:
    """What was heard from ``start`` to ``end`` (seconds): everything before ``end`` is done, begin there to resume.

    ``duration`` is the media's in seconds, None while it is unknown. ``notes`` tell what was found wrong with the file so far.
    """

    start: float
    end: float
    duration: float | None
    segments: tuple[Segment, ...] = ()
    language: str | None = None
    notes: tuple[str, ...] = ()


class Engine(Protocol):
    """What turns sound into words. ``name`` is kept as the transcript's model."""

    @property
    def name(self) -> str:
        """The model's name."""

    def hear(self, path: Path, options: Options = ...) -> Iterator[Window]:
        """Yield windows in order, as they are heard.

        Raises:
            MediaError: the file holds no sound.
            LanguageError: the model does not know the language asked for.
        """


def transcribe(
    engine: Engine, path: Path, options: Options | None = None, on_window: Callable[[Window], None] | None = None
) -> Transcript:
    """Hear the whole file; ``on_window`` is called after each window (to show progress)."""
    segments: list[Segment] = []
    last = Window(0.0, 0.0, None)
    for last in engine.hear(path, options or Options()):
        segments.extend(last.segments)
        if on_window is not None:
            on_window(last)
    duration = last.duration if last.duration is not None else last.end or None
    return Transcript(tuple(segments), Source.WHISPER, engine.name, last.language, duration, last.notes)
