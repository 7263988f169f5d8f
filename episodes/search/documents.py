"""Read what hits need: passages with their segments or paragraphs, their episodes and articles, and the links between these."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Executable, case, func, or_, select
from sqlmodel import Session, col

from episodes.models import Article, Episode, Link, Paragraph, Passage, Segment, Transcript
from episodes.search.filters import segment_in_passage
from episodes.search.in_array import in_array
from episodes.search.passages import Unit
from episodes.search.query import Side
from episodes.values import CERTAIN_STATUSES, LinkStatus


class DocumentId(NamedTuple):
    """A transcript ("said") or an article ("written")."""

    side: Side
    id: int


class Document(NamedTuple):
    """An episode or article with passages. ``episode`` and ``article`` are the key and the URL of both linked documents, if known."""

    title: str
    date: date | None
    url: str
    episode: str | None
    article: str | None


class FoundPassage(NamedTuple):
    """A passage and its document."""

    id: int
    document: DocumentId
    start: float | None
    end: float | None
    text: str


# Statements are built once: building one takes longer than running it.

_PASSAGES: Executable = select(
    col(Passage.id), col(Passage.transcript_id), col(Passage.article_id), col(Passage.start), col(Passage.end),
    col(Passage.text),
).where(in_array(Passage.id))  # fmt: skip
_FIRST_PASSAGES: Executable = (
    select(func.min(Passage.id))
    .where(or_(in_array(Passage.transcript_id, "said"), in_array(Passage.article_id, "written")))
    .group_by(col(Passage.transcript_id), col(Passage.article_id))
)
_SAID_UNITS: Executable = (
    select(
        col(Passage.id), col(Segment.position), col(Segment.text), col(Segment.start), col(Segment.end),
        col(Segment.detail).is_not(None),
    )
    .join(Segment, col(Segment.transcript_id) == Passage.transcript_id)
    .where(in_array(Passage.id), col(Segment.position).between(Passage.first, Passage.last))
    .order_by(col(Passage.id), col(Segment.position))
)  # fmt: skip
_WRITTEN_UNITS: Executable = (
    select(col(Passage.id), col(Paragraph.position), col(Paragraph.text))
    .join(Paragraph, col(Paragraph.article_id) == Passage.article_id)
    .where(in_array(Passage.id), col(Paragraph.position).between(Passage.first, Passage.last))
    .order_by(col(Passage.id), col(Paragraph.position))
)
_EPISODES: Executable = (
    select(col(Transcript.id), col(Episode.id), col(Episode.key), col(Episode.title), col(Episode.published), col(Episode.url))
    .join(Episode)
    .where(in_array(Transcript.id))
)  # fmt: skip
_ARTICLES: Executable = select(col(Article.id), col(Article.title), col(Article.published), col(Article.url)).where(
    in_array(Article.id)
)
# The status is filtered in Python: as a condition, the database could prefer its index.
_LINKS = (
    select(col(Link.status), col(Link.episode_id), col(Link.article_id), col(Episode.key), col(Article.url))
    .join(Episode, col(Link.episode_id) == Episode.id)
    .join(Article, col(Link.article_id) == Article.id)
    .order_by(case((col(Link.status) == LinkStatus.CONFIRMED, 0), else_=1), col(Link.confidence).desc(), col(Link.id))
)
_LINKS_OF: Mapping[Side, Executable] = {
    "said": _LINKS.where(in_array(Link.episode_id)),
    "written": _LINKS.where(in_array(Link.article_id)),
}


def passages(session: Session, ids: Collection[int]) -> list[FoundPassage]:
    """Return these passages in any order; ones deleted meanwhile are missing."""
    rows = session.connection().execute(_PASSAGES, {"ids": list(ids)})
    return [FoundPassage(row[0], document_id(row[1], row[2]), *row[3:]) for row in rows]


def first_passages(session: Session, ids: Collection[DocumentId]) -> list[FoundPassage]:
    """Return the first passage of each document."""
    if not ids:
        return []
    said, written = ([each.id for each in ids if each.side == side] for side in ("said", "written"))
    first = session.connection().execute(_FIRST_PASSAGES, {"said": said, "written": written}).scalars().all()
    return passages(session, first)


def document_id(transcript_id: int | None, article_id: int | None) -> DocumentId:
    """Make the id from whichever of the two is set."""
    return DocumentId("said", transcript_id) if transcript_id is not None else DocumentId("written", article_id or 0)


def units(session: Session, passages: Collection[FoundPassage]) -> dict[int, list[Unit]]:
    """Map passage ids to the segments or paragraphs of the passage, in order."""
    found: dict[int, list[Unit]] = {}
    for side, statement in (("said", _SAID_UNITS), ("written", _WRITTEN_UNITS)):
        ids = [each.id for each in passages if each.document.side == side]
        for passage_id, *unit in session.connection().execute(statement, {"ids": ids}) if ids else ():
            found.setdefault(passage_id, []).append(Unit(*unit))
    return found


def positions(
    session: Session, ids: Collection[int], segment_conditions: Sequence[ColumnElement[bool]]
) -> dict[int, set[int]]:
    """Map passage ids to the positions of those of its segments that meet the conditions."""
    held = select(col(Passage.id), col(Segment.position)).join(Segment, segment_in_passage())
    found: dict[int, set[int]] = {}
    rows: Iterable[Any] = session.connection().execute(
        held.where(in_array(Passage.id), *segment_conditions), {"ids": ids}
    )
    for passage_id, position in rows:
        found.setdefault(passage_id, set()).add(position)
    return found


def documents(session: Session, ids: Collection[DocumentId]) -> dict[DocumentId, Document]:
    """Map ids to documents; ones deleted meanwhile are missing."""
    said, written = ([each.id for each in ids if each.side == side] for side in ("said", "written"))
    return _episodes(session, said) | _articles(session, written)


def _episodes(session: Session, ids: Sequence[int]) -> dict[DocumentId, Document]:
    if not ids:
        return {}
    rows = session.connection().execute(_EPISODES, {"ids": ids}).all()
    articles = {episode_id: url for episode_id, _, _, url in _links(session, "said", [row[1] for row in rows])}
    return {
        DocumentId("said", transcript_id): Document(title, published, url, key, articles.get(episode_id))
        for transcript_id, episode_id, key, title, published, url in rows
    }


def _articles(session: Session, ids: Sequence[int]) -> dict[DocumentId, Document]:
    if not ids:
        return {}
    rows = session.connection().execute(_ARTICLES, {"ids": ids}).all()
    episodes = {article_id: key for _, article_id, key, _ in _links(session, "written", ids)}
    return {
        DocumentId("written", article_id): Document(title, published, url, episodes.get(article_id), url)
        for article_id, title, published, url in rows
    }


def _links(session: Session, side: Side, ids: Sequence[int]) -> list[tuple[int, int, str, str]]:
    """Return the links of these episodes or articles with key and URL, best last: confirmed ones, then by confidence."""
    rows: Iterable[Any] = session.connection().execute(_LINKS_OF[side], {"ids": ids})
    return [tuple(link) for status, *link in rows if status in CERTAIN_STATUSES][::-1]
