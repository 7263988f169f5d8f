"""Write passages and their index entries; no other module writes the table ``passage``.

A document (a shown transcript or an article) is indexed whole or not at all. Reindexing compares and writes only what differs: a run over
the whole catalog changes nothing if nothing changed. Call it in the transaction that changes the document, or readers may find old words in
a new text. A transcript that is no longer shown loses its passages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import delete, exists, insert
from sqlmodel import Session, col, select

from episodes.models import Article, Episode, Paragraph, Passage, Segment, Transcript
from episodes.search.backends import backend_of
from episodes.search.backends.base import IndexEntry
from episodes.search.passages import Unit, Window, windows
from episodes.search.tokenizer import Token, tokens

#: Only this many words of a title are indexed: PostgreSQL keeps 256 positions of a word.
MAX_TITLE = 150


class Unindexed(NamedTuple):
    """The ids of documents that are not indexed yet."""

    transcripts: list[int]
    articles: list[int]


class _Document(NamedTuple):
    """A document to index: the column of ``passage`` that refers to it, its id, title and units."""

    column: str
    id: int
    title: str
    units: Sequence[Unit]


def index_episode(session: Session, episode_id: int) -> bool:
    """Index the shown transcript of an episode and remove the passages of its others. Return True if anything changed."""
    session.flush()
    ids = list(
        session.exec(select(Transcript.id).where(Transcript.episode_id == episode_id).order_by(col(Transcript.shown)))
    )
    changed = [index_transcript(session, transcript_id or 0) for transcript_id in ids]
    return any(changed)


def index_transcript(session: Session, transcript_id: int) -> bool:
    """Update a transcript's passages; remove them if it is not shown or does not exist. Return True if anything changed."""
    session.flush()
    document = _transcript(session, transcript_id)
    return _index(session, document) if document else _remove(session, "transcript_id", transcript_id)


def index_article(session: Session, article_id: int) -> bool:
    """Update an article's passages; remove them if it does not exist. Return True if anything changed."""
    session.flush()
    document = _article(session, article_id)
    return _index(session, document) if document else _remove(session, "article_id", article_id)


def _transcript(session: Session, transcript_id: int) -> _Document | None:
    """Read a transcript to index; None unless it is shown."""
    title = session.exec(
        select(Episode.title)
        .join(Transcript, col(Transcript.episode_id) == Episode.id)
        .where(Transcript.id == transcript_id, col(Transcript.shown))
    ).first()
    if title is None:
        return None
    rows = session.exec(
        select(Segment.position, Segment.text, Segment.start, Segment.end)
        .where(Segment.transcript_id == transcript_id)
        .order_by(col(Segment.position))
    )
    return _Document("transcript_id", transcript_id, title, [Unit(*row) for row in rows])


def _article(session: Session, article_id: int) -> _Document | None:
    """Read an article to index; None if it does not exist."""
    article = session.exec(select(Article.title, Article.dek).where(Article.id == article_id)).first()
    if article is None:
        return None
    title, dek = article
    rows = session.exec(
        select(Paragraph.position, Paragraph.text)
        .where(Paragraph.article_id == article_id)
        .order_by(col(Paragraph.position))
    )
    units = [Unit(*row) for row in rows]
    if dek and not (units and units[0].text.startswith(dek)):
        units.insert(0, Unit(0, dek))
    return _Document("article_id", article_id, title, units)


def unindexed(session: Session) -> Unindexed:
    """Return the shown transcripts and the articles without passages."""
    session.flush()
    spoken = exists().where(col(Passage.transcript_id) == Transcript.id)
    written = exists().where(col(Passage.article_id) == Article.id)
    transcripts = session.exec(select(Transcript.id).where(col(Transcript.shown), ~spoken).order_by(col(Transcript.id)))
    articles = session.exec(select(Article.id).where(~written).order_by(col(Article.id)))
    return Unindexed([found for found in transcripts if found], [found for found in articles if found])


def rebuild(session: Session) -> tuple[int, int]:
    """Rebuild all passages and the index. Return the numbers of transcripts and articles."""
    session.flush()
    connection = session.connection()
    backend_of(connection).clear(connection)
    session.execute(delete(Passage))
    lacking = unindexed(session)
    for transcript_id in lacking.transcripts:
        index_transcript(session, transcript_id)
    for article_id in lacking.articles:
        index_article(session, article_id)
    return len(lacking.transcripts), len(lacking.articles)


def _index(session: Session, document: _Document) -> bool:
    title, made = tokens(document.title)[:MAX_TITLE], windows(document.units)
    if _up_to_date(session, document, title, made):
        return False
    _remove(session, document.column, document.id)
    rows = [{document.column: document.id, **_columns(window)} for window in made]
    ids = (
        session.execute(insert(Passage).returning(col(Passage.id), sort_by_parameter_order=True), rows).scalars().all()
    )
    connection = session.connection()
    entries = [IndexEntry(passage_id or 0, title, window.words) for passage_id, window in zip(ids, made, strict=True)]
    backend_of(connection).add(connection, entries)
    return True


def differences(session: Session) -> Iterator[str]:
    """Yield a sentence for each document whose index is not as it should be, and for each inconsistency of the index itself.

    Compares every passage and index row with what indexing would write now. Needs a session that may write: SQLite's integrity check is an
    INSERT, although it changes nothing.
    """
    session.flush()
    yield from backend_of(session.connection()).integrity_errors(session.connection())
    shown = select(Transcript.id, Episode.key).join(Episode).where(col(Transcript.shown)).order_by(col(Transcript.id))
    for transcript_id, key in session.exec(shown).all():
        document = _transcript(session, transcript_id or 0)
        if document and not _is_indexed(session, document):
            yield f"episode {key} is not indexed as it is"
    for article_id, url in session.exec(select(Article.id, Article.url).order_by(col(Article.id))).all():
        document = _article(session, article_id or 0)
        if document and not _is_indexed(session, document):
            yield f"article {url} is not indexed as it is"
    hidden = select(Episode.key).join(Transcript).join(Passage).where(~col(Transcript.shown)).distinct()
    for key in session.exec(hidden.order_by(Episode.key)):
        yield f"episode {key} has a transcript that is found though it is not shown"


def _is_indexed(session: Session, document: _Document) -> bool:
    """Return True if all passages and index rows of a document are what indexing would write now."""
    title, made = tokens(document.title)[:MAX_TITLE], windows(document.units)
    return _up_to_date(session, document, title, made, rows=len(made))


def _up_to_date(session: Session, document: _Document, title: list[Token], made: list[Window], rows: int = 1) -> bool:
    """Compare the passages and the first ``rows`` index rows. One row will do to detect a new title or stemmer, which change all."""
    columns = [col(Passage.id), *(col(getattr(Passage, name)) for name in Window._fields if name != "words")]
    of_document = col(getattr(Passage, document.column)) == document.id
    there = session.execute(sa.select(*columns).where(of_document).order_by(col(Passage.id))).all()
    if [tuple(row[1:]) for row in there] != [tuple(_columns(window).values()) for window in made]:
        return False
    connection = session.connection()
    entries = [IndexEntry(row[0] or 0, title, window.words) for row, window in zip(there, made, strict=True)]
    return backend_of(connection).is_current(connection, entries[:rows])


def _columns(window: Window) -> dict[str, object]:
    values = window._asdict()
    del values["words"]
    return values


def _remove(session: Session, column: str, document_id: int) -> bool:
    """Delete a document's passages; their index rows are deleted with them."""
    result = session.execute(delete(Passage).where(getattr(Passage, column) == document_id))
    return bool(result.rowcount)  # type: ignore[attr-defined]  # DELETE results have it
