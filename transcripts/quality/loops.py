"""Words that repeat themselves, within a segment and across segments."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transcripts.quality.limits import LONGEST_UNIT, TIMES_IN_A_ROW
from transcripts.quality.normalize import excerpt, words_of_each


@dataclass(frozen=True, slots=True)
class Loop:
    """``unit`` words, from word ``first`` on, repeated ``times`` times in a row."""

    first: int
    unit: int
    times: int


def loops(texts: Sequence[str]) -> dict[int, str]:
    """Map each text (by index) with repeated words to a sentence that quotes them."""
    row, owners = words_of_each(texts)
    findings: dict[int, str] = {}
    for loop in sorted(found_in(row), key=lambda loop: loop.unit):
        repeated = excerpt(row[loop.first : loop.first + loop.unit])
        for owner in owners[loop.first + loop.unit : loop.first + loop.unit * loop.times]:
            findings.setdefault(owner, f"{repeated} is said {loop.times} times in a row")
    return findings


def found_in(row: Sequence[str]) -> Iterator[Loop]:
    """Yield all loops in a row of words; they may overlap."""
    for first, unit, length in _equal_runs(row):
        enough = next(times for least, times in TIMES_IN_A_ROW if unit >= least)
        if length >= unit * (enough - 1):
            yield Loop(first, unit, length // unit + 1)


def _equal_runs(row: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield (start, distance, length) of each run of words equal to those ``distance`` later.

    Only pairs of equal words are compared, a few for each word: ten times faster than trying every distance.
    """
    seen: defaultdict[str, deque[int]] = defaultdict(lambda: deque(maxlen=LONGEST_UNIT))
    began, ended = [0] * (LONGEST_UNIT + 1), [-1] * (LONGEST_UNIT + 1)
    for at, word in enumerate(row):
        for distance in (at - earlier for earlier in seen[word] if at - earlier <= LONGEST_UNIT):
            if ended[distance] != at - 1:
                if ended[distance] >= 0:
                    yield began[distance], distance, ended[distance] + 1 - distance - began[distance]
                began[distance] = at - distance
            ended[distance] = at
        seen[word].append(at)
    for distance, end in enumerate(ended):
        if end >= 0:
            yield began[distance], distance, end + 1 - distance - began[distance]
