"""The time of one fetch over all its hops.

A server that drips one byte every few seconds begins a client's read timeout anew with each, so timeouts alone never end. A ``Patience`` is
handed down as the timeout of each step on the network, and a step may take what is left of all.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class Patience:
    """``seconds`` in all, from the moment it is made, and ``silence`` seconds without a byte. It does not raise: ``late`` tells."""

    def __init__(self, seconds: float, silence: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._silence = silence
        self._end = clock() + seconds

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return self._clock() >= self._end

    @property
    def step(self) -> float:
        """Seconds that the next step may take, never quite 0."""
        return max(0.001, min(self._silence, self._end - self._clock()))

    def extend(self, seconds: float) -> None:
        """So many from now on: the answer is there, and its body may take longer."""
        self._end = self._clock() + seconds
