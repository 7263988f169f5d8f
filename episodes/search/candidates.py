"""Which passages are looked at, chosen by what both databases agree on: which passages match which part of the question.

Few match most questions, and all of those are read. Where more match, each part of the question (a word, two words side by side, a word
in the title) counts its points, and the passages with the most are read: neither database's own rank, since bm25 and ts_rank differ.
Of a very common part only the newest passages are counted, so that no question takes long.

A database either asks its index for each part (SQLite, whose FTS5 knows of a row only that it matches), or, where no part is very common,
asks it once and looks at each row that comes (PostgreSQL, which has read the row anyway). Both choose the same passages.
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

#: Passages whose text is read, at least and for each hit that is wanted; and how many of one document come before the rest.
READ, _READ_PER_HIT, _READ_OF_ONE = 60, 4, 24
#: Passages with points that are looked through for those, at first; ``_WIDER`` times as many while they are of too few documents.
POOL, _WIDER, _WIDEST = 400, 8, 30_000
#: Of one part of a question so many passages count, the newest; of what is not common, all (``COUNT_LIMIT`` is no more).
_NEWEST = 10_000
#: Points are whole numbers, so that their sum is the same in any order.
_POINTS = 1000


class Candidate(NamedTuple):
    """A passage that the query matches, the document it is of (exactly one of the two ids is set), and its points."""

    passage_id: int
    transcript_id: int | None
    article_id: int | None
    points: int

    @property
    def document(self) -> DocumentId:
        """Its transcript or article."""
        return document_id(self.transcript_id, self.article_id)


Part = tuple[Node, int]


def candidates(
    session: Session, node: Node, stats: TermStats, filters: Sequence[ColumnElement[bool]], limit: int
) -> list[Candidate]:
    """Passages that may be among the best ``limit`` moments: all that match where they are few, else the most promising ones."""
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
    """The same, but of each document only the first few: one whose title answers would else be all there is.

    Among passages with the same points those of documents that answer often come first.
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
    """The ``limit`` passages with the most points, the newest among equals; by looking at those ``within`` a node, where that is given."""
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
    """Whether so few passages match each part that no part leaves any out.

    A term that is known and not common is in fewer than ``COUNT_LIMIT``. With another it is in no more of them; where any of several
    will do, each of them is a part by itself. Deeper down that is not so, and so many could match together that some are left out.
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
    """How many passages match; a phrase of common words can be in very many and in none.

    Where there are several ``parts``, thousands of passages of each are wanted: then to go through the rows seldom pays, and the planner
    knows when.
    """
    if _in_few(node, common):
        return "few"
    return "unknown" if parts == 1 or any(any(phrase_words(term)) for term in positive_terms(node)) else "many"


def _in_few(node: Node, common: Container[Node]) -> bool:
    """Whether not very many passages can match: of each term that is not common, fewer than ``COUNT_LIMIT``."""
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
    """What counts for a passage that ``node`` matches: each term, terms side by side, terms in the title.

    The title of a common term and two of these side by side do not: to find the few passages that have that, all that have the terms
    would be read, which takes the longer the larger the catalog is.
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
    """What matches both; a part of "any of these" matches that anyway."""
    implied = isinstance(part, Titled) and part.term == node
    return part if implied or _is_or_of_terms(node) else And((node, part))


def _is_or_of_terms(node: Node) -> bool:
    return isinstance(node, Or) and all(isinstance(part, Term) for part in node.parts)
