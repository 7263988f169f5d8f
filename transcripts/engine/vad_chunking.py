"""Pure: the windows a file is heard in, from where people speak in it. All positions are mel frames of 10 ms.

Whisper is at the mercy of where its half minute begins: cuts in a sentence, and silence or music before the first word, cost it words and
put its times off. So a window begins shortly before somebody speaks and ends in a pause, longer quiet stretches are heard on their own,
and every frame belongs to exactly one stripe. The plan follows from the sound alone, never from the machine or from what is heard.

The numbers were decided on the recordings of ``tests/quality/real_speech`` (broadcast, telephone, meeting, read with and without pauses,
a show with music and noise between), with ``base`` and ``tiny.en``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from transcripts.engine.chunks import Stripe

CHUNK = 3.2
"""Frames of one chunk that is judged: 512 samples."""

SPEECH, STILL = 0.4, 0.3
"""Probability from which on somebody speaks, and below which that has ended."""

SHORTEST = 3
"""Chunks (0.1 s) that a word has at least."""

PAUSE = 6
"""Chunks (0.2 s) between two words that are no pause: a stop consonant, a breath."""

WINDOW = 3000
"""Frames that Whisper hears at once."""

LEAD = 30
"""Frames before the first word, and behind the last, that belong to it: the voice detection is late with soft beginnings."""

EARLY = 100
"""Frames before the first word behind a quiet stretch: who begins softly, or behind noise, is noticed a second late."""

FAR = 300
"""Frames of quiet behind which a new window begins whatever room there is: the sound is another then."""

NEAR = 100
"""Frames of quiet that are not worth a window of their own."""

GOOD_PAUSE = 50
"""Frames of a pause in which a cut costs nothing."""

CUT = 2.0
"""What a cut in no pause at all costs, in windows."""


Numbers = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """Frames ``start`` to ``end`` in which somebody speaks."""

    start: float
    end: float


def planned(speech: Numbers, levels: Numbers, frames: int) -> tuple[Stripe, ...]:
    """The stripes of a file of so many frames: each of half a minute at most, or quiet.

    ``speech`` is each chunk's probability of speech [n], ``levels`` its loudness [n].
    """
    runs = [part for run in spoken(speech) for part in _short(run, speech, levels)]
    windows = [Spoken(runs[first].start, runs[last].end) for first, last in _grouped(runs)]
    return tuple(_tiled(windows, frames))


def spoken(speech: Numbers) -> list[Spoken]:
    """Where somebody speaks, without the pauses."""
    runs: list[tuple[int, int]] = []
    begun: int | None = None
    for at, probability in enumerate([*speech.tolist(), 0.0]):
        if begun is None and probability >= SPEECH:
            begun = at
        elif begun is not None and probability < STILL:
            if runs and begun - runs[-1][1] < PAUSE:
                begun = runs.pop()[0]
            runs.append((begun, at))
            begun = None
    return [Spoken(start * CHUNK, end * CHUNK) for start, end in runs if end - start >= SHORTEST]


def _short(run: Spoken, speech: Numbers, levels: Numbers) -> Iterator[Spoken]:
    """Speech without a pause, cut where it is quietest so that each part fits into a window."""
    most = WINDOW - 2 * LEAD
    if run.end - run.start <= most:
        yield run
        return
    first, last = round(run.start / CHUNK), round(run.end / CHUNK)
    room = int(most / CHUNK)
    low = max(first + (last - first) // 4, last - room if last - first < 2 * room else 0)
    high = min(last - (last - first) // 4, first + room if last - first < 2 * room else last)
    weak = np.convolve(levels[low:high] * (speech[low:high] + 0.05), np.ones(3), "same")
    cut = (low + int(weak.argmin())) * CHUNK
    yield from _short(Spoken(run.start, cut), speech, levels)
    yield from _short(Spoken(cut, run.end), speech, levels)


def _grouped(runs: Sequence[Spoken]) -> list[tuple[int, int]]:
    """Which runs, first and last, share a window: as few windows as possible, cut in long pauses."""
    best, begins = [0.0], [0]
    for last, run in enumerate(runs):
        costs = {first: best[first] + 1 + _cost(runs, first) for first in _firsts(runs, last, run.end)}
        first = min(costs, key=lambda one: (costs[one], one))
        best.append(costs[first])
        begins.append(first)
    groups: list[tuple[int, int]] = []
    last = len(runs)
    while last:
        groups.append((begins[last], last - 1))
        last = begins[last]
    return groups[::-1]


def _firsts(runs: Sequence[Spoken], last: int, end: float) -> Iterator[int]:
    """The runs that a window which ends with ``last`` may begin with."""
    for first in range(last, -1, -1):
        if end - runs[first].start > WINDOW - 2 * LEAD:
            return
        yield first
        if first and runs[first].start - runs[first - 1].end > FAR:
            return


def _cost(runs: Sequence[Spoken], first: int) -> float:
    """What it costs to cut before a run."""
    pause = runs[first].start - runs[first - 1].end if first else GOOD_PAUSE
    return CUT * max(0.0, 1 - pause / GOOD_PAUSE)


def _tiled(windows: Sequence[Spoken], frames: int) -> Iterator[Stripe]:
    """Windows and what is quiet between them, so that no frame is left out."""
    at = 0
    for window, next_one in zip(windows, [*windows[1:], None], strict=False):
        start = max(at, _begin(window))
        if start - at > NEAR or round(window.end) + LEAD - at > WINDOW > round(window.end) - start:
            yield from _quiet(at, start)
            at = start
        follows = round(next_one.start) - LEAD if next_one else frames
        end = min(_end(at, round(window.end), follows, last=next_one is None), frames)
        yield Stripe(at, end)
        at = end
    yield from _quiet(at, frames)


def _begin(window: Spoken) -> int:
    """Where a window would like to begin: early, as far as it has room."""
    start, end = round(window.start), round(window.end)
    return max(start - EARLY, min(start - LEAD, end + LEAD - WINDOW))


def _end(start: int, end: int, follows: int, *, last: bool) -> int:
    """Where a window ends whose last word ends at ``end``; the next one, or the sound's end, would be best at ``follows``."""
    if follows < end + LEAD:
        return follows if last else (end + follows + LEAD) // 2
    if follows - end <= NEAR and follows - start <= WINDOW:
        return follows
    return end + LEAD


def _quiet(start: int, end: int) -> Iterator[Stripe]:
    """A quiet stretch in equal parts that fit into windows."""
    parts = -(-(end - start) // WINDOW)
    bounds = [start + (end - start) * part // parts for part in range(parts + 1)] if parts else []
    return (Stripe(one, other, quiet=True) for one, other in pairwise(bounds))
