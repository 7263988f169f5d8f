"""Pure: downmix two channels to one without cancelling them out.

Adding two channels is right for stereo, and for a conversation with one speaker on each. But if one channel is the other inverted (a
cable soldered the wrong way round, a balanced line recorded as stereo), the sum is silence. So the channels of each second are compared,
and subtracted if one is the inverse of the other.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Samples: TypeAlias = npt.NDArray[np.float32]
"""Mono, between -1 and 1, ``RATE`` per second."""

RATE = 16_000
"""Samples per second, as Whisper takes them."""

INVERTED, IN_PHASE = -0.5, 0.0
"""Correlation below which one channel is the inverse of the other, and above which it no longer is. An inverted copy has -1, or -0.7 with
as much noise as leaves speech intelligible; separate voices in two channels have 0, and stereo has more."""

SHORTEST = RATE // 10
"""Minimum samples to compare: a shorter block is mixed like the one before."""

FADE = RATE // 100
"""Samples of cross-fade between adding and subtracting: 10 ms, to avoid clicks."""


class Downmixer:
    """Mixes a stream block by block."""

    def __init__(self) -> None:
        self._sign = 1.0

    def mix(self, channels: Samples) -> Samples:
        """Return one channel [n] from two [2, n], or from a single one [1, n]."""
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
        """Return the sign of the right channel in the sum."""
        if len(left) < SHORTEST:
            return self._sign
        power = float(np.sqrt(np.square(left, dtype=np.float64).sum() * np.square(right, dtype=np.float64).sum()))
        if not power:
            return self._sign
        correlation = float(np.dot(left.astype(np.float64), right)) / power
        return -1.0 if correlation < INVERTED else 1.0 if correlation > IN_PHASE else self._sign
