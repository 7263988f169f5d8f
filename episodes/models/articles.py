"""Tables of followed sites and their articles."""

# No `from __future__ import annotations` here: it turns Relationship targets into strings that SQLModel cannot resolve.
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from episodes.models.columns import CleanText, Name, UtcDateTime


class Site(SQLModel, table=True):
    """A followed source of articles: a WordPress site, a sitemap or a feed."""

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(sa_type=Name, unique=True)
    #: "wordpress", "sitemap" or "feed".
    kind: str = Field(sa_type=CleanText)
    title: str = Field(default="", sa_type=CleanText)
    added_at: datetime = Field(sa_type=UtcDateTime)
    #: When its listings were last read to the end.
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    #: Where its listings are and how far they were read; private to ``articles.listing``.
    state: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class Article(SQLModel, table=True):
    """An article, under its canonical URL."""

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(sa_type=Name, unique=True)
    title: str = Field(sa_type=CleanText)
    published: date | None = Field(default=None, index=True)
    authors: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    site: str = Field(default="", sa_type=CleanText)
    dek: str = Field(default="", sa_type=CleanText)
    video_ids: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    links: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    extra: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    checksum: str = Field(sa_type=CleanText)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class ArticleAddress(SQLModel, table=True):
    """A URL under which an article was found, with the HTTP validators of its last response."""

    __tablename__ = "article_address"

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(sa_type=Name, unique=True)
    article_id: int = Field(foreign_key="article.id", ondelete="CASCADE", index=True)
    etag: str = Field(default="", sa_type=CleanText)
    last_modified: str = Field(default="", sa_type=CleanText)
    #: When the page itself was last requested; unset if the article came from a file, a feed or an API.
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ArticleRevision(SQLModel, table=True):
    """An earlier version of an article's text; ``position`` counts from 0, oldest first."""

    __tablename__ = "article_revision"
    __table_args__ = (UniqueConstraint("article_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", ondelete="CASCADE")
    position: int
    title: str = Field(sa_type=CleanText)
    #: [{"kind", "text"}] in order.
    paragraphs: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    #: When this version was stored, and when it was replaced.
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)


class Paragraph(SQLModel, table=True):
    """A paragraph of an article; ``position`` counts from 0 and includes the source's empty paragraphs, which are not stored."""

    __table_args__ = (UniqueConstraint("article_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", ondelete="CASCADE")
    position: int
    kind: str = Field(default="text", sa_type=CleanText)
    text: str = Field(sa_type=CleanText)
