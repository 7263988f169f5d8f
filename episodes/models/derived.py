"""Tables that can be rebuilt from the others at any time."""

# No `from __future__ import annotations` here: it turns Relationship targets into strings that SQLModel cannot resolve.
from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from episodes.models.columns import CleanText


class Passage(SQLModel, table=True):
    """The unit of search: 60 to 90 words, cut at segments or sentences, overlapping by half.

    It belongs to a transcript (``start`` and ``end`` in seconds) or to an article: exactly one of the ids is set. ``first`` and ``last``
    are the positions of its first and last segment or paragraph.
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


class AlignmentChecksum(SQLModel, table=True):
    """The checksum of a link's alignment input: equal means up to date, even if the alignment is empty."""

    __tablename__ = "aligned"

    id: int | None = Field(default=None, primary_key=True)
    link_id: int = Field(foreign_key="link.id", ondelete="CASCADE", unique=True)
    checksum: str = Field(sa_type=CleanText)


class LinkingState(SQLModel, table=True):
    """A part of linking's state: statistics of the catalog that make linking a new episode cheap; see ``linking.linking_state``."""

    __tablename__ = "linking_memory"

    id: int | None = Field(default=None, primary_key=True)
    part: str = Field(sa_type=CleanText, unique=True)
    data: bytes = Field(sa_type=LargeBinary)
