"""From a moment to the paragraph about it, and from a paragraph to its minute, for many at once: what a list of hits needs.

``alignments.py`` answers for one episode or article with whole rows; here only the columns are read that lead across.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, and_, col, or_

from episodes.models import Alignment, Article, Episode, Link, Paragraph, Segment, Transcript
from episodes.values import HOLDING

#: Seconds of speech that are shown of a place.
_HEARD = 12.0


class Crossing(NamedTuple):
    """A place (see ``values.AlignedSpan``) where a paragraph of an article was said in an episode, with what both are called."""

    episode_id: int
    episode: str
    episode_title: str
    episode_url: str
    article_id: int
    article: str
    article_title: str
    paragraph: int
    begin: int
    until: int
    start: float
    end: float
    kind: str
    score: float
    said: str


_COLUMNS = (
    *(col(Episode.id), col(Episode.key), col(Episode.title), col(Episode.url)),
    *(col(Article.id), col(Article.url), col(Article.title)),
    *(col(Alignment.paragraph), col(Alignment.begin), col(Alignment.until), col(Alignment.start), col(Alignment.end)),
    *(col(Alignment.kind), col(Alignment.score), col(Alignment.said)),
)


def of_episodes(session: Session, keys: Collection[str]) -> list[Crossing]:
    """All places of these episodes' articles; those of the surest link first."""
    return _crossings(session, col(Episode.key).in_(keys)) if keys else []


def of_paragraphs(session: Session, paragraphs: Collection[tuple[str, int]]) -> list[Crossing]:
    """All places of these paragraphs, each named by its article's address and its position; those of the surest link first."""
    urls, positions = {url for url, _ in paragraphs}, {position for _, position in paragraphs}
    if not paragraphs:
        return []
    found = _crossings(session, and_(col(Article.url).in_(urls), col(Alignment.paragraph).in_(positions)))
    return [one for one in found if (one.article, one.paragraph) in paragraphs]


def _crossings(session: Session, condition: ColumnElement[bool]) -> list[Crossing]:
    statement = (
        select(*_COLUMNS)
        .join_from(Alignment, Link, col(Link.id) == col(Alignment.link_id))
        .join(Episode, col(Episode.id) == col(Link.episode_id))
        .join(Article, col(Article.id) == col(Link.article_id))
        .where(col(Link.status).in_(HOLDING), condition)
        .order_by(col(Link.confidence).desc(), col(Link.id), col(Alignment.position))
    )
    rows: Iterable[Any] = session.connection().execute(statement)
    return [Crossing(*row) for row in rows]


def paragraphs(session: Session, crossings: Collection[Crossing]) -> Mapping[tuple[str, int], str]:
    """The texts of the paragraphs of these places, by address and position; those that went since are missing."""
    if not crossings:
        return {}
    rows = session.connection().execute(
        select(col(Article.url), col(Paragraph.position), col(Paragraph.text))
        .join_from(Article, Paragraph, col(Paragraph.article_id) == col(Article.id))
        .where(
            col(Article.id).in_({one.article_id for one in crossings}),
            col(Paragraph.position).in_({one.paragraph for one in crossings}),
        )
    )
    return {(url, position): text for url, position, text in rows}


def heard(session: Session, crossing: Crossing) -> str:
    """What is said at a place: the words of a quotation, else the first seconds of it."""
    if crossing.said:
        return crossing.said
    until = min(crossing.end, crossing.start + _HEARD)
    rows = session.connection().execute(
        select(col(Segment.text))
        .join_from(Segment, Transcript, col(Transcript.id) == col(Segment.transcript_id))
        .where(
            col(Transcript.episode_id) == crossing.episode_id,
            col(Transcript.shown),
            or_(
                and_(col(Segment.start) < until, col(Segment.end) > crossing.start),
                col(Segment.start) == crossing.start,
            ),
        )
        .order_by(col(Segment.position))
    )
    return " ".join(" ".join(row[0] for row in rows).split())
