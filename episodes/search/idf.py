"""Inverse document frequency (IDF) of a query's terms, from the number of passages that have them; the same on both databases.

Counting stops at ``COUNT_LIMIT``: the commoner a term, the longer counting takes (PostgreSQL reads a row for each) and the less it matters.
(Over the 19,000 passages of ``tests.quality.search``, 4,000 is as good as 10,000, and 2,000 is worse.) A phrase whose words are all that
common is not counted: it would mean reading every passage with all of them, which takes PostgreSQL two seconds for the commonest pair in
100 million words. It gets the sum of its words' IDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, select
from sqlmodel import Session

from episodes.search.backends import backend_of
from episodes.search.backends.base import Backend
from episodes.search.bm25 import inverse_document_frequency
from episodes.search.query import Term, phrase_words

#: Counting stops here: for the passages of one term, and for all passages.
COUNT_LIMIT, _MANY_PASSAGES = 4_000, 100_000


class TermStats(NamedTuple):
    """The IDF of each term in this catalog; ``common`` terms are, or may be, in ``COUNT_LIMIT`` passages or more."""

    idf: dict[Term, float]
    common: frozenset[Term]


def term_stats(session: Session, terms: Sequence[Term]) -> TermStats:
    """Return the statistics of these terms."""
    connection = session.connection()
    backend = backend_of(connection)
    inside = {term: words for term in terms if (words := list(phrase_words(term)))}
    single = [term for term in terms if term not in inside]
    version, counted = _counted(connection, backend, [*single, *(word for words in inside.values() for word in words)])
    common_phrases = {
        phrase: words for phrase, words in inside.items() if all(counted[word] >= COUNT_LIMIT for word in words)
    }
    if rare := [phrase for phrase in inside if phrase not in common_phrases]:
        counted |= _counted(connection, backend, rare)[1]
    idf = inverse_document_frequency(counted, _passages(connection, backend, version))
    idf |= {phrase: sum(idf[word] for word in words) for phrase, words in common_phrases.items()}
    common = (term for term in terms if term in common_phrases or counted[term] >= COUNT_LIMIT)
    return TermStats({term: idf[term] for term in terms}, frozenset(common))


def _counted(connection: Connection, backend: Backend, terms: Sequence[Term]) -> tuple[str | None, dict[Term, int]]:
    """Return the version of the catalog, and the number of passages that have each term."""
    different = list(dict.fromkeys(terms))
    bound = {f"q{number}": backend.compile_query(term) for number, term in enumerate(different)}
    version, *counts = connection.execute(_count(backend, len(different)), bound).one()
    return version, dict(zip(different, counts, strict=True))


@lru_cache(maxsize=128)
def _count(backend: Backend, terms: int) -> Select[Any]:
    counted: list[ColumnElement[Any]] = [*backend.match_counts([f"q{number}" for number in range(terms)], COUNT_LIMIT)]
    return select(*[backend.catalog_version(), *counted])


def _passages(connection: Connection, backend: Backend, version: str | None) -> int:
    """Return the number of passages, up to ``_MANY_PASSAGES``, counted again only when the catalog has changed."""
    known: tuple[str, int] | None = connection.info.get("passages")
    if version is not None and known and known[0] == version:
        return known[1]
    counted: int = connection.execute(backend.passage_count(_MANY_PASSAGES)).scalar_one()
    count = min(counted, _MANY_PASSAGES)
    if version is not None:
        connection.info["passages"] = (version, count)
    return count
