"""Many values, some at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Value = TypeVar("Value")

#: Values in one SQL statement: SQLite takes 32,766 of them, PostgreSQL 65,535, and a few hundred are as fast as more.
STATEMENT = 500


def batched(values: Iterable[Value], size: int = STATEMENT) -> Iterator[list[Value]]:
    """The values in lists of ``size`` (the last may be shorter), in their order; read as they are asked for.

    As ``itertools.batched``, which Python has from 3.12 on.
    """
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
