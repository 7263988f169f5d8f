"""Select the candidates: the passages whose text is read and scored.

Most queries match few passages, and all of those are read. If more match, each part of the query (a word, two words side by side, a word in
the title) gives points, and the passages with the most points are read. This uses only which passage matches which part, which both
databases agree on, and neither's own rank, since FTS5's bm25 and ts_rank differ. For a very common part only the newest passages get
points: this bounds the time of any query.

There are two ways to count points, which select the same passages. SQLite asks the index for each part (``per_part_query``), since FTS5
reports of a row only that it matches. PostgreSQL, if no part is very common, asks the index once and matches each row returned against
all parts (``per_row_query``), since it has read the row anyway.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection
from sqlmodel import Session

from episodes.search.backends import backend_of
from episodes.search.backends.base import ExpectedHits
from episodes.search.candidate_sql import per_part_query, per_row_query
from episodes.search.documents import DocumentId, document_id
from episodes.search.idf import TermStats
from episodes.search.query import And, Node, Or, Phrase, Term, Titled, Without, Word, phrase_words, positive_terms

#: Passages to read: at least this many, for each hit wanted, and from one document before others get their turn.
READ, _READ_PER_HIT, _READ_OF_ONE = 60, 4, 24
#: Passages with points to choose them from: at first, and ``_WIDER`` times as many while they are from too few documents.
POOL, _WIDER, _WIDEST = 400, 8, 30_000
#: Passages that get points for one part of the query, the newest first. All of them if the part is not common: ``COUNT_LIMIT`` is smaller.
_NEWEST = 10_000
#: Points are integers: their sum does not depend on the order.
_POINTS = 1000


class Candidate(NamedTuple):
    """A passage that matches the query, its document (exactly one of the two ids is set), and its points."""

    passage_id: int
    transcript_id: int | None
    article_id: int | None
    points: int

    @property
    def document(self) -> DocumentId:
        """Return its transcript or article."""
        return document_id(self.transcript_id, self.article_id)


Part = tuple[Node, int]


def candidates(
    session: Session, node: Node, stats: TermStats, filters: Sequence[ColumnElement[bool]], limit: int
) -> list[Candidate]:
    """Return the passages that may be among the best ``limit`` moments: all that match if they are few, else those with most points."""
    connection = session.connection()
    reading = max(READ, _READ_PER_HIT * limit)
    pool, parts = max(POOL, 4 * reading), list(_parts(node, stats))
    within = node if backend_of(connection).matches_per_row and _counts_every_match(node, stats) else None
    if not within and len(parts) > 1:
        found = _with_most_points(connection, [(node, 0)], stats, filters, reading + 1)
        if len(found) <= reading:
            return found
    while True:
        found = _with_most_points(connection, parts, stats, filters, pool, within)
        chosen = diversified(found)
        if len(found) < pool or len(chosen) >= reading or pool >= _WIDEST:
            return (chosen + _rest(found, chosen))[:reading]
        pool *= _WIDER


def diversified(found: Sequence[Candidate]) -> list[Candidate]:
    """Limit the passages of each document: otherwise one whose title matches would take all places.

    Among passages with equal points, those of documents with more matching passages come first.
    """
    often = Counter((transcript_id, article_id) for _, transcript_id, article_id, _ in found)
    seen = dict.fromkeys(often, 0)
    chosen: list[Candidate] = []
    for each in sorted(found, key=lambda one: (-one[3], -often[one[1:3]], -one[0])):
        seen[each[1:3]] += 1
        if seen[each[1:3]] <= _READ_OF_ONE:
            chosen.append(each)
    return chosen


def _rest(found: Sequence[Candidate], chosen: Sequence[Candidate]) -> list[Candidate]:
    there = {each.passage_id for each in chosen}
    return [each for each in found if each.passage_id not in there]


def _with_most_points(
    connection: Connection,
    parts: Sequence[Part],
    stats: TermStats,
    filters: Sequence[ColumnElement[bool]],
    limit: int,
    within: Node | None = None,
) -> list[Candidate]:
    """Return the ``limit`` passages with the most points, newest first among equals; row by row of those matching ``within``, if given."""
    backend = backend_of(connection)
    bound: dict[str, str | int] = {"most": limit}
    for number, (node, points) in enumerate(parts):
        bound |= {f"q{number}": backend.compile_query(node), f"p{number}": points}
    if within:
        statement = per_row_query(backend, len(parts), filters)
        bound["question"] = backend.compile_query(within)
    else:
        statement = per_part_query(
            backend, [_expected_hits(node, stats.common, len(parts)) for node, _ in parts], filters
        )
        bound["newest"] = limit if len(parts) == 1 else _NEWEST
    return [Candidate(*row) for row in connection.execute(statement, bound)]


def _counts_every_match(node: Node, stats: TermStats) -> bool:
    """Return True if each part matches so few passages that all of them get points.

    A term with statistics that is not common is in fewer than ``COUNT_LIMIT`` passages. ANDed with another it is in no more; in an OR each
    term is a part by itself. In deeper trees, together they may match more than get points.
    """
    match node:
        case And(parts):
            return any(_is_rare(part, stats) for part in parts)
        case Or(parts):
            return all(_is_rare(part, stats) for part in parts)
        case Without(keep, _):
            return _counts_every_match(keep, stats)
        case _:
            return _is_rare(node, stats)


def _is_rare(node: Node, stats: TermStats) -> bool:
    return isinstance(node, Term) and node in stats.idf and node not in stats.common


def _expected_hits(node: Node, common: Container[Node], parts: int) -> ExpectedHits:
    """Estimate how many passages match. A phrase of common words can be in very many or in none.

    With several ``parts``, thousands of passages are needed of each: scanning rows seldom pays then, and the planner knows when it does.
    """
    if _in_few(node, common):
        return "few"
    return "unknown" if parts == 1 or any(any(phrase_words(term)) for term in positive_terms(node)) else "many"


def _in_few(node: Node, common: Container[Node]) -> bool:
    """Return True if fewer than ``COUNT_LIMIT`` passages can match for each alternative, by a term that is not common."""
    match node:
        case And(parts):
            return any(_in_few(part, common) for part in parts)
        case Or(parts):
            return all(_in_few(part, common) for part in parts)
        case Without(keep, _):
            return _in_few(keep, common)
        case _:
            return node not in common


def _parts(node: Node, stats: TermStats) -> Iterator[Part]:
    """Yield what gives points to a passage that matches ``node``: each term, terms side by side, terms in the title.

    Common terms in the title, and two common terms side by side, do not: finding the few passages that have them means reading all that
    have the terms, which takes longer the larger the catalog is.
    """
    every = dict.fromkeys(positive_terms(node))
    terms = [term for term in every if term in stats.idf]
    if not _is_or_of_terms(node) or len(terms) < len(every):
        yield node, 0
    for term in terms:
        points = round(_POINTS * stats.idf[term])
        if not isinstance(node, And | Term):
            yield _also_matching(node, term), points
        if not isinstance(term, Titled) and term not in stats.common:
            yield _also_matching(node, Titled(term)), points
    for one, other in pairwise(terms):
        if isinstance(one, Word) and isinstance(other, Word) and not {one, other} <= stats.common:
            side_by_side = Phrase((one.stem, other.stem), (one.form, other.form))
            yield _also_matching(node, side_by_side), round(_POINTS * min(stats.idf[one], stats.idf[other]))


def _also_matching(node: Node, part: Node) -> Node:
    """Return a node that matches both; a part of an OR of terms implies the whole anyway."""
    implied = isinstance(part, Titled) and part.term == node
    return part if implied or _is_or_of_terms(node) else And((node, part))


def _is_or_of_terms(node: Node) -> bool:
    return isinstance(node, Or) and all(isinstance(part, Term) for part in node.parts)
