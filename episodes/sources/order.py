"""Lists in an order that shows what is new early, so that a reader may stop where all is known.

A channel's tabs come newest first, each for itself: they are interleaved, since one after the other would hide the new
stream behind a thousand known videos. A playlist is in whatever order its owner gave it, new entries at either end: it
is read from both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from episodes.values import Listed


def deduplicated(entries: Iterable[Listed]) -> Iterator[Listed]:
    """Every episode once, however often it is listed."""
    seen: set[str] = set()
    for entry in entries:
        if entry.identity not in seen:
            seen.add(entry.identity)
            yield entry


def interleaved(lists: Sequence[Iterator[Listed]]) -> Iterator[Listed]:
    """The first of each, the second of each, and so on; no list is read further than needed."""
    waiting = list(lists)
    while waiting:
        for entries in tuple(waiting):
            entry = next(entries, None)
            if entry is None:
                waiting.remove(entries)
            else:
                yield entry


def newest_first(entries: Iterable[Listed]) -> Iterator[Listed]:
    """By date where all have one, else alternately from both ends."""
    known = list(entries)
    if all(entry.published for entry in known):
        yield from sorted(known, key=lambda entry: str(entry.published), reverse=True)
        return
    half = (len(known) + 1) // 2
    for first, last in zip_longest(known[:half], reversed(known[half:])):
        yield first
        if last:
            yield last
