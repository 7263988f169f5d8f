"""Order lists so that new episodes come early, and a reader can stop where everything is known.

A channel's tabs are each newest first. They are interleaved, because one after the other would hide a new stream behind
a thousand known videos. A playlist has whatever order its owner chose, with new entries at either end, so it is read
from both ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from episodes.values import Listed


def deduplicated(entries: Iterable[Listed]) -> Iterator[Listed]:
    """Yield every episode once, however often it is listed."""
    seen: set[str] = set()
    for entry in entries:
        if entry.identity not in seen:
            seen.add(entry.identity)
            yield entry


def interleaved(lists: Sequence[Iterator[Listed]]) -> Iterator[Listed]:
    """Yield the first of each list, then the second of each, and so on; no list is read further than needed."""
    waiting = list(lists)
    while waiting:
        for entries in tuple(waiting):
            entry = next(entries, None)
            if entry is None:
                waiting.remove(entries)
            else:
                yield entry


def newest_first(entries: Iterable[Listed]) -> Iterator[Listed]:
    """Sort by date if all entries have one; otherwise alternate between both ends."""
    known = list(entries)
    if all(entry.published for entry in known):
        yield from sorted(known, key=lambda entry: str(entry.published), reverse=True)
        return
    half = (len(known) + 1) // 2
    for first, last in zip_longest(known[:half], reversed(known[half:])):
        yield first
        if last:
            yield last
