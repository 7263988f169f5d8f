"""Parse untrusted JSON with limits on size, number of values and depth.

A line of 100 MB of ``[],[],…`` takes fifty times its size in memory, and code that walks values nested a thousand deep overflows the stack.
Python's parser limits neither. The limits are far above real data: a day of talk with word times is 20 MB and a million values, and
nothing that people write is nested twenty deep.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

#: Maximum bytes of one document or one line.
LARGEST = 32 * 2**20
#: Maximum of commas and opening brackets: slightly more than the number of values.
MOST_VALUES = 2_000_000
DEEPEST = 100


def loads(content: str | bytes, *, constant: Callable[[str], Any] = float, strict: bool = True) -> object:
    """Parse any JSON value; bytes must be UTF-8. ``constant`` converts ``NaN`` and ``Infinity``.

    Raises:
        json.JSONDecodeError: invalid JSON.
        ValueError: beyond the limits, not UTF-8, or a number too long to convert.
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
    """Yield line by line, without a byte order mark; None for a line that is too long."""
    line = file.readline(LARGEST).removeprefix(b"\xef\xbb\xbf")
    while line:
        whole = line.endswith(b"\n") or len(line) < LARGEST - 3
        yield line if whole else None
        while not whole:
            rest = file.readline(LARGEST)
            whole = not rest or rest.endswith(b"\n")
        line = file.readline(LARGEST)
