"""Alignments: when each paragraph of an article was said, from a paragraph to its seconds and from a moment to its paragraph.

Only links that hold have one: those that are linked or that a person confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import sqlalchemy
from sqlalchemy import ColumnElement, Text, cast, delete, insert, literal
from sqlmodel import Session, and_, col, func, or_, select

from episodes.batches import batched
from episodes.models import Alignment, AlignmentChecksum, Article, Episode, Link, Paragraph, Transcript
from episodes.values import CERTAIN_STATUSES, AlignedSpan, ParagraphKind


@dataclass(frozen=True, slots=True)
class Due:
    """A link to align: its transcript, its article, and a checksum of both."""

    link_id: int
    transcript_id: int
    article_id: int
    title: str
    checksum: str


@dataclass(frozen=True, slots=True)
class AlignedParagraph:
    """An aligned span with its article and the text of its paragraph; ``quotation``: the whole paragraph is a quotation."""

    span: Alignment
    article: Article
    paragraph: str
    quotation: bool

    @property
    def text(self) -> str:
        """The part of the paragraph that was said."""
        return self.paragraph[self.span.begin : self.span.until]


def due(session: Session, version: int) -> list[Due]:
    """Links to align: those that hold and whose transcript, article or ``version`` of the method has changed since they were aligned."""
    now = (
        literal(f"{version} ")
        + cast(Transcript.id, Text)
        + " "
        + col(Transcript.checksum)
        + " "
        + col(Transcript.corrected)
        + " "
        + col(Article.checksum)
    )
    rows = session.execute(
        sqlalchemy.select(col(Link.id), col(Transcript.id), col(Article.id), col(Episode.title), now)
        .join(Episode, col(Episode.id) == col(Link.episode_id))
        .join(Article, col(Article.id) == col(Link.article_id))
        .join(Transcript, and_(col(Transcript.episode_id) == col(Link.episode_id), col(Transcript.shown)))
        .outerjoin(AlignmentChecksum, col(AlignmentChecksum.link_id) == col(Link.id))
        .where(
            col(Link.status).in_(CERTAIN_STATUSES),
            or_(col(AlignmentChecksum.checksum).is_(None), col(AlignmentChecksum.checksum) != now),
        )
        .order_by(col(Link.id))
    )
    return [Due(*row) for row in rows]


def put(session: Session, link_id: int, spans: Iterable[AlignedSpan], *, checksum: str) -> int:
    """Replace the spans of a link; ``checksum`` is that of what they were made from. Returns their number.

    Returns 0 if another run has removed the link in the meantime.
    """
    if session.get(Link, link_id) is None:
        return 0
    _remove(session, [link_id])
    rows = [{"link_id": link_id, "position": position, **asdict(one)} for position, one in enumerate(spans)]
    if rows:
        session.execute(insert(Alignment), rows)
    session.add(AlignmentChecksum(link_id=link_id, checksum=checksum))
    session.flush()
    return len(rows)


def orphaned(session: Session) -> list[int]:
    """The ids of aligned links that no longer hold, or whose episode has no transcript any more."""
    sure = (
        select(Link.id)
        .join(Transcript, and_(col(Transcript.episode_id) == col(Link.episode_id), col(Transcript.shown)))
        .where(col(Link.status).in_(CERTAIN_STATUSES))
    )
    return list(session.exec(select(AlignmentChecksum.link_id).where(col(AlignmentChecksum.link_id).not_in(sure))))


def remove_orphaned(session: Session) -> int:
    """Remove the alignments of ``orphaned`` links; returns the number of links."""
    removed = orphaned(session)
    _remove(session, removed)
    return len(removed)


def _remove(session: Session, link_ids: list[int]) -> None:
    for some in batched(link_ids):
        session.execute(delete(Alignment).where(col(Alignment.link_id).in_(some)))
        session.execute(delete(AlignmentChecksum).where(col(AlignmentChecksum.link_id).in_(some)))


def of_episode(session: Session, episode_id: int) -> list[AlignedParagraph]:
    """All aligned paragraphs of an episode: article by article, in the order of their paragraphs."""
    return _paragraphs(session, Link.episode_id == episode_id)


def of_article(session: Session, article_id: int) -> list[AlignedParagraph]:
    """All aligned paragraphs of an article in all its episodes: the link with the highest confidence first, then by paragraph."""
    return _paragraphs(session, Link.article_id == article_id)


def of_paragraph(session: Session, article_id: int, paragraph: int) -> list[AlignedParagraph]:
    """Where one paragraph was said, in any episode; the highest score first."""
    found = _paragraphs(session, Link.article_id == article_id, Alignment.paragraph == paragraph)
    return sorted(found, key=lambda one: -one.span.score)


def at_moment(session: Session, episode_id: int, seconds: float) -> list[AlignedParagraph]:
    """What is written about this second of an episode; the shortest span first."""
    found = _paragraphs(
        session, Link.episode_id == episode_id, col(Alignment.start) <= seconds, col(Alignment.end) > seconds
    )
    return sorted(found, key=lambda one: (one.span.end - one.span.start, -one.span.score))


def _paragraphs(session: Session, *conditions: ColumnElement[bool] | bool) -> list[AlignedParagraph]:
    """Spans with article and paragraph; spans whose paragraph was removed since are left out."""
    rows = session.exec(
        select(Alignment, Article, Paragraph)
        .join(Link, col(Link.id) == col(Alignment.link_id))
        .join(Article, col(Article.id) == col(Link.article_id))
        .join(
            Paragraph,
            and_(
                col(Paragraph.article_id) == col(Link.article_id), col(Paragraph.position) == col(Alignment.paragraph)
            ),
        )
        .where(col(Link.status).in_(CERTAIN_STATUSES), *conditions)
        .order_by(col(Link.confidence).desc(), col(Link.id), col(Alignment.position))
    )
    return [
        AlignedParagraph(span, article, paragraph.text, paragraph.kind == ParagraphKind.QUOTE)
        for span, article, paragraph in rows
    ]


def counts(session: Session, episode_id: int) -> dict[int, tuple[int, int]]:
    """Map each article of an episode, by its id, to (number of aligned paragraphs, number of paragraphs)."""
    rows = session.exec(
        select(Link.article_id, func.count(func.distinct(Alignment.paragraph)))
        .join(Alignment, col(Alignment.link_id) == col(Link.id))
        .where(Link.episode_id == episode_id, col(Link.status).in_(CERTAIN_STATUSES))
        .group_by(col(Link.article_id))
    )
    return {article: (some, _length(session, article)) for article, some in rows}


def _length(session: Session, article_id: int) -> int:
    return session.exec(select(func.count()).where(Paragraph.article_id == article_id)).one()
