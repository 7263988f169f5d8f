"""Pure: where a file is cut into stripes, and how far each has been heard. All positions are mel frames of 10 ms.

Stripes cost: each one's last window is filled up, half of it on average, so a stripe of 2 minutes makes the encoder work 11%
longer, one of 10 minutes 2%. And they pay: 16 rows decoded together take half the time per row that 5 take. So a file has as many
stripes of at least 2 minutes as there are rows in a full batch, and not more before they are 10 minutes long; then twice as many,
not one more, because a batch of a few left-over stripes at the end is the dearest of all.

The plan follows from the sound and the options alone, never from the machine: a run that is continued elsewhere must find the
same stripes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from transcripts.engine.interface import Window

RULES = 1
"""Raised when this file, or what decides in it, cuts otherwise than before: windows of other stripes cannot be gone on with."""

SHORTEST = 120 * 100
LONGEST = 600 * 100
FULL = 16
"""Stripes that fill a batch."""

REACH = 600
"""How far from its wanted place a cut may move: 6 seconds, in which people who read news pause at least once."""

SPEECH = 0.3
"""Probability above which there is speech: lower than usual, for a quiet guest is worse to cut than a cough."""

CHUNK = 3.2
"""Frames of one chunk that is judged: 512 samples."""

PAUSE = 6
"""Chunks (0.2 s) without speech that make a pause."""

LONG = 32
"""Chunks (1 s) above which one pause is as good as another, and the nearest is taken."""

QUIETEST = 3
"""Chunks (0.1 s) to cut in where nobody pauses."""


@dataclass(frozen=True, slots=True)
class Stripe:
    """A part of a file that is heard from front to back, from frame ``start`` up to ``end``."""

    start: int
    end: int


def ends(done: Iterable[Window]) -> dict[int, int]:
    """Where each window that is done ends, by where it starts."""
    return {round(window.start * 100): round(window.end * 100) for window in done}


def reached(at: int, stripe: Stripe, done: Mapping[int, int]) -> int:
    """The frame up to which windows that are done follow each other without a gap from ``at`` on, within a stripe."""
    while at < stripe.end and done.get(at, 0) > at:
        at = done[at]
    return at


def wanted(frames: int, most: int | None = None) -> list[int]:
    """Where a file of so many frames would be cut if it were silent: into equal parts, ``most`` of them at most."""
    parts = min(frames // SHORTEST, FULL)
    if frames > FULL * LONGEST:
        parts = FULL * -(-frames // (FULL * LONGEST))
    parts = max(1, parts if most is None else min(parts, most))
    return [frames * part // parts for part in range(1, parts)]


def stripes(frames: int, cuts: Sequence[int]) -> tuple[Stripe, ...]:
    """The stripes between the cuts; none in a file without a frame."""
    return tuple(Stripe(start, end) for start, end in pairwise([0, *cuts, frames]) if start < end)


def cut_in(speech: Sequence[float], levels: Sequence[float]) -> int:
    """The frame to cut at, counted from the first of some chunks in whose middle a cut is wanted.

    ``speech`` is each chunk's probability of speech, ``levels`` its loudness. The longest pause is taken, of several long ones the
    nearest to the middle; without a pause the quietest moment.
    """
    pauses = [run for run in _silent_runs(speech) if len(run) >= PAUSE]
    best = min(pauses, key=lambda run: (-min(len(run), LONG), _distance(run, len(speech))), default=None)
    if best is None:
        places = [range(at, at + QUIETEST) for at in range(len(levels) - QUIETEST + 1)]
        best = min(places, key=lambda place: (sum(levels[at] for at in place), _distance(place, len(levels))))
    return round((best.start + best.stop) / 2 * CHUNK)


def _silent_runs(speech: Sequence[float]) -> list[range]:
    runs = []
    for silent, group in groupby(range(len(speech)), key=lambda at: speech[at] < SPEECH):
        chunks = list(group)
        if silent:
            runs.append(range(chunks[0], chunks[-1] + 1))
    return runs


def _distance(run: range, chunks: int) -> float:
    return abs(run.start + run.stop - chunks)
