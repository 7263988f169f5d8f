"""Tables of links between episodes and articles: evidence and aligned paragraphs."""

# No `from __future__ import annotations` here: it turns Relationship targets into strings that SQLModel cannot resolve.
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from episodes.models.columns import CleanText, UtcDateTime


class Link(SQLModel, table=True):
    """Episode and article that belong together, or were thought to; ``decided_at`` is set when a person has spoken."""

    __table_args__ = (UniqueConstraint("episode_id", "article_id"),)

    id: int | None = Field(default=None, primary_key=True)
    episode_id: int = Field(foreign_key="episode.id", ondelete="CASCADE")
    article_id: int = Field(foreign_key="article.id", ondelete="CASCADE", index=True)
    #: See ``values.LinkStatus``.
    status: str = Field(sa_type=CleanText, index=True)
    confidence: float
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Evidence(SQLModel, table=True):
    """One reason for a link: its kind, in words, and how much it weighs (negative speaks against)."""

    __table_args__ = (UniqueConstraint("link_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    link_id: int = Field(foreign_key="link.id", ondelete="CASCADE")
    position: int
    kind: str = Field(sa_type=CleanText)
    detail: str = Field(sa_type=CleanText)
    weight: float


class Alignment(SQLModel, table=True):
    """A place where a paragraph of a linked article, or a part of it, was said; see ``values.AlignedSpan``.

    ``paragraph`` is its position in the article, ``begin`` and ``until`` are characters of its text as it was when it was aligned.
    """

    __table_args__ = (UniqueConstraint("link_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    link_id: int = Field(foreign_key="link.id", ondelete="CASCADE")
    position: int
    paragraph: int
    begin: int
    until: int
    start: float
    end: float
    kind: str = Field(sa_type=CleanText)
    score: float
    said: str = Field(default="", sa_type=CleanText)
