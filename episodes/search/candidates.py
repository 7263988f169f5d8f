"""Which passages are looked at, chosen by what both databases agree on: which passages match which part of the question.

Few match most questions, and all of those are read. Where more match, each part of the question (a word, two words side by side, a word
in the title) counts its points, and the passages with the most are read: neither database's own rank, since bm25 and ts_rank differ.
Of a very common part only the newest passages are counted, so that no question takes long.

A database either asks its index for each part (SQLite, whose FTS5 knows of a row only that it matches), or, where no part is very common,
asks it once and looks at each row that comes (PostgreSQL, which has read the row anyway): the same passages with the same points.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache, partial, reduce
from itertools import pairwise
from operator import add
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, case, func, select, union_all
from sqlmodel import Session

from episodes.models import Passage
from episodes.search.chosen import full_text
from episodes.search.databases import Expected, FullText
from episodes.search.documents import DocumentId, document_id
from episodes.search.query import And, Node, Or, Phrase, Term, Titled, Without, Word, wanted
from episodes.search.weights import Weights

#: Passages whose text is read, at least and for each hit that is wanted; and how many of one document come before the rest.
READ, _READ_PER_HIT, _READ_OF_ONE = 60, 4, 24
#: Passages with points that are looked through for those, at first; ``_WIDER`` times as many while they are of too few documents.
POOL, _WIDER, _WIDEST = 400, 8, 30_000
#: Of one part of a question so many passages count, the newest.
_NEWEST = 10_000
_PASSAGE = Passage.__table__  # type: ignore[attr-defined]  # SQLModel sets it
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
    session: Session, node: Node, known: Weights, filters: Sequence[ColumnElement[bool]], limit: int
) -> list[Candidate]:
    """Passages that may be among the best ``limit`` moments, the most promising first."""
    connection = session.connection()
    reading = max(READ, _READ_PER_HIT * limit)
    pool, parts = max(POOL, 4 * reading), list(_parts(node, known))
    at_once = full_text(connection).looks_at_rows and _complete(node, known.common)
    if not at_once and len(parts) > 1:
        found = _counted(connection, [(node, 0)], filters, reading + 1, known)
        if len(found) <= reading:
            return found
    while True:
        asked = connection, parts, filters, pool
        found = _looked_at(*asked, node) if at_once else _counted(*asked, known)
        chosen = spread(found)
        if len(found) < pool or len(chosen) >= reading or pool >= _WIDEST:
            return (chosen + _left_over(found, chosen))[:reading]
        pool *= _WIDER


def spread(found: Sequence[Candidate]) -> list[Candidate]:
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


def _left_over(found: Sequence[Candidate], chosen: Sequence[Candidate]) -> list[Candidate]:
    there = {each.passage_id for each in chosen}
    return [each for each in found if each.passage_id not in there]


def _counted(
    connection: Connection, parts: Sequence[Part], filters: Sequence[ColumnElement[bool]], limit: int, known: Weights
) -> list[Candidate]:
    """The ``limit`` passages with the most points, the newest among equals."""
    index = full_text(connection)
    newest = limit if len(parts) == 1 else _NEWEST
    make = _statement if filters else _kept_statement
    statement: Select[Any] = make(
        index, tuple(_expected(node, known.common, len(parts)) for node, _ in parts), tuple(filters)
    )
    bound: dict[str, str | int] = {"newest": newest, "most": limit}
    for number, (node, points) in enumerate(parts):
        bound |= {f"q{number}": index.compiled(node), f"p{number}": points}
    return [Candidate(*row) for row in connection.execute(statement, bound)]


def _looked_at(
    connection: Connection, parts: Sequence[Part], filters: Sequence[ColumnElement[bool]], limit: int, node: Node
) -> list[Candidate]:
    """The same, where each passage that ``node`` matches is looked at for the parts."""
    index = full_text(connection)
    make = _looking if filters else _kept_looking
    bound: dict[str, str | int] = {"question": index.compiled(node), "most": limit}
    for number, (part, points) in enumerate(parts):
        bound |= {f"q{number}": index.compiled(part), f"p{number}": points}
    return [Candidate(*row) for row in connection.execute(make(index, len(parts), tuple(filters)), bound)]


def _complete(node: Node, common: Container[Node]) -> bool:
    """Whether of no part as many passages can match that only the newest of them would count."""
    match node:
        case And(parts):
            return any(isinstance(part, Term) and part not in common for part in parts)
        case Or(parts):
            return all(isinstance(part, Term) and part not in common for part in parts)
        case Without(keep, _):
            return _complete(keep, common)
        case _:
            return node not in common


def _expected(node: Node, common: Container[Node], parts: int) -> Expected:
    """How many passages match; a phrase of common words can be in very many and in none.

    Where there are several ``parts``, so many passages of each are wanted that the index is asked unless very many match.
    """
    if _in_few(node, common):
        return "few"
    return "unknown" if parts == 1 or any(isinstance(term, Phrase) for term in wanted(node)) else "many"


def _in_few(node: Node, common: Container[Node]) -> bool:
    """Whether not very many passages can match."""
    match node:
        case And(parts):
            return any(_in_few(part, common) for part in parts)
        case Or(parts):
            return all(_in_few(part, common) for part in parts)
        case Without(keep, _):
            return _in_few(keep, common)
        case _:
            return node not in common


def _statement(index: FullText, expected: Sequence[Expected], filters: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """The passages with the most points; the questions (q0…), their points (p0…), ``newest`` and ``most`` are bound to it.

    There is a question for each of ``expected``, which says how many passages match it.
    """
    each = [_part(index, number, filters, much) for number, much in enumerate(expected)]
    union = (union_all(*each) if len(each) > 1 else each[0]).subquery()
    return _most(select(union.c.id, func.sum(union.c.points).label("points")).group_by(union.c.id))


def _looking(index: FullText, parts: int, filters: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """The same of the passages that match a ``question``, each looked at for all the parts (q0…): the index is asked once."""
    hits = _narrowed(index.hits("question"), filters)
    each = [
        case((index.holds(f"q{number}"), bindparam(f"p{number}", type_=Integer)), else_=0) for number in range(parts)
    ]
    return _most(hits.add_columns(reduce(add, each).label("points")))


def _most(counted: Select[Any]) -> Select[Any]:
    """The candidates of these ids with points."""
    points, passage_id = counted.selected_columns.points, counted.selected_columns.id
    best = counted.order_by(points.desc(), passage_id.desc()).limit(bindparam("most", type_=Integer))
    top = best.subquery()
    columns = [_PASSAGE.c.id, _PASSAGE.c.transcript_id, _PASSAGE.c.article_id, top.c.points]
    joined = select(*columns).join_from(top, _PASSAGE, _PASSAGE.c.id == top.c.id)
    return joined.order_by(top.c.points.desc(), _PASSAGE.c.id.desc())


_kept_statement, _kept_looking = lru_cache(maxsize=128)(_statement), lru_cache(maxsize=128)(_looking)


def _part(index: FullText, number: int, filters: Sequence[ColumnElement[bool]], expected: Expected) -> Select[Any]:
    """The newest passages that match a part, with its points."""
    some = index.newest(f"q{number}", "newest", partial(_narrowed, filters=filters), expected).subquery()
    return select(some.c.id, bindparam(f"p{number}", type_=Integer).label("points"))


def _narrowed(hits: Select[tuple[int]], filters: Sequence[ColumnElement[bool]]) -> Select[tuple[int]]:
    """Those hits for which the filters hold."""
    return hits.join(_PASSAGE, _PASSAGE.c.id == hits.selected_columns.id).where(*filters) if filters else hits


def _parts(node: Node, known: Weights) -> Iterator[Part]:
    """What counts for a passage that ``node`` matches: each term, terms side by side, terms in the title.

    The title of a common term and two of these side by side do not: to find the few passages that have that, all that have the terms
    would be read, which takes the longer the larger the catalog is.
    """
    terms = [term for term in dict.fromkeys(wanted(node)) if term in known.telling]
    if not _any_will_do(node):
        yield node, 0
    for term in terms:
        points = round(_POINTS * known.telling[term])
        if not isinstance(node, And | Term):
            yield _within(node, term), points
        if not isinstance(term, Titled) and term not in known.common:
            yield _within(node, Titled(term)), points
    for one, other in pairwise(terms):
        if isinstance(one, Word) and isinstance(other, Word) and not {one, other} <= known.common:
            side_by_side = Phrase((one.stem, other.stem), (one.form, other.form))
            yield _within(node, side_by_side), round(_POINTS * min(known.telling[one], known.telling[other]))


def _within(node: Node, part: Node) -> Node:
    """What matches both; a part of "any of these" matches that anyway."""
    implied = isinstance(part, Titled) and part.term == node
    return part if implied or _any_will_do(node) else And((node, part))


def _any_will_do(node: Node) -> bool:
    return isinstance(node, Or) and all(isinstance(part, Term) for part in node.parts)
