"""Split many values into batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Value = TypeVar("Value")

#: Values in one SQL statement. SQLite allows 32,766, PostgreSQL 65,535; a few hundred are as fast as more.
STATEMENT = 500


def batched(values: Iterable[Value], size: int = STATEMENT) -> Iterator[list[Value]]:
    """Yield the values in lists of ``size``, in order, the last one perhaps shorter; reads ``values`` lazily.

    Like ``itertools.batched``, which Python has from 3.12 on.
    """
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
