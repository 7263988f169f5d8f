"""Pure: cut a file into chunks at pauses, from voice activity detection (VAD). All positions are mel frames of 10 ms.

Whisper is sensitive to where its 30 seconds begin. A cut inside a sentence, or silence or music before the first word,
makes it drop words and shifts its timestamps. So a chunk begins shortly before speech and ends in a pause, longer quiet
stretches become chunks of their own, and every frame belongs to exactly one chunk. The plan depends on the sound alone,
never on the machine or on the text.

The constants were chosen on the recordings of ``tests/quality/real_speech`` (broadcast, telephone, meeting, read with
and without pauses, a show with music and noise in between), with ``base`` and ``tiny.en``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from transcripts.engine.chunks import Chunk

MEL_PER_VAD_FRAME = 3.2
"""Mel frames in one VAD frame of 512 samples."""

SPEECH_BEGINS, SPEECH_ENDS = 0.4, 0.3
"""VAD thresholds: speech begins at the first probability and ends below the second (hysteresis)."""

MIN_SPEECH = 3
"""Minimum length of a word in VAD frames (0.1 s)."""

MIN_PAUSE = 6
"""Shorter gaps between two words are no pause but a stop consonant or a breath. In VAD frames (0.2 s)."""

WINDOW = 3000
"""Frames of a Whisper window (30 s)."""

SPEECH_PAD = 30
"""Frames before the first and after the last word that still belong to speech: the VAD reacts late to soft onsets."""

EARLY_START = 100
"""Frames before the first word after a quiet stretch: a soft onset, or one after noise, is detected a second late."""

LONG_QUIET = 300
"""After this many quiet frames a new window begins even if there is room: the sound has changed."""

SHORT_QUIET = 100
"""So few quiet frames get no chunk of their own."""

GOOD_PAUSE = 50
"""A cut in a pause of this many frames costs nothing."""

CUT_COST = 2.0
"""Cost of a cut without any pause, in windows."""


Numbers = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class SpeechRun:
    """Speech from frame ``start`` to ``end``."""

    start: float
    end: float


def plan_chunks(speech: Numbers, levels: Numbers, frames: int) -> tuple[Chunk, ...]:
    """Return the chunks of a file of ``frames`` mel frames. Each is at most one window long, or quiet.

    ``speech`` is the probability of speech in each VAD frame [n], ``levels`` its loudness [n].
    """
    runs = [part for run in find_speech(speech) for part in _split_long(run, speech, levels)]
    windows = [SpeechRun(runs[first].start, runs[last].end) for first, last in _group_runs(runs)]
    return tuple(_tile(windows, frames))


def find_speech(speech: Numbers) -> list[SpeechRun]:
    """Return the runs of speech, without the pauses."""
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
    return [
        SpeechRun(start * MEL_PER_VAD_FRAME, end * MEL_PER_VAD_FRAME)
        for start, end in runs
        if end - start >= MIN_SPEECH
    ]


def _split_long(run: SpeechRun, speech: Numbers, levels: Numbers) -> Iterator[SpeechRun]:
    """Split a run without pauses at its quietest points so that each part fits into a window."""
    most = WINDOW - 2 * SPEECH_PAD
    if run.end - run.start <= most:
        yield run
        return
    first, last = round(run.start / MEL_PER_VAD_FRAME), round(run.end / MEL_PER_VAD_FRAME)
    room = int(most / MEL_PER_VAD_FRAME)
    low = max(first + (last - first) // 4, last - room if last - first < 2 * room else 0)
    high = min(last - (last - first) // 4, first + room if last - first < 2 * room else last)
    weak = np.convolve(levels[low:high] * (speech[low:high] + 0.05), np.ones(3), "same")
    cut = (low + int(weak.argmin())) * MEL_PER_VAD_FRAME
    yield from _split_long(SpeechRun(run.start, cut), speech, levels)
    yield from _split_long(SpeechRun(cut, run.end), speech, levels)


def _group_runs(runs: Sequence[SpeechRun]) -> list[tuple[int, int]]:
    """Group runs, first and last, into as few windows as possible, cut in long pauses (dynamic programming)."""
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
    """Yield the runs with which a window that ends with ``last`` may begin."""
    for first in range(last, -1, -1):
        if end - runs[first].start > WINDOW - 2 * SPEECH_PAD:
            return
        yield first
        if first and runs[first].start - runs[first - 1].end > LONG_QUIET:
            return


def _cut_cost(runs: Sequence[SpeechRun], first: int) -> float:
    """Return the cost of a cut before a run."""
    pause = runs[first].start - runs[first - 1].end if first else GOOD_PAUSE
    return CUT_COST * max(0.0, 1 - pause / GOOD_PAUSE)


def _tile(windows: Sequence[SpeechRun], frames: int) -> Iterator[Chunk]:
    """Cover all frames with windows and with the quiet between them."""
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
    """Start early, as far as the window has room."""
    start, end = round(window.start), round(window.end)
    return max(start - EARLY_START, min(start - SPEECH_PAD, end + SPEECH_PAD - WINDOW))


def _preferred_end(start: int, end: int, follows: int, *, last: bool) -> int:
    """Return the end of a window whose last word ends at ``end``.

    The next window, or the sound's end, would ideally be at ``follows``.
    """
    if follows < end + SPEECH_PAD:
        return follows if last else (end + follows + SPEECH_PAD) // 2
    if follows - end <= SHORT_QUIET and follows - start <= WINDOW:
        return follows
    return end + SPEECH_PAD


def _quiet_chunks(start: int, end: int) -> Iterator[Chunk]:
    """Split a quiet stretch into equal parts that fit into windows."""
    parts = -(-(end - start) // WINDOW)
    bounds = [start + (end - start) * part // parts for part in range(parts + 1)] if parts else []
    return (Chunk(one, other, quiet=True) for one, other in pairwise(bounds))
