"""One deadline for all hops of a fetch.

A server that sends one byte every few seconds restarts a client's read timeout each time, so timeouts alone never end.
A ``Deadline`` is passed down as the timeout of each network operation, which then gets what is left of the whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class Deadline:
    """``seconds`` in total from now on, and at most ``read_timeout`` seconds without a byte.

    It never raises; ask ``expired``.
    """

    def __init__(self, seconds: float, read_timeout: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._read_timeout = read_timeout
        self._end = clock() + seconds

    @property
    def expired(self) -> bool:
        """True if the time is up."""
        return self._clock() >= self._end

    @property
    def timeout(self) -> float:
        """Seconds for the next operation; never 0, which would make the socket non-blocking."""
        return max(0.001, min(self._read_timeout, self._end - self._clock()))

    def extend(self, seconds: float) -> None:
        """Allow this many seconds from now on: the response has begun, and its body may take longer."""
        self._end = self._clock() + seconds
