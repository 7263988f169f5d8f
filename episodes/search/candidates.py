"""Which passages are looked at: those that the database holds for the best, from as many documents as there may be hits."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, func, select

from episodes.models import Passage
from episodes.search.databases import Candidate, full_text
from episodes.search.documents import DocumentId, document_id
from episodes.search.query import Node, Term
from episodes.search.ranking import rarity

#: Passages taken from the index at first; ``_WIDER`` times as many while they are of too few documents.
POOL, _WIDER, _WIDEST = 1000, 8, 100_000
#: Passages whose text is read, at least; and how many of one document.
_READ, _READ_OF_ONE = 200, 24
#: Counting how common a term is stops here, since it takes the longer the less it tells.
_COMMON_ENOUGH, _MANY_PASSAGES = 20_000, 100_000


def weights(session: Session, terms: Sequence[Term]) -> dict[Term, float]:
    """How much each term tells, being rare in this catalog."""
    connection = session.connection()
    some = select(Passage.id).limit(_MANY_PASSAGES).subquery()
    passages = session.exec(select(func.count()).select_from(some)).one()
    return rarity(full_text(connection).counts(connection, terms, at_most=_COMMON_ENOUGH), passages)


def candidates(
    session: Session, node: Node, telling: dict[Term, float], filters: Sequence[ColumnElement[bool]], limit: int
) -> list[Candidate]:
    """Passages that may be among the best ``limit`` moments, in the database's order."""
    connection = session.connection()
    pool, reading = max(POOL, 4 * limit), max(_READ, 4 * limit)
    while True:
        found = full_text(connection).candidates(connection, node, weights=telling, filters=filters, limit=pool)
        chosen = spread(found)[:reading]
        if len(found) < pool or len(chosen) == reading or pool >= _WIDEST:
            return chosen
        pool *= _WIDER


def spread(found: Sequence[Candidate]) -> list[Candidate]:
    """The same, but of each document only the first few: one whose title answers would else be all there is."""
    chosen: list[Candidate] = []
    seen: dict[DocumentId, int] = {}
    for each in found:
        document = document_id(each.transcript_id, each.article_id)
        seen[document] = seen.get(document, 0) + 1
        if seen[document] <= _READ_OF_ONE:
            chosen.append(each)
    return chosen
