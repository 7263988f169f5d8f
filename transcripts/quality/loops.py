"""Words that repeat themselves, within a segment and across segments."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transcripts.quality.limits import LONGEST_UNIT, TIMES_IN_A_ROW
from transcripts.quality.normalize import excerpt, words_of_each


@dataclass(frozen=True, slots=True)
class Loop:
    """``unit`` words from ``first`` on that come ``times`` times in a row."""

    first: int
    unit: int
    times: int


def loops(texts: Sequence[str]) -> dict[int, str]:
    """For each text, by its number, that holds repeated words: a sentence that says which."""
    row, owners = words_of_each(texts)
    findings: dict[int, str] = {}
    for loop in sorted(found_in(row), key=lambda loop: loop.unit):
        repeated = excerpt(row[loop.first : loop.first + loop.unit])
        for owner in owners[loop.first + loop.unit : loop.first + loop.unit * loop.times]:
            findings.setdefault(owner, f"{repeated} is said {loop.times} times in a row")
    return findings


def found_in(row: Sequence[str]) -> Iterator[Loop]:
    """All loops of a row of words; a word may be in several."""
    for first, unit, alike in _alike(row):
        enough = next(times for least, times in TIMES_IN_A_ROW if unit >= least)
        if alike >= unit * (enough - 1):
            yield Loop(first, unit, alike // unit + 1)


def _alike(row: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """(where, distance, how many): words in a row that equal the ones ``distance`` behind them.

    Only pairs of equal words are looked at, a few for each word: ten times faster than trying every distance.
    """
    met: defaultdict[str, deque[int]] = defaultdict(lambda: deque(maxlen=LONGEST_UNIT))
    began, ended = [0] * (LONGEST_UNIT + 1), [-1] * (LONGEST_UNIT + 1)
    for at, word in enumerate(row):
        for distance in (at - earlier for earlier in met[word] if at - earlier <= LONGEST_UNIT):
            if ended[distance] != at - 1:
                if ended[distance] >= 0:
                    yield began[distance], distance, ended[distance] + 1 - distance - began[distance]
                began[distance] = at - distance
            ended[distance] = at
        met[word].append(at)
    for distance, end in enumerate(ended):
        if end >= 0:
            yield began[distance], distance, end + 1 - distance - began[distance]
