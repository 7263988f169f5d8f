"""Many values, some at a time: SQLite takes a limited number in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

Value = TypeVar("Value")

TOGETHER = 500


def chunks(values: Iterable[Value]) -> Iterator[list[Value]]:
    """The values in lists of at most 500, in their order."""
    rest = list(values)
    for at in range(0, len(rest), TOGETHER):
        yield rest[at : at + TOGETHER]
