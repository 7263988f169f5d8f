"""How much each term of a question tells, by the number of passages it is in: the same on both databases.

Counting stops at ``COMMON_ENOUGH``, since it takes the longer the less it tells: PostgreSQL reads a row for each. (Over the 19,000 passages
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

from episodes.search.backends import full_text
from episodes.search.backends.base import FullText
from episodes.search.bm25 import rarity
from episodes.search.query import Term, words_of

#: So many passages of a term, and so many at all, are not told from more.
COMMON_ENOUGH, _MANY_PASSAGES = 4_000, 100_000


class Weights(NamedTuple):
    """How much each term tells, being rare in this catalog; the ``common`` ones are in very many passages, or may be."""

    telling: dict[Term, float]
    common: frozenset[Term]


def weights(session: Session, terms: Sequence[Term]) -> Weights:
    """How much these terms tell."""
    connection = session.connection()
    index = full_text(connection)
    inside = {term: words for term in terms if (words := list(words_of(term)))}
    single = [term for term in terms if term not in inside]
    state, counted = _counted(connection, index, [*single, *(word for words in inside.values() for word in words)])
    vague = {phrase: words for phrase, words in inside.items() if all(counted[word] >= COMMON_ENOUGH for word in words)}
    if rare := [phrase for phrase in inside if phrase not in vague]:
        counted |= _counted(connection, index, rare)[1]
    telling = rarity(counted, _passages(connection, index, state))
    telling |= {phrase: sum(telling[word] for word in words) for phrase, words in vague.items()}
    common = (term for term in terms if term in vague or counted[term] >= COMMON_ENOUGH)
    return Weights({term: telling[term] for term in terms}, frozenset(common))


def _counted(connection: Connection, index: FullText, terms: Sequence[Term]) -> tuple[str | None, dict[Term, int]]:
    """The state of the catalog, and how many passages each term is in."""
    different = list(dict.fromkeys(terms))
    bound = {f"q{number}": index.compiled(term) for number, term in enumerate(different)}
    state, *counts = connection.execute(_count(index, len(different)), bound).one()
    return state, dict(zip(different, counts, strict=True))


@lru_cache(maxsize=128)
def _count(index: FullText, terms: int) -> Select[Any]:
    counted: list[ColumnElement[Any]] = [*index.counted([f"q{number}" for number in range(terms)], COMMON_ENOUGH)]
    return select(*[index.state(), *counted])


def _passages(connection: Connection, index: FullText, state: str | None) -> int:
    """How many passages there are, up to ``_MANY_PASSAGES``: counted again only when the catalog has changed."""
    known: tuple[str, int] | None = connection.info.get("passages")
    if state is not None and known and known[0] == state:
        return known[1]
    counted: int = connection.execute(index.passages(_MANY_PASSAGES)).scalar_one()
    count = min(counted, _MANY_PASSAGES)
    if state is not None:
        connection.info["passages"] = (state, count)
    return count
