"""The data model of timed words, shared by all engines, caption readers and writers.

Times are seconds as float from the beginning of the media, never relative to a window or a chunk. All values are frozen: a change makes a
new value, so a transcript in use never changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Source(StrEnum):
    """Where a transcript's words come from, in order of preference: what a person made or checked comes first."""

    CAPTIONS = "captions"
    IMPORT = "import"
    FEED = "feed"
    WHISPER = "whisper"
    AUTO_CAPTIONS = "auto-captions"


@dataclass(frozen=True, slots=True)
class Word:
    """One word with its time; ``probability`` is the engine's, 0 to 1, or None if unknown."""

    start: float
    end: float
    text: str
    probability: float | None = None

    def packed(self) -> list[float | str | None]:
        """Return the four values as a list, for storage: an hour has nine thousand words, and keys would take most of the space."""
        return [self.start, self.end, self.text, self.probability]

    @classmethod
    def unpacked(cls, kept: Sequence[Any] | Mapping[str, Any]) -> Word:
        """Rebuild a ``packed`` word, or one stored with keys, as in older catalogs."""
        return cls(**kept) if isinstance(kept, Mapping) else cls(*kept)


@dataclass(frozen=True, slots=True)
class Mark:
    """A quality mark, a reason to doubt a segment: its kind (see ``quality.MarkKind``: "loop", "fast", …) and a sentence for people."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A few seconds of speech.

    ``avg_logprob`` (natural log per token), ``compression_ratio`` (characters by gzip) and ``no_speech_prob`` (0 to 1) are Whisper's
    figures, None for captions. ``speaker`` is a name, if the source has one. ``marks`` are reasons to doubt the segment. If corrections
    changed the text, ``heard`` is the original; ``words`` are always the original ones.
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

    ``model`` names the model that transcribed it ("base.en", "voice.pt"), empty for captions. ``duration`` is the media's length in
    seconds, if known. ``notes`` are sentences for people about what was left out. Not tied to an episode or URL.
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
