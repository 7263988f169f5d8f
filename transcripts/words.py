"""The vocabulary of timed words: what every engine, caption reader and writer speaks.

Times are seconds as float from the beginning of the media, never relative to a window or a chunk. All values are frozen:
a change makes a new value, so a transcript that was shown is never altered behind the reader's back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Source(StrEnum):
    """Where a transcript's words come from; in the order in which one is shown: what a person made or checked comes first."""

    CAPTIONS = "captions"
    IMPORT = "import"
    FEED = "feed"
    WHISPER = "whisper"
    AUTO_CAPTIONS = "auto-captions"


@dataclass(frozen=True, slots=True)
class Word:
    """One word with its time; ``probability`` is the engine's own, 0 to 1, or None where it gives none."""

    start: float
    end: float
    text: str
    probability: float | None = None

    def packed(self) -> list[float | str | None]:
        """Its four values, for where they are kept: an hour has nine thousand words, and names before each value are most of the room."""
        return [self.start, self.end, self.text, self.probability]

    @classmethod
    def unpacked(cls, kept: Sequence[Any] | Mapping[str, Any]) -> Word:
        """What was ``packed``, or kept by its names, as older catalogs have it."""
        return cls(**kept) if isinstance(kept, Mapping) else cls(*kept)


@dataclass(frozen=True, slots=True)
class Mark:
    """A reason to doubt a segment: its kind (one of ``quality.Kind``: "loop", "fast", …) and a sentence that a person reads."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A few seconds of speech.

    ``avg_logprob`` (natural log per token), ``compression_ratio`` (characters by gzip) and ``no_speech_prob`` (0 to 1) are
    Whisper's own figures, None for captions. ``speaker`` is a name where the source gives one. ``marks`` are reasons to doubt it.
    ``heard`` is the text as it was heard where corrections changed it; ``words`` are always as they were heard.
    """

    start: float
    end: float
    text: str
    speaker: str | None = None
    words: tuple[Word, ...] = ()
    avg_logprob: float | None = None
    compression_ratio: float | None = None
    no_speech_prob: float | None = None
    temperature: float | None = None
    marks: tuple[Mark, ...] = ()
    heard: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """The timed words of one recording from one source.

    ``model`` names what heard it ("base.en", "voice.pt"), empty where nothing did. ``duration`` is the media's length in
    seconds where it is known. It knows no episode and no address.
    """

    segments: tuple[Segment, ...]
    source: Source = Source.WHISPER
    model: str = ""
    language: str | None = None
    duration: float | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """All words in one line, segments joined by a space."""
        return " ".join(segment.text for segment in self.segments if segment.text)
