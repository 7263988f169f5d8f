"""Pure: two channels as one, without losing what both have against each other.

To add two channels is right for stereo, and for a conversation with one speaker on each. But where one channel is the other turned over
(a cable soldered the wrong way round, a line sent balanced and recorded as stereo), the sum is silence. So each second's channels are
compared, and subtracted where they are each other's mirror image.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from transcripts.audio import Samples

MIRRORED, STRAIGHT = -0.5, 0.0
"""Correlation below which two channels are each other's mirror image, and above which they are so no longer. A turned copy has -1 beside
its own, -0.7 with as much noise beside it as leaves speech intelligible; voices in two channels have 0, and stereo has more."""

SHORTEST = 1600
"""Samples that are compared at least: what is shorter goes as what was before."""

FADE = 160
"""Samples over which one way goes over into the other: 10 ms, so that nothing clicks."""


class Mixer:
    """Mixes one block after the other of a stream."""

    def __init__(self) -> None:
        self._sign = 1.0

    def mix(self, channels: Samples) -> Samples:
        """One channel [n], from two [2, n]; one alone [1, n] is given back."""
        if len(channels) == 1:
            only: Samples = channels[0]
            return only
        left, right = channels
        before, self._sign = self._sign, self._next(left, right)
        signs: Samples | float = self._sign
        if before != self._sign:
            signs = np.full(len(right), self._sign, np.float32)
            faded = min(FADE, len(right))
            signs[:faded] = np.linspace(before, self._sign, faded, dtype=np.float32)
        return np.asarray((left + signs * right) / 2, np.float32)

    def _next(self, left: Samples, right: Samples) -> float:
        """The sign of the right channel in the sum."""
        if len(left) < SHORTEST:
            return self._sign
        power = float(np.sqrt(np.square(left, dtype=np.float64).sum() * np.square(right, dtype=np.float64).sum()))
        if not power:
            return self._sign
        alike = float(np.dot(left.astype(np.float64), right)) / power
        return -1.0 if alike < MIRRORED else 1.0 if alike > STRAIGHT else self._sign
