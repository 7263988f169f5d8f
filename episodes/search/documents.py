"""What is read of the catalog for hits: passages with their segments or paragraphs, their documents, and what is linked to these."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Executable, bindparam, case, func, or_, select
from sqlmodel import Session, col

from episodes.models import Article, Episode, Link, LinkStatus, Paragraph, Passage, Segment, Transcript
from episodes.search.filters import HOLDING
from episodes.search.passages import Unit
from episodes.search.query import Side


class DocumentId(NamedTuple):
    """A transcript ("said") or an article ("written")."""

    side: Side
    id: int


class Document(NamedTuple):
    """Where passages are from. ``episode`` and ``article`` are the key and the address of the two that belong together, as far as known."""

    title: str
    date: date | None
    url: str
    episode: str | None
    article: str | None


class Found(NamedTuple):
    """A passage with its document."""

    id: int
    document: DocumentId
    start: float | None
    end: float | None
    text: str


# Statements are made once: to make one takes longer than to run it.


def _among(column: Any, name: str = "ids") -> ColumnElement[bool]:  # noqa: ANN401 - SQLAlchemy's own type of a column differs by its nullability
    return column.in_(bindparam(name, expanding=True))  # type: ignore[no-any-return]


_PASSAGES: Executable = select(
    col(Passage.id), col(Passage.transcript_id), col(Passage.article_id), col(Passage.start), col(Passage.end),
    col(Passage.text),
).where(_among(Passage.id))  # fmt: skip
_BEGINNINGS: Executable = (
    select(func.min(Passage.id))
    .where(or_(_among(Passage.transcript_id, "said"), _among(Passage.article_id, "written")))
    .group_by(col(Passage.transcript_id), col(Passage.article_id))
)
_SAID_UNITS: Executable = (
    select(col(Passage.id), col(Segment.position), col(Segment.text), col(Segment.start), col(Segment.end))
    .join(Segment, col(Segment.transcript_id) == Passage.transcript_id)
    .where(_among(Passage.id), col(Segment.position).between(Passage.first, Passage.last))
    .order_by(col(Passage.id), col(Segment.position))
)
_SPOKEN: Executable = (
    select(col(Passage.id), col(Segment.position))
    .join(Segment, col(Segment.transcript_id) == Passage.transcript_id)
    .where(
        _among(Passage.id),
        col(Segment.position).between(Passage.first, Passage.last),
        _among(Segment.speaker, "speakers"),
    )
)
_WRITTEN_UNITS: Executable = (
    select(col(Passage.id), col(Paragraph.position), col(Paragraph.text))
    .join(Paragraph, col(Paragraph.article_id) == Passage.article_id)
    .where(_among(Passage.id), col(Paragraph.position).between(Passage.first, Passage.last))
    .order_by(col(Passage.id), col(Paragraph.position))
)
_EPISODES: Executable = (
    select(col(Transcript.id), col(Episode.id), col(Episode.key), col(Episode.title), col(Episode.published), col(Episode.url))
    .join(Episode)
    .where(_among(Transcript.id))
)  # fmt: skip
_ARTICLES: Executable = select(col(Article.id), col(Article.title), col(Article.published), col(Article.url)).where(
    _among(Article.id)
)
_LINKS: Executable = (
    select(col(Link.episode_id), col(Link.article_id), col(Episode.key), col(Article.url))
    .join(Episode, col(Link.episode_id) == Episode.id)
    .join(Article, col(Link.article_id) == Article.id)
    .where(col(Link.status).in_(HOLDING), or_(_among(Link.episode_id, "episodes"), _among(Link.article_id, "articles")))
    .order_by(case((col(Link.status) == LinkStatus.CONFIRMED, 0), else_=1), col(Link.confidence).desc(), col(Link.id))
)


def passages(session: Session, ids: Collection[int]) -> list[Found]:
    """These passages, without order; those that went meanwhile are missing."""
    rows = session.connection().execute(_PASSAGES, {"ids": list(ids)})
    return [Found(row[0], document_id(row[1], row[2]), *row[3:]) for row in rows]


def beginnings(session: Session, ids: Collection[DocumentId]) -> list[Found]:
    """The first passages of these documents."""
    if not ids:
        return []
    said, written = ([each.id for each in ids if each.side == side] for side in ("said", "written"))
    first = session.connection().execute(_BEGINNINGS, {"said": said, "written": written}).scalars().all()
    return passages(session, first)


def document_id(transcript_id: int | None, article_id: int | None) -> DocumentId:
    """The one that is set."""
    return DocumentId("said", transcript_id) if transcript_id is not None else DocumentId("written", article_id or 0)


def units(session: Session, ids: Collection[int]) -> dict[int, list[Unit]]:
    """The segments or paragraphs of these passages, in order, by the passage's id."""
    found: dict[int, list[Unit]] = {}
    for statement in (_SAID_UNITS, _WRITTEN_UNITS):
        for passage_id, *unit in session.connection().execute(statement, {"ids": list(ids)}):
            found.setdefault(passage_id, []).append(Unit(*unit))
    return found


def spoken_by(session: Session, ids: Collection[int], speakers: Collection[str]) -> dict[int, set[int]]:
    """Positions of the segments of these passages that one of ``speakers`` says, by the passage's id."""
    found: dict[int, set[int]] = {}
    for passage_id, position in session.connection().execute(_SPOKEN, {"ids": list(ids), "speakers": list(speakers)}):
        found.setdefault(passage_id, set()).add(position)
    return found


def documents(session: Session, ids: Collection[DocumentId]) -> dict[DocumentId, Document]:
    """The documents with these ids; those that went meanwhile are missing."""
    said, written = ([each.id for each in ids if each.side == side] for side in ("said", "written"))
    return _said(session, said) | _written(session, written)


def _said(session: Session, ids: Sequence[int]) -> dict[DocumentId, Document]:
    if not ids:
        return {}
    rows = session.connection().execute(_EPISODES, {"ids": ids}).all()
    articles = _linked(session, [row[1] for row in rows], [])
    return {
        DocumentId("said", transcript_id): Document(title, published, url, key, articles.get(("episode", episode_id)))
        for transcript_id, episode_id, key, title, published, url in rows
    }


def _written(session: Session, ids: Sequence[int]) -> dict[DocumentId, Document]:
    if not ids:
        return {}
    rows = session.connection().execute(_ARTICLES, {"ids": ids}).all()
    episodes = _linked(session, [], ids)
    return {
        DocumentId("written", article_id): Document(title, published, url, episodes.get(("article", article_id)), url)
        for article_id, title, published, url in rows
    }


def _linked(session: Session, episode_ids: Sequence[int], article_ids: Sequence[int]) -> dict[tuple[str, int], str]:
    """The other side of each of these episodes and articles, as address or key: what a person confirmed, then the surest."""
    bound = {"episodes": list(episode_ids), "articles": list(article_ids)}
    found: dict[tuple[str, int], str] = {}
    for episode_id, article_id, key, url in session.connection().execute(_LINKS, bound):
        found.setdefault(("episode", episode_id), url)
        found.setdefault(("article", article_id), key)
    return found
