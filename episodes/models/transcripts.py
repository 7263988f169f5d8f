"""Tables of transcripts, their segments, glossaries and corrections."""

# No `from __future__ import annotations` here: it turns Relationship targets into strings that SQLModel cannot resolve.
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from episodes.models.columns import CleanText, Name, ShortName, UtcDateTime


class Transcript(SQLModel, table=True):
    """Timed words of one episode from one source; one transcript of each episode is shown."""

    __table_args__ = (UniqueConstraint("episode_id", "source", "model", "language"),)

    id: int | None = Field(default=None, primary_key=True)
    episode_id: int = Field(foreign_key="episode.id", ondelete="CASCADE", index=True)
    source: str = Field(sa_type=ShortName)
    model: str = Field(default="", sa_type=ShortName)
    language: str = Field(default="", sa_type=ShortName)
    duration: float | None = None
    shown: bool = Field(default=False)
    #: Number of segments with a quality mark, by kind of mark.
    marks: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False, server_default="{}"))
    #: Checksum of the words as stored first.
    checksum: str = Field(sa_type=CleanText)
    #: Checksum of the words after corrections; empty if those changed nothing.
    corrected: str = Field(default="", sa_type=CleanText, sa_column_kwargs={"server_default": ""})
    created_at: datetime = Field(sa_type=UtcDateTime)


class Segment(SQLModel, table=True):
    """A few seconds of a transcript; ``position`` counts from 0."""

    __table_args__ = (UniqueConstraint("transcript_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    transcript_id: int = Field(foreign_key="transcript.id", ondelete="CASCADE")
    position: int
    start: float
    end: float
    text: str = Field(sa_type=CleanText)
    speaker: str | None = Field(default=None, sa_type=CleanText)
    #: What the lossless JSON format has beyond the columns (words, Whisper's probabilities), or null.
    detail: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class GlossaryName(SQLModel, table=True):
    """A name that occurs in a show, in its right spelling."""

    __tablename__ = "glossary_name"
    __table_args__ = (UniqueConstraint("show_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    show_id: int = Field(foreign_key="show.id", ondelete="CASCADE")
    name: str = Field(sa_type=Name)


class Correction(SQLModel, table=True):
    """Replaces ``heard`` by ``right`` in an episode, at the second ``at``, or everywhere if that is unset.

    From the glossary (for one transcript, redone with it) or made by a person (``transcript_id`` unset: for all of its transcripts).
    Undone corrections stay in the table, or a later run would make them again.
    """

    id: int | None = Field(default=None, primary_key=True)
    episode_id: int = Field(foreign_key="episode.id", ondelete="CASCADE", index=True)
    transcript_id: int | None = Field(default=None, foreign_key="transcript.id", ondelete="CASCADE")
    at: float | None = None
    heard: str = Field(sa_type=CleanText)
    right: str = Field(sa_type=CleanText)
    made_at: datetime = Field(sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
