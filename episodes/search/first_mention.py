"""Find where the best episode first mentions what it was found by.

A host announces an item by its name and discusses it minutes later. There its words occur together, so the search finds that passage, but
a reader often wants the beginning of the item. Therefore, when a query was relaxed, the best episode is searched once more: for the first
passage with the rarest query word that the episode has, or with one nearly as rare.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session, col

from episodes.models import Passage
from episodes.search.backends import backend_of
from episodes.search.backends.base import Backend
from episodes.search.documents import Document, DocumentId, FoundPassage
from episodes.search.idf import TermStats
from episodes.search.query import Node, Or, Term, Without
from episodes.search.rerank import RankingQuery, ScoredPassage, score_one, title_terms

#: A term with this share of the highest IDF counts as equally rare: a few passages more or less are chance.
_AS_RARE = 0.9


def first_mention(
    session: Session,
    read: Sequence[ScoredPassage],
    about: Mapping[DocumentId, Document],
    node: Node,
    stats: TermStats,
    query: RankingQuery,
) -> ScoredPassage | None:
    """Return the first passage of the best episode with its rarest query word; None if there is no such word.

    ``read`` is best first, ``node`` the relaxed query. Title words are skipped, since they do not mark the start of an item, and so are
    common words. With ``segment_conditions`` the result is None.
    """
    best = next((each for each in read if each.passage.document.side == "said" and each.matches), None)
    if best is None or query.segment_conditions:
        return None
    document = best.passage.document
    spoken = {match.term for each in read if each.passage.document == document for match in each.matches}
    terms = _rarest(spoken, {*title_terms(query, about[document]), *stats.common}, query.idf)
    if not terms:
        return None
    connection = session.connection()
    backend = backend_of(connection)
    bound = {"question": backend.compile_query(_only(node, terms)), "transcript": document.id}
    first = connection.execute(_first(backend), bound).one_or_none()
    if first is None:
        return None
    there = next((each for each in read if each.passage.id == first.id), None)
    return there or score_one(
        FoundPassage(first.id, document, first.start, first.end, first.text), about[document], query
    )


def _rarest(spoken: Container[Term], left_out: Container[Term], idf: Mapping[Term, float]) -> list[Term]:
    """Return the rarest of the spoken terms, and those nearly as rare."""
    there = {term: weight for term, weight in idf.items() if term in spoken and term not in left_out}
    return [term for term, weight in there.items() if weight >= _AS_RARE * max(there.values())]


def _only(node: Node, terms: Sequence[Term]) -> Node:
    """Return a query for any of these terms, with the exclusions of ``node``."""
    if isinstance(node, Without):
        return Without(_only(node.keep, terms), node.drop)
    return Or(tuple(terms)) if len(terms) > 1 else terms[0]


@lru_cache(maxsize=2)
def _first(backend: Backend) -> Select[Any]:
    """Select the first passage of the bound ``transcript`` that matches the bound ``question``; ids are in document order."""
    hits = backend.matching_ids("question").subquery()
    columns: tuple[Any, ...] = (col(Passage.id), col(Passage.start), col(Passage.end), col(Passage.text))
    ids = select(col(Passage.id)).where(col(Passage.transcript_id) == bindparam("transcript")).order_by(col(Passage.id))
    of_one = select(*columns).join(hits, hits.c.id == col(Passage.id))
    of_one = of_one.where(hits.c.id >= ids.limit(1).scalar_subquery())  # spares the index older documents
    return of_one.where(col(Passage.transcript_id) == bindparam("transcript")).order_by(col(Passage.id)).limit(1)
