"""Tables of followed shows and their episodes."""

# No `from __future__ import annotations` here: it turns Relationship targets into strings that SQLModel cannot resolve.
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from episodes.models.columns import CleanText, Name, UtcDateTime


class Show(SQLModel, table=True):
    """A followed show: a channel, a playlist or a feed."""

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(sa_type=Name, unique=True)
    title: str = Field(default="", sa_type=CleanText)
    #: Regular expression that an episode's title must match; empty matches all.
    match: str = Field(default="", sa_type=CleanText)
    added_at: datetime = Field(sa_type=UtcDateTime)
    #: When a listing was last read to its end or to a known episode; unset until the first was read completely.
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Episode(SQLModel, table=True):
    """One published video or audio."""

    id: int | None = Field(default=None, primary_key=True)
    #: The same for one episode from any source, see ``sources.identity``.
    identity: str = Field(sa_type=Name, unique=True)
    #: The short name that people type.
    key: str = Field(sa_type=Name, unique=True)
    show_id: int | None = Field(default=None, foreign_key="show.id", index=True)
    show_title: str = Field(default="", sa_type=CleanText)
    title: str = Field(sa_type=CleanText)
    number: int | None = Field(default=None, index=True)
    published: date | None = Field(default=None, index=True)
    duration: float | None = None
    description: str = Field(default="", sa_type=CleanText)
    url: str = Field(default="", sa_type=CleanText)
    media: str = Field(default="", sa_type=CleanText)
    channel: str = Field(default="", sa_type=CleanText)
    thumbnail: str = Field(default="", sa_type=CleanText)
    language: str = Field(default="", sa_type=CleanText)
    live_status: str = Field(default="", sa_type=CleanText)
    availability: str = Field(default="", sa_type=CleanText)
    #: Caption tracks as the source named them: [{"language", "format", "location", "automatic"}].
    captions: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    extra: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    #: The transcript that a person chose to show: "whisper", or with a model "whisper small.en"; empty: chosen by rule.
    preferred: str = Field(default="", sa_type=CleanText, sa_column_kwargs={"server_default": ""})
    #: Checksum of the source's values; equal means that nothing changed.
    checksum: str = Field(default="", sa_type=CleanText)
    updated_at: datetime = Field(sa_type=UtcDateTime)
