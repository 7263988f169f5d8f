"""Tables of links between episodes and articles, their evidence and alignment."""

# No `from __future__ import annotations` here: it turns Relationship targets into strings that SQLModel cannot resolve.
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from episodes.models.columns import CleanText, UtcDateTime


class Link(SQLModel, table=True):
    """An episode and an article that belong together, or might; ``decided_at`` is set once a person has decided."""

    __table_args__ = (UniqueConstraint("episode_id", "article_id"),)

    id: int | None = Field(default=None, primary_key=True)
    episode_id: int = Field(foreign_key="episode.id", ondelete="CASCADE")
    article_id: int = Field(foreign_key="article.id", ondelete="CASCADE", index=True)
    #: See ``values.LinkStatus``.
    status: str = Field(sa_type=CleanText, index=True)
    confidence: float
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Evidence(SQLModel, table=True):
    """One reason for a link: its kind, a sentence, and its weight (negative is against)."""

    __table_args__ = (UniqueConstraint("link_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    link_id: int = Field(foreign_key="link.id", ondelete="CASCADE")
    position: int
    kind: str = Field(sa_type=CleanText)
    detail: str = Field(sa_type=CleanText)
    weight: float


class Alignment(SQLModel, table=True):
    """A span of a linked article's paragraph and the seconds in which it was said; see ``values.AlignedSpan``.

    ``paragraph`` is its position in the article; ``begin`` and ``until`` are character offsets in its text at the time of alignment.
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
