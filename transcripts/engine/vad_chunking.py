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

from transcripts.engine.chunks import Chunk

VAD_FRAME = 3.2
"""Frames of one chunk that is judged: 512 samples."""

SPEECH_BEGINS, SPEECH_ENDS = 0.4, 0.3
"""Probability from which on somebody speaks, and below which that has ended."""

MIN_SPEECH = 3
"""Chunks (0.1 s) that a word has at least."""

MIN_PAUSE = 6
"""Chunks (0.2 s) between two words that are no pause: a stop consonant, a breath."""

WINDOW = 3000
"""Frames that Whisper hears at once."""

SPEECH_PAD = 30
"""Frames before the first word, and behind the last, that belong to it: the voice detection is late with soft beginnings."""

EARLY_START = 100
"""Frames before the first word behind a quiet stretch: who begins softly, or behind noise, is noticed a second late."""

LONG_QUIET = 300
"""Frames of quiet behind which a new window begins whatever room there is: the sound is another then."""

SHORT_QUIET = 100
"""Frames of quiet that are not worth a window of their own."""

GOOD_PAUSE = 50
"""Frames of a pause in which a cut costs nothing."""

CUT_COST = 2.0
"""What a cut in no pause at all costs, in windows."""


Numbers = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class SpeechRun:
    """Frames ``start`` to ``end`` in which somebody speaks."""

    start: float
    end: float


def plan_chunks(speech: Numbers, levels: Numbers, frames: int) -> tuple[Chunk, ...]:
    """The stripes of a file of so many frames: each of half a minute at most, or quiet.

    ``speech`` is each chunk's probability of speech [n], ``levels`` its loudness [n].
    """
    runs = [part for run in find_speech(speech) for part in _split_long(run, speech, levels)]
    windows = [SpeechRun(runs[first].start, runs[last].end) for first, last in _group_runs(runs)]
    return tuple(_tile(windows, frames))


def find_speech(speech: Numbers) -> list[SpeechRun]:
    """Where somebody speaks, without the pauses."""
    runs: list[tuple[int, int]] = []
    begun: int | None = None
    for at, probability in enumerate([*speech.tolist(), 0.0]):
        if begun is None and probability >= SPEECH_BEGINS:
            begun = at
        elif begun is not None and probability < SPEECH_ENDS:
            if runs and begun - runs[-1][1] < MIN_PAUSE:
                begun = runs.pop()[0]
            runs.append((begun, at))
            begun = None
    return [SpeechRun(start * VAD_FRAME, end * VAD_FRAME) for start, end in runs if end - start >= MIN_SPEECH]


def _split_long(run: SpeechRun, speech: Numbers, levels: Numbers) -> Iterator[SpeechRun]:
    """Speech without a pause, cut where it is quietest so that each part fits into a window."""
    most = WINDOW - 2 * SPEECH_PAD
    if run.end - run.start <= most:
        yield run
        return
    first, last = round(run.start / VAD_FRAME), round(run.end / VAD_FRAME)
    room = int(most / VAD_FRAME)
    low = max(first + (last - first) // 4, last - room if last - first < 2 * room else 0)
    high = min(last - (last - first) // 4, first + room if last - first < 2 * room else last)
    weak = np.convolve(levels[low:high] * (speech[low:high] + 0.05), np.ones(3), "same")
    cut = (low + int(weak.argmin())) * VAD_FRAME
    yield from _split_long(SpeechRun(run.start, cut), speech, levels)
    yield from _split_long(SpeechRun(cut, run.end), speech, levels)


def _group_runs(runs: Sequence[SpeechRun]) -> list[tuple[int, int]]:
    """Which runs, first and last, share a window: as few windows as possible, cut in long pauses."""
    best, begins = [0.0], [0]
    for last, run in enumerate(runs):
        costs = {first: best[first] + 1 + _cut_cost(runs, first) for first in _possible_firsts(runs, last, run.end)}
        first = min(costs, key=lambda one: (costs[one], one))
        best.append(costs[first])
        begins.append(first)
    groups: list[tuple[int, int]] = []
    last = len(runs)
    while last:
        groups.append((begins[last], last - 1))
        last = begins[last]
    return groups[::-1]


def _possible_firsts(runs: Sequence[SpeechRun], last: int, end: float) -> Iterator[int]:
    """The runs that a window which ends with ``last`` may begin with."""
    for first in range(last, -1, -1):
        if end - runs[first].start > WINDOW - 2 * SPEECH_PAD:
            return
        yield first
        if first and runs[first].start - runs[first - 1].end > LONG_QUIET:
            return


def _cut_cost(runs: Sequence[SpeechRun], first: int) -> float:
    """What it costs to cut before a run."""
    pause = runs[first].start - runs[first - 1].end if first else GOOD_PAUSE
    return CUT_COST * max(0.0, 1 - pause / GOOD_PAUSE)


def _tile(windows: Sequence[SpeechRun], frames: int) -> Iterator[Chunk]:
    """Windows and what is quiet between them, so that no frame is left out."""
    at = 0
    for window, next_one in zip(windows, [*windows[1:], None], strict=False):
        start = max(at, _preferred_start(window))
        if start - at > SHORT_QUIET or round(window.end) + SPEECH_PAD - at > WINDOW > round(window.end) - start:
            yield from _quiet_chunks(at, start)
            at = start
        follows = round(next_one.start) - SPEECH_PAD if next_one else frames
        end = min(_preferred_end(at, round(window.end), follows, last=next_one is None), frames)
        yield Chunk(at, end)
        at = end
    yield from _quiet_chunks(at, frames)


def _preferred_start(window: SpeechRun) -> int:
    """Where a window would like to begin: early, as far as it has room."""
    start, end = round(window.start), round(window.end)
    return max(start - EARLY_START, min(start - SPEECH_PAD, end + SPEECH_PAD - WINDOW))


def _preferred_end(start: int, end: int, follows: int, *, last: bool) -> int:
    """Where a window ends whose last word ends at ``end``; the next one, or the sound's end, would be best at ``follows``."""
    if follows < end + SPEECH_PAD:
        return follows if last else (end + follows + SPEECH_PAD) // 2
    if follows - end <= SHORT_QUIET and follows - start <= WINDOW:
        return follows
    return end + SPEECH_PAD


def _quiet_chunks(start: int, end: int) -> Iterator[Chunk]:
    """A quiet stretch in equal parts that fit into windows."""
    parts = -(-(end - start) // WINDOW)
    bounds = [start + (end - start) * part // parts for part in range(parts + 1)] if parts else []
    return (Chunk(one, other, quiet=True) for one, other in pairwise(bounds))
