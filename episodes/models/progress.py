"""Tables from which a stopped run resumes."""

# No `from __future__ import annotations` here: it turns Relationship targets into strings that SQLModel cannot resolve.
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from episodes.models.columns import CleanText, Name, UtcDateTime


class Outcome(SQLModel, table=True):
    """The last outcome of one item at one step (``update``, ``import``, ``articles``), and what a retry needs.

    A listed episode is stored here as ``waiting`` before anything else happens to it: so the next run resumes after a kill.
    """

    __table_args__ = (UniqueConstraint("step", "item"),)

    id: int | None = Field(default=None, primary_key=True)
    step: str = Field(sa_type=CleanText)
    item: str = Field(sa_type=Name)
    state: str = Field(sa_type=CleanText, index=True)
    reason: str = Field(default="", sa_type=CleanText)
    title: str = Field(default="", sa_type=CleanText)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    #: Number of consecutive failures.
    tries: int = 0
    #: What the step needs for a retry, such as the URL and the show.
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    at: datetime = Field(sa_type=UtcDateTime)


class TranscribedWindow(SQLModel, table=True):
    """A transcribed window of an unfinished transcription; ``start`` and ``end`` in seconds.

    ``options`` identifies model, options and audio: windows from other ones are not reused.
    """

    __tablename__ = "heard_window"
    __table_args__ = (UniqueConstraint("episode_id", "options", "start", "end"),)

    id: int | None = Field(default=None, primary_key=True)
    episode_id: int = Field(foreign_key="episode.id", ondelete="CASCADE")
    options: str = Field(sa_type=CleanText)
    start: float
    end: float
    #: See ``transcripts.engine.window_json``.
    window: str = Field(sa_type=CleanText)
    at: datetime = Field(sa_type=UtcDateTime)
