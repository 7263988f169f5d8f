"""The time of one fetch over all its hops.

A server that drips one byte every few seconds begins a client's read timeout anew with each, so timeouts alone never end. A ``Deadline`` is
handed down as the timeout of each step on the network, and a step may take what is left of all.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class Deadline:
    """``seconds`` in all, from the moment it is made, and ``read_timeout`` seconds without a byte. It does not raise: ``expired`` tells."""

    def __init__(self, seconds: float, read_timeout: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._read_timeout = read_timeout
        self._end = clock() + seconds

    @property
    def expired(self) -> bool:
        """Whether the time is up."""
        return self._clock() >= self._end

    @property
    def timeout(self) -> float:
        """Seconds that the next step may take, never quite 0."""
        return max(0.001, min(self._read_timeout, self._end - self._clock()))

    def extend(self, seconds: float) -> None:
        """So many from now on: the answer is there, and its body may take longer."""
        self._end = self._clock() + seconds
