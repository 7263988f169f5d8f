"""Words that repeat themselves, within a segment and across segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transcripts.quality.limits import LONGEST_UNIT, TIMES_IN_A_ROW
from transcripts.quality.wording import excerpt, words_of_each


@dataclass(frozen=True, slots=True)
class Loop:
    """``unit`` words from ``first`` on that come ``times`` times in a row."""

    first: int
    unit: int
    times: int


def loops(texts: Sequence[str]) -> dict[int, str]:
    """For each text, by its number, that holds repeated words: a sentence that says which."""
    row, owners = words_of_each(texts)
    told: dict[int, str] = {}
    for loop in found_in(row):
        repeated = excerpt(row[loop.first : loop.first + loop.unit])
        for owner in owners[loop.first + loop.unit : loop.first + loop.unit * loop.times]:
            told.setdefault(owner, f"{repeated} is said {loop.times} times in a row")
    return told


def found_in(row: Sequence[str]) -> Iterator[Loop]:
    """All loops of a row of words, those of short units first; a word may be in several."""
    for unit in range(1, min(LONGEST_UNIT, len(row) // 2) + 1):
        enough = next(times for least, times in TIMES_IN_A_ROW if unit >= least)
        for first, alike in _alike(row, unit):
            if alike >= unit * (enough - 1):
                yield Loop(first, unit, alike // unit + 1)


def _alike(row: Sequence[str], distance: int) -> Iterator[tuple[int, int]]:
    """(where, how many): words in a row that equal the ones ``distance`` behind them."""
    first = 0
    for at in range(len(row) - distance + 1):
        if at < len(row) - distance and row[at] == row[at + distance]:
            continue
        if at > first:
            yield first, at - first
        first = at + 1
