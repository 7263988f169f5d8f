"""JSON from outside, parsed within bounds of size, number of values and depth.

A line of 100 MB of ``[],[],…`` takes fifty times its size in memory, and whoever walks over what is nested a thousand deep runs out of
stack: Python's own parser stops at neither. The bounds are far above what is meant: a day of talk with the times of its words is 20 MB
and a million values, and nothing that people write is nested twenty deep.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

#: Bytes of one document or one line.
LARGEST = 32 * 2**20
#: Commas and opening brackets, which are as many as there are values, or a few more.
MOST_VALUES = 2_000_000
DEEPEST = 100


def loads(content: str | bytes, *, constant: Callable[[str], Any] = float, strict: bool = True) -> object:
    """Any JSON value; bytes are UTF-8. ``constant`` makes a value of ``NaN`` and ``Infinity``.

    Raises:
        json.JSONDecodeError: it is no JSON.
        ValueError: it is beyond the bounds, no UTF-8, or has a number that nobody can read.
    """
    if len(content) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST // 2**20} MB")
    if _values(content) > MOST_VALUES:
        raise ValueError(f"it has more than {MOST_VALUES:,} values")
    try:
        text = content if isinstance(content, str) else content.decode()
        value: object = json.loads(text, parse_constant=constant, strict=strict)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except MemoryError:
        raise ValueError("it takes more memory than there is") from None
    if not is_shallow(value):
        raise ValueError(_TOO_DEEP)
    return value


_TOO_DEEP = f"it is nested more than {DEEPEST} deep"


def _values(content: str | bytes) -> int:
    if isinstance(content, str):
        return content.count(",") + content.count("[") + content.count("{")
    return content.count(b",") + content.count(b"[") + content.count(b"{")


def is_shallow(value: object, deepest: int = DEEPEST) -> bool:
    """Whether lists and objects are nested no more than ``deepest`` deep."""
    level = [value] if isinstance(value, list | dict) else []
    for _ in range(deepest):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, list | dict)
        ]
        if not level:
            return True
    return False


def lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Line by line, a byte order mark left out; None for one that is too long to be held."""
    line = file.readline(LARGEST).removeprefix(b"\xef\xbb\xbf")
    while line:
        whole = line.endswith(b"\n") or len(line) < LARGEST - 3
        yield line if whole else None
        while not whole:
            rest = file.readline(LARGEST)
            whole = not rest or rest.endswith(b"\n")
        line = file.readline(LARGEST)
