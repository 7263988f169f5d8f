"""Counterparts of many search hits at once: the paragraph about a moment, and the moment at which a paragraph was said.

``alignments.py`` does this for one episode or article and returns whole rows; only the columns that hits need are read here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, and_, col, or_

from episodes.models import Alignment, Article, Episode, Link, Paragraph, Segment, Transcript
from episodes.values import CERTAIN_STATUSES

#: Seconds of speech shown of a span.
_SHOWN_SECONDS = 12.0


class CounterpartRow(NamedTuple):
    """An aligned span (see ``values.AlignedSpan``) with keys, titles and URLs of its episode and article."""

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


def of_episodes(session: Session, keys: Collection[str]) -> list[CounterpartRow]:
    """All spans of the articles of these episodes; the link with the highest confidence first."""
    return _rows(session, col(Episode.key).in_(keys)) if keys else []


def of_paragraphs(session: Session, paragraphs: Collection[tuple[str, int]]) -> list[CounterpartRow]:
    """All spans of these paragraphs, given as (article URL, position); the link with the highest confidence first."""
    urls, positions = {url for url, _ in paragraphs}, {position for _, position in paragraphs}
    if not paragraphs:
        return []
    found = _rows(session, and_(col(Article.url).in_(urls), col(Alignment.paragraph).in_(positions)))
    return [one for one in found if (one.article, one.paragraph) in paragraphs]


def _rows(session: Session, condition: ColumnElement[bool]) -> list[CounterpartRow]:
    statement = (
        select(*_COLUMNS)
        .join_from(Alignment, Link, col(Link.id) == col(Alignment.link_id))
        .join(Episode, col(Episode.id) == col(Link.episode_id))
        .join(Article, col(Article.id) == col(Link.article_id))
        .where(col(Link.status).in_(CERTAIN_STATUSES), condition)
        .order_by(col(Link.confidence).desc(), col(Link.id), col(Alignment.position))
    )
    rows: Iterable[Any] = session.connection().execute(statement)
    return [CounterpartRow(*row) for row in rows]


def paragraphs(session: Session, counterparts: Collection[CounterpartRow]) -> Mapping[tuple[str, int], str]:
    """Map (article URL, position) to the text of the paragraph; paragraphs removed since are missing."""
    if not counterparts:
        return {}
    rows = session.connection().execute(
        select(col(Article.url), col(Paragraph.position), col(Paragraph.text))
        .join_from(Article, Paragraph, col(Paragraph.article_id) == col(Article.id))
        .where(
            col(Article.id).in_({one.article_id for one in counterparts}),
            col(Paragraph.position).in_({one.paragraph for one in counterparts}),
        )
    )
    return {(url, position): text for url, position, text in rows}


def said(session: Session, row: CounterpartRow) -> str:
    """What is said in a span: the words of a quotation, else the first seconds."""
    if row.said:
        return row.said
    until = min(row.end, row.start + _SHOWN_SECONDS)
    rows = session.connection().execute(
        select(col(Segment.text))
        .join_from(Segment, Transcript, col(Transcript.id) == col(Segment.transcript_id))
        .where(
            col(Transcript.episode_id) == row.episode_id,
            col(Transcript.shown),
            or_(
                and_(col(Segment.start) < until, col(Segment.end) > row.start),
                col(Segment.start) == row.start,
            ),
        )
        .order_by(col(Segment.position))
    )
    return " ".join(" ".join(text for (text,) in rows).split())
