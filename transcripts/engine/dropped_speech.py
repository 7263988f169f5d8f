"""Pure: speech of a window that nothing was written for.

Whisper skips what it does not follow, in the middle of a window and without a word of doubt, and then attends to it with no token. Where
that happens was looked for on the recordings of ``tests/quality/real_speech`` with ``base``: of nine stretches of a second or more with
less than a token's attention a second eight lacked words that were said, five to fifteen each, and none of the stretches with more did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

STEP = 0.02
"""Seconds of one step of the encoder's output."""

SMOOTHING = 50
"""Steps (a second) over which attention is counted: a long vowel has one token."""

MIN_ATTENTION = 1.0
"""Tokens' attention a second of speech below which it went unheard; people say four or five tokens a second."""

MIN_SECONDS = 1.0
"""Seconds of speech that go unheard at least."""


@dataclass(frozen=True, slots=True)
class DroppedSpeech:
    """Steps ``first`` up to ``until`` of a window in which somebody speaks for so many ``seconds``, and nothing was written."""

    first: int
    until: int
    seconds: float


def find_dropped_speech(attention: npt.NDArray[np.floating[Any]], spoken: npt.NDArray[np.bool_]) -> list[DroppedSpeech]:
    """The stretches that went unheard.

    ``attention`` is how much of all tokens' falls on each step [n], ``spoken`` where somebody speaks [n].
    """
    if not spoken.any():
        return []
    around = np.ones(min(SMOOTHING, len(spoken)))
    speech = np.convolve(spoken, around, "same") * STEP
    little = spoken & (np.convolve(attention, around, "same") < MIN_ATTENTION * speech)
    return [one for one in _join_over_pauses(little, spoken) if one.seconds >= MIN_SECONDS]


def runs(steps: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Rising numbers as runs of those that follow each other without a gap."""
    return np.split(steps, np.flatnonzero(np.diff(steps) > 1) + 1)


def _join_over_pauses(little: npt.NDArray[np.bool_], spoken: npt.NDArray[np.bool_]) -> Iterator[DroppedSpeech]:
    """Runs of steps with little attention, joined over pauses."""
    for run in runs(np.flatnonzero(little | ~spoken)):
        inside = run[little[run]]
        if len(inside):
            yield DroppedSpeech(int(inside[0]), int(inside[-1]) + 1, len(inside) * STEP)
