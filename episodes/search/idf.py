"""How much each term of a question tells, by the number of passages it is in: the same on both databases.

Counting stops at ``COUNT_LIMIT``, since it takes the longer the less it tells: PostgreSQL reads a row for each. (Over the 19,000 passages
of ``tests.quality.search`` 4,000 is as good as 10,000, and 2,000 is worse.) A phrase whose words are all so common is not counted: for
that, every passage with all of them would be looked at, which takes PostgreSQL two seconds for the commonest pair in 100 million words.
It tells what its words tell together.
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

#: So many passages of a term, and so many at all, are not told from more.
COUNT_LIMIT, _MANY_PASSAGES = 4_000, 100_000


class TermStats(NamedTuple):
    """How much each term tells, being rare in this catalog; the ``common`` ones are in very many passages, or may be."""

    idf: dict[Term, float]
    common: frozenset[Term]


def term_stats(session: Session, terms: Sequence[Term]) -> TermStats:
    """How much these terms tell."""
    connection = session.connection()
    backend = backend_of(connection)
    inside = {term: words for term in terms if (words := list(phrase_words(term)))}
    single = [term for term in terms if term not in inside]
    state, counted = _counted(connection, backend, [*single, *(word for words in inside.values() for word in words)])
    vague = {phrase: words for phrase, words in inside.items() if all(counted[word] >= COUNT_LIMIT for word in words)}
    if rare := [phrase for phrase in inside if phrase not in vague]:
        counted |= _counted(connection, backend, rare)[1]
    idf = inverse_document_frequency(counted, _passages(connection, backend, state))
    idf |= {phrase: sum(idf[word] for word in words) for phrase, words in vague.items()}
    common = (term for term in terms if term in vague or counted[term] >= COUNT_LIMIT)
    return TermStats({term: idf[term] for term in terms}, frozenset(common))


def _counted(connection: Connection, backend: Backend, terms: Sequence[Term]) -> tuple[str | None, dict[Term, int]]:
    """The state of the catalog, and how many passages each term is in."""
    different = list(dict.fromkeys(terms))
    bound = {f"q{number}": backend.compile_query(term) for number, term in enumerate(different)}
    state, *counts = connection.execute(_count(backend, len(different)), bound).one()
    return state, dict(zip(different, counts, strict=True))


@lru_cache(maxsize=128)
def _count(backend: Backend, terms: int) -> Select[Any]:
    counted: list[ColumnElement[Any]] = [*backend.match_counts([f"q{number}" for number in range(terms)], COUNT_LIMIT)]
    return select(*[backend.catalog_version(), *counted])


def _passages(connection: Connection, backend: Backend, state: str | None) -> int:
    """How many passages there are, up to ``_MANY_PASSAGES``: counted again only when the catalog has changed."""
    known: tuple[str, int] | None = connection.info.get("passages")
    if state is not None and known and known[0] == state:
        return known[1]
    counted: int = connection.execute(backend.passage_count(_MANY_PASSAGES)).scalar_one()
    count = min(counted, _MANY_PASSAGES)
    if state is not None:
        connection.info["passages"] = (state, count)
    return count
