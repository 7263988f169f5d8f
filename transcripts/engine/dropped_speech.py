"""Pure: find speech in a window that Whisper wrote nothing for.

Whisper drops speech that it does not follow, in the middle of a window and with high confidence. No token attends to
such a stretch. The thresholds were checked on the recordings of ``tests/quality/real_speech`` with ``base``: of nine
stretches of a second or more that receive less than one token's attention a second, eight lacked words that were said
(five to fifteen each); no stretch with more attention did.
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
"""Steps (one second) over which attention is summed: a long vowel has a single token."""

MIN_ATTENTION = 1.0
"""Token attention per second of speech below which the speech was dropped; people say four or five tokens a second."""

MIN_SECONDS = 1.0
"""Minimum length of dropped speech in seconds."""


@dataclass(frozen=True, slots=True)
class DroppedSpeech:
    """Steps ``first`` up to ``until`` of a window that hold ``seconds`` of speech and no text."""

    first: int
    until: int
    seconds: float


def find_dropped_speech(attention: npt.NDArray[np.floating[Any]], spoken: npt.NDArray[np.bool_]) -> list[DroppedSpeech]:
    """Return the stretches of dropped speech.

    ``attention`` is the sum of all tokens' attention on each step [n]; ``spoken`` is True where there is speech [n].
    """
    if not spoken.any():
        return []
    around = np.ones(min(SMOOTHING, len(spoken)))
    speech = np.convolve(spoken, around, "same") * STEP
    little = spoken & (np.convolve(attention, around, "same") < MIN_ATTENTION * speech)
    return [one for one in _join_over_pauses(little, spoken) if one.seconds >= MIN_SECONDS]


def runs(steps: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Split rising numbers into runs without gaps."""
    return np.split(steps, np.flatnonzero(np.diff(steps) > 1) + 1)


def _join_over_pauses(little: npt.NDArray[np.bool_], spoken: npt.NDArray[np.bool_]) -> Iterator[DroppedSpeech]:
    """Yield runs of steps with little attention, joined over pauses."""
    for run in runs(np.flatnonzero(little | ~spoken)):
        inside = run[little[run]]
        if len(inside):
            yield DroppedSpeech(int(inside[0]), int(inside[-1]) + 1, len(inside) * STEP)
