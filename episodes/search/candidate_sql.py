"""The statements that select candidates by points: by an index query for each part, or by matching each row against all parts.

The queries (q0…), their points (p0…) and the number of passages (``most``) are bound values: so statements without filters can be cached.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial, reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, case, func, select, union_all

from episodes.models import Passage
from episodes.search.backends.base import Backend, ExpectedHits

_PASSAGE = Passage.__table__  # type: ignore[attr-defined]  # SQLModel sets it
Filters = Sequence[ColumnElement[bool]]


def per_part_query(backend: Backend, expected: Sequence[ExpectedHits], filters: Filters) -> Select[Any]:
    """Select the passages with the most points by an index query for each part, counting only the ``newest`` of each.

    ``expected`` has an estimate of the number of hits for each part.
    """
    make = _per_part_query if filters else _cached_per_part_query
    return make(backend, tuple(expected), tuple(filters))


def per_row_query(backend: Backend, parts: int, filters: Filters) -> Select[Any]:
    """Select the same by one index query, the bound ``question``, matching each row it returns against all ``parts``."""
    make = _per_row_query if filters else _cached_per_row_query
    return make(backend, parts, tuple(filters))


def _per_part_query(backend: Backend, expected: Sequence[ExpectedHits], filters: Filters) -> Select[Any]:
    each = [_part(backend, number, filters, much) for number, much in enumerate(expected)]
    union = (union_all(*each) if len(each) > 1 else each[0]).subquery()
    return _top_passages(select(union.c.id, func.sum(union.c.points).label("points")).group_by(union.c.id))


def _per_row_query(backend: Backend, parts: int, filters: Filters) -> Select[Any]:
    each = [
        case((backend.matches_query(f"q{number}"), bindparam(f"p{number}", type_=Integer)), else_=0)
        for number in range(parts)
    ]
    return _top_passages(
        _filtered(backend.matching_ids("question"), filters).add_columns(reduce(add, each).label("points"))
    )


_cached_per_part_query = lru_cache(maxsize=128)(_per_part_query)
_cached_per_row_query = lru_cache(maxsize=128)(_per_row_query)


def _part(backend: Backend, number: int, filters: Filters, expected: ExpectedHits) -> Select[Any]:
    """Select the newest passages that match a part, with its points."""
    some = backend.newest(f"q{number}", "newest", partial(_filtered, filters=filters), expected).subquery()
    return select(some.c.id, bindparam(f"p{number}", type_=Integer).label("points"))


def _filtered(hits: Select[tuple[int]], filters: Filters) -> Select[tuple[int]]:
    """Add the filters to a selection of passage ids."""
    return hits.join(_PASSAGE, _PASSAGE.c.id == hits.selected_columns.id).where(*filters) if filters else hits


def _top_passages(counted: Select[Any]) -> Select[Any]:
    """Select those with the most points, newest first among equals, with their documents."""
    points, passage_id = counted.selected_columns.points, counted.selected_columns.id
    top = counted.order_by(points.desc(), passage_id.desc()).limit(bindparam("most", type_=Integer)).subquery()
    columns = [_PASSAGE.c.id, _PASSAGE.c.transcript_id, _PASSAGE.c.article_id, top.c.points]
    joined = select(*columns).join_from(top, _PASSAGE, _PASSAGE.c.id == top.c.id)
    return joined.order_by(top.c.points.desc(), _PASSAGE.c.id.desc())
