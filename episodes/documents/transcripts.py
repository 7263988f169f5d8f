"""Transcripts, their quality marks, and corrections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ConfigDict, Field
from sqlmodel import Session

from episodes import models
from episodes.catalog import corrections, marks, transcripts
from episodes.documents.document import Day, Document, Moment
from episodes.urls import deep_link

if TYPE_CHECKING:
    from episodes.catalog.corrections import EpisodeCorrection
    from episodes.catalog.marks import MarkedMoment
    from transcripts.words import Mark as QualityMark

#: Moments of a transcript that an episode's document names.
WORST = 3


class Mark(Document):
    """A reason to doubt a segment of a transcript."""

    kind: str = Field(description="loop, echo, silence, sparse, fast, punctuation, times, unsure or captions.")
    detail: str

    @classmethod
    def all_of(cls, found: Iterable[QualityMark]) -> list[Mark]:
        """Make one for each of a segment's marks."""
        return [cls(kind=str(mark.kind), detail=mark.detail) for mark in found]


class Doubtful(Document):
    """A moment at which a transcript is doubtful."""

    start: float
    end: float
    marks: list[Mark]


class Transcript(Document):
    """A transcript without its words: its source, its length and its quality marks."""

    source: str
    model: str
    language: str
    shown: bool
    segments: int
    marks: dict[str, int] = Field(description="How many of its segments are doubtful, by the kind of the mark.")
    created: Moment | None
    doubtful: list[Doubtful] = Field(description="Its worst moments.")

    @classmethod
    def all_of(cls, session: Session, episode: models.Episode) -> list[Transcript]:
        """Read an episode's transcripts, the shown one first."""
        return [cls._of(session, row) for row in transcripts.of_episode(session, episode.id or 0)]

    @classmethod
    def _of(cls, session: Session, row: models.Transcript) -> Transcript:
        return cls(
            source=row.source,
            model=row.model,
            language=row.language,
            shown=row.shown,
            segments=transcripts.length(session, row),
            marks=dict(row.marks),
            created=row.created_at,
            doubtful=_worst(session, row),
        )


def _worst(session: Session, row: models.Transcript) -> list[Doubtful]:
    if not row.marks:
        return []
    worst = marks.worst(transcripts.load(session, row).segments, WORST)
    return [Doubtful(start=start, end=end, marks=Mark.all_of(why)) for start, end, _, _, why in worst]


class DoubtfulMoment(Document):
    """A doubtful moment with its episode: ``segments`` neighbouring segments that have the same marks."""

    episode: str
    title: str
    date: Day | None
    source: str
    model: str
    shown: bool
    start: float
    end: float
    segments: int
    text: str
    marks: list[Mark]
    url: str

    @classmethod
    def of(cls, one: MarkedMoment) -> DoubtfulMoment:
        """Make it of marked segments of a transcript."""
        return cls(
            episode=one.episode.key,
            title=one.episode.title,
            date=one.episode.published,
            source=one.transcript.source,
            model=one.transcript.model,
            shown=one.transcript.shown,
            start=round(one.start, 2),
            end=round(one.end, 2),
            segments=one.segments,
            text=one.text,
            marks=Mark.all_of(one.marks),
            url=deep_link(one.episode.url, one.start),
        )


class Correction(Document):
    """A correction of a transcript: ``right`` replaces ``heard``."""

    id: int
    episode: str
    at: float | None = Field(description="Seconds; null where it holds for the whole episode.")
    heard: str
    right: str
    by: Literal["hand", "glossary"]
    made: Moment
    undone: Moment | None
    url: str

    @classmethod
    def of(cls, one: EpisodeCorrection) -> Correction:
        """Make it of a correction's row and its episode."""
        row = one.correction
        return cls(
            id=row.id or 0,
            episode=one.episode.key,
            at=row.at,
            heard=row.heard,
            right=row.right,
            by="hand" if row.transcript_id is None else "glossary",
            made=row.made_at,
            undone=row.undone_at,
            url=deep_link(one.episode.url, row.at or 0.0),
        )

    @classmethod
    def all_of(cls, session: Session, episode_id: int | None = None) -> list[Correction]:
        """Read all corrections, or those of one episode, including undone ones."""
        return [cls.of(one) for one in corrections.listed(session, episode_id=episode_id)]


class TimedWords(Document):
    """A whole transcript, lossless; ``transcripts.transcript_json`` writes and reads it."""

    model_config = ConfigDict(extra="ignore")

    format: str
    version: int
    source: str
    model: str
    language: str | None
    duration: float | None
    notes: list[str]
    segments: list[dict[str, Any]]
