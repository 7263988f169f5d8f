"""Retrieve and rank passages for a query, relaxing it where too little matches.

First all words must match. Where few passages do, those with some of the words follow (``query.relaxed``). Where none does and the last
word is in no passage, it is taken as a prefix (``prefix_fallback``): a page that searches at each letter typed would otherwise find
nothing at ``harb``, on the way to ``harbour``. A word that occurs in the catalog is never taken as a prefix, so finishing it changes
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, select
from sqlmodel import Session

from episodes.search import documents
from episodes.search.backends import backend_of
from episodes.search.candidates import candidates
from episodes.search.documents import Document, DocumentId
from episodes.search.first_mention import first_mention
from episodes.search.idf import term_stats
from episodes.search.query import Node, Prefix, last_word_as_prefix, positive_terms, positive_words, relaxed
from episodes.search.rerank import RankingQuery, ScoredPassage, rerank

#: With fewer passages than this for each hit wanted, the query is relaxed. (Passages overlap by half: two are one moment.)
FEW = 2


class Retrieved(NamedTuple):
    """Passages, best first, and their documents; ``first_mention`` only for a relaxed query."""

    passages: list[ScoredPassage]
    about: Mapping[DocumentId, Document]
    first_mention: ScoredPassage | None = None


def retrieve(
    session: Session,
    node: Node,
    filters: Sequence[ColumnElement[bool]],
    segment_conditions: Sequence[ColumnElement[bool]],
    limit: int,
) -> Retrieved:
    """Return the passages that match ``node`` or, where those are few, some of its words; enough for ``limit`` hits."""
    stats = term_stats(session, list(dict.fromkeys(positive_terms(node))))
    query = RankingQuery(stats.idf, segment_conditions=segment_conditions)
    chosen = candidates(session, node, stats, filters, limit)
    whole = {each.passage_id for each in chosen}
    loose = relaxed(node, least=3 if chosen else 2) if len(chosen) < FEW * limit else None
    if loose is not None:
        stats = term_stats(session, list(dict.fromkeys(positive_words(node))))
        query = RankingQuery(stats.idf, stats.idf.keys() - set(positive_terms(loose)), segment_conditions)
        some = candidates(session, loose, stats, filters, limit)
        chosen += [each for each in some if each.passage_id not in whole]
    about = documents.documents(session, {each.document for each in chosen})
    read = rerank(session, [each.passage_id for each in chosen], about, query, whole)
    if loose is None:
        return Retrieved(read, about)
    return Retrieved(read, about, first_mention(session, read, about, loose, stats, query))


def prefix_fallback(session: Session, node: Node) -> tuple[Node, str] | None:
    """Return the query with its last word as a prefix, and a note; None unless only that prefix is in the index, not the word."""
    found = last_word_as_prefix(node)
    if found is None:
        return None
    word, node = found
    connection = session.connection()
    backend = backend_of(connection)
    bound = {"word": backend.compile_query(word), "prefix": backend.compile_query(Prefix(word.form))}
    whole, started = backend.match_counts(["word", "prefix"], 1)
    only_started = case((whole == 0, started), else_=0)
    if not connection.execute(select(only_started), bound).scalar_one():
        return None
    return node, f"No passage has the word “{word.form}”; showing words that begin with it."
