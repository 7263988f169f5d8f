"""The tables, and nothing else: no queries, no rules.

Names follow the words of the house: show, episode, transcript, segment, passage, site, article, paragraph, link, evidence, outcome. Every
table has a unique key made of what the world calls the thing, so that writing the same input twice changes nothing.
``table=True`` models do not validate: values are checked at the doors, before they come here. The full-text index beside
``passage`` is no table of this file, since each database has its own kind; see ``episodes.search``.
"""

# No `from __future__ import annotations` here: it turns Relationship targets into strings that SQLModel cannot resolve.
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    Index,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from episodes.names import LONGEST, SHORT, bounded
from transcripts.text import storable

# Named constraints let Alembic alter them on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: SQLite keeps no time zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - theirs
        """To UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - theirs
        """With its time zone."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class CleanText(TypeDecorator[str]):
    """Text that every database takes, see ``transcripts.text``."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - theirs
        """To what both databases take."""
        return value if value is None else storable(value)


class Name(TypeDecorator[str]):
    """What the world calls a thing: text that is looked for by an index, see ``episodes.names``."""

    impl = Text
    cache_ok = True
    longest = LONGEST

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - theirs
        """To what both databases index."""
        return value if value is None else bounded(value, self.longest)


class ShortName(Name):
    """A name of which an index row has several."""

    cache_ok = True
    longest = SHORT


class Show(SQLModel, table=True):
    """A followed programme: a channel, a playlist or a feed."""

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(sa_type=Name, unique=True)
    title: str = Field(default="", sa_type=CleanText)
    #: Regular expression that an episode's title must match; empty takes all.
    match: str = Field(default="", sa_type=CleanText)
    added_at: datetime = Field(sa_type=UtcDateTime)
    #: When a listing was last read to its end or to what is known; unset until one was read whole.
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Episode(SQLModel, table=True):
    """One published video or audio."""

    id: int | None = Field(default=None, primary_key=True)
    #: The same for the same episode from every door.
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
    #: Which of its transcripts a person wants to be shown: "whisper", or with its model "whisper small.en"; empty leaves it to the rule.
    preferred: str = Field(default="", sa_type=CleanText, sa_column_kwargs={"server_default": ""})
    #: Of the values that a source gave; equal means that nothing changed.
    checksum: str = Field(default="", sa_type=CleanText)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class Transcript(SQLModel, table=True):
    """Timed words of one episode from one source; one of an episode's is shown."""

    __table_args__ = (UniqueConstraint("episode_id", "source", "model", "language"),)

    id: int | None = Field(default=None, primary_key=True)
    episode_id: int = Field(foreign_key="episode.id", ondelete="CASCADE", index=True)
    source: str = Field(sa_type=ShortName)
    model: str = Field(default="", sa_type=ShortName)
    language: str = Field(default="", sa_type=ShortName)
    duration: float | None = None
    shown: bool = Field(default=False)
    #: How many of its segments have a mark, by the mark's kind.
    marks: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False, server_default="{}"))
    #: Of the words as they were put.
    checksum: str = Field(sa_type=CleanText)
    #: Of what corrections made of them since; empty where they changed nothing.
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
    #: What the lossless JSON form has beyond the columns (words, Whisper's figures), or null.
    detail: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class GlossaryName(SQLModel, table=True):
    """A name that a show speaks of, as it is to be written."""

    __tablename__ = "glossary_name"
    __table_args__ = (UniqueConstraint("show_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    show_id: int = Field(foreign_key="show.id", ondelete="CASCADE")
    name: str = Field(sa_type=Name)


class Correction(SQLModel, table=True):
    """``heard`` is written as ``right`` in an episode, at the second ``at`` or, where that is unset, everywhere in it.

    Of the glossary (then of one transcript, and made anew with it) or by a person's hand (``transcript_id`` unset: it holds for every
    transcript of the episode). One that was undone stays, so that no later run makes it again.
    """

    id: int | None = Field(default=None, primary_key=True)
    episode_id: int = Field(foreign_key="episode.id", ondelete="CASCADE", index=True)
    transcript_id: int | None = Field(default=None, foreign_key="transcript.id", ondelete="CASCADE")
    at: float | None = None
    heard: str = Field(sa_type=CleanText)
    right: str = Field(sa_type=CleanText)
    made_at: datetime = Field(sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TranscribedWindow(SQLModel, table=True):
    """What was heard of an episode so far, kept until the whole is; ``start`` and ``end`` in seconds.

    ``options`` names how it was heard (model, options, sound): windows that were heard otherwise are not gone on with.
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


class Article(SQLModel, table=True):
    """A written page, under its own address."""

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
    """One of the addresses under which an article was met, and what its server said of the page at the last time."""

    __tablename__ = "article_address"

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(sa_type=Name, unique=True)
    article_id: int = Field(foreign_key="article.id", ondelete="CASCADE", index=True)
    etag: str = Field(default="", sa_type=CleanText)
    last_modified: str = Field(default="", sa_type=CleanText)
    #: When the page itself was last asked for; unset where the article came from a file, a feed or an API.
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ArticleRevision(SQLModel, table=True):
    """An earlier text of an article; ``position`` counts from 0, the oldest."""

    __tablename__ = "article_revision"
    __table_args__ = (UniqueConstraint("article_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", ondelete="CASCADE")
    position: int
    title: str = Field(sa_type=CleanText)
    #: [{"kind", "text"}] in order.
    paragraphs: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    #: When this text came into the catalog, and when the next took its place.
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)


class Site(SQLModel, table=True):
    """A followed source of articles: a WordPress site, a sitemap or a feed."""

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(sa_type=Name, unique=True)
    #: "wordpress", "sitemap" or "feed".
    kind: str = Field(sa_type=CleanText)
    title: str = Field(default="", sa_type=CleanText)
    added_at: datetime = Field(sa_type=UtcDateTime)
    #: When its lists were last read to the end.
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    #: Where its lists are and how far they were read; the shape is ``articles.listing``'s own.
    state: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class Paragraph(SQLModel, table=True):
    """A unit of an article; ``position`` counts from 0, with the empty ones of its giver, which are not stored."""

    __table_args__ = (UniqueConstraint("article_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", ondelete="CASCADE")
    position: int
    kind: str = Field(default="text", sa_type=CleanText)
    text: str = Field(sa_type=CleanText)


class Passage(SQLModel, table=True):
    """The unit of search: 60 to 90 words, cut at segments or sentences, overlapping by half.

    Of a transcript (``start`` and ``end`` in seconds) or of an article; exactly one of the two ids is set. ``first`` and ``last`` are
    the positions of its first and last segment or paragraph.
    """

    __table_args__ = (
        Index("ix_passage_transcript_id_first", "transcript_id", "first"),
        Index("ix_passage_article_id_first", "article_id", "first"),
    )

    id: int | None = Field(default=None, primary_key=True)
    transcript_id: int | None = Field(default=None, foreign_key="transcript.id", ondelete="CASCADE")
    article_id: int | None = Field(default=None, foreign_key="article.id", ondelete="CASCADE")
    first: int
    last: int
    start: float | None = None
    end: float | None = None
    text: str = Field(sa_type=CleanText)


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


class AlignmentChecksum(SQLModel, table=True):
    """What a link's alignment was made from: equal means that there is nothing to do, also where nothing was found."""

    __tablename__ = "aligned"

    id: int | None = Field(default=None, primary_key=True)
    link_id: int = Field(foreign_key="link.id", ondelete="CASCADE", unique=True)
    checksum: str = Field(sa_type=CleanText)


class LinkingState(SQLModel, table=True):
    """A part of what is remembered of the catalog when it was linked, so that a new episode costs little; see ``linking.memory``.

    It can be made anew from all texts at any time.
    """

    __tablename__ = "linking_memory"

    id: int | None = Field(default=None, primary_key=True)
    part: str = Field(sa_type=CleanText, unique=True)
    data: bytes = Field(sa_type=LargeBinary)


class Outcome(SQLModel, table=True):
    """The last outcome of one item at one step (``update``, ``import``, ``articles``), and what is needed to try again.

    A listed episode is written here as ``waiting`` before anything else is done with it, so that a killed run goes on where it was.
    """

    __table_args__ = (UniqueConstraint("step", "item"),)

    id: int | None = Field(default=None, primary_key=True)
    step: str = Field(sa_type=CleanText)
    item: str = Field(sa_type=Name)
    state: str = Field(sa_type=CleanText, index=True)
    reason: str = Field(default="", sa_type=CleanText)
    title: str = Field(default="", sa_type=CleanText)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    #: How often it failed in a row.
    tries: int = 0
    #: What the step needs to try again, such as the address and the show.
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    at: datetime = Field(sa_type=UtcDateTime)
