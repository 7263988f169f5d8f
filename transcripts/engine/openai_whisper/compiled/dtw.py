"""Dynamic time warping (DTW) and median filter, number for number those of ``whisper.timing``, as cached machine code.

whisper compiles its own in each process. Costs may have any size, and infinity counts, so these are not compiled with
fast math.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transcripts.engine.openai_whisper.compiled.arrays import Floats
from transcripts.engine.openai_whisper.compiled.jit import exact_jit

Costs = NDArray[np.float64]
Steps = NDArray[np.int8]
Indices = NDArray[np.int64]

DIAGONAL, TEXT, TIME = 0, 1, 2
"""Where the cheapest path to a cell comes from: the token and moment before, the token before, or the moment before."""


def dtw(cost: NDArray[np.floating]) -> tuple[Indices, Indices]:
    """Find the cheapest path through costs [tokens, moments], as ``whisper.timing.dtw`` does.

    Each step goes to the next token, the next moment or both. Returns the tokens and the moments along the path.
    """
    costs = np.ascontiguousarray(cost, np.float64)
    trace = np.empty((costs.shape[0] + 1, costs.shape[1] + 1), np.int8)
    way = np.empty((2, sum(costs.shape)), np.int64)
    trace_costs(costs, trace)
    begin = int(backtrace(trace, way))
    return way[0, begin:], way[1, begin:]


def median_filter(rows: Floats, width: int) -> Floats:
    """Replace each number by the median of the ``width`` (odd) numbers around it in its row [..., moments].

    As whisper's ``median_filter`` does.
    """
    given = np.ascontiguousarray(rows, np.float32)
    made = given.copy()
    if given.shape[-1] > width // 2:
        filter_rows(given.reshape(-1, given.shape[-1]), width, made.reshape(-1, given.shape[-1]))
    return made


@exact_jit
def trace_costs(costs: Costs, trace: Steps) -> None:
    """Fill in where the cheapest path to each cell [tokens + 1, moments + 1] comes from."""
    tokens, moments = costs.shape
    before = np.full(tokens + 1, np.inf)
    sums = np.empty(tokens + 1)
    before[0] = 0.0
    trace[0, :] = TIME
    trace[:, 0] = TEXT
    for j in range(1, moments + 1):
        sums[0] = np.inf
        for i in range(1, tokens + 1):
            both, token, moment = before[i - 1], sums[i - 1], before[i]
            if both < token and both < moment:
                least, step = both, DIAGONAL
            elif token < both and token < moment:
                least, step = token, TEXT
            else:
                least, step = moment, TIME
            sums[i] = costs[i - 1, j - 1] + least
            trace[i, j] = step
        before, sums = sums, before


@exact_jit
def backtrace(trace: Steps, way: Indices) -> int:
    """Follow the path back from its end.

    It is written to the end of ``way`` [2, cells]; return where it begins there.
    """
    i, j = trace.shape[0] - 1, trace.shape[1] - 1
    at: int = way.shape[1]
    while i > 0 or j > 0:
        at -= 1
        way[0, at], way[1, at] = i - 1, j - 1
        step = trace[i, j]
        if step != TIME:
            i -= 1
        if step != TEXT:
            j -= 1
    return at


@exact_jit
def filter_rows(rows: Floats, width: int, made: Floats) -> None:
    """See ``median_filter``. A row is mirrored at its ends."""
    half, last = width // 2, rows.shape[1] - 1
    sorted_ = np.empty(width, np.float32)
    for row in range(rows.shape[0]):
        for at in range(last + 1):
            for n in range(width):
                place = abs(at + n - half)
                value = rows[row, place if place <= last else 2 * last - place]
                k = n
                while k > 0 and sorted_[k - 1] > value:
                    sorted_[k] = sorted_[k - 1]
                    k -= 1
                sorted_[k] = value
            made[row, at] = sorted_[half]
