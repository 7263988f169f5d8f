"""One polite pace per host: other people's sites are asked about once a second, this machine as often as anybody likes."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from episodes.guard.hosts import is_loopback
from episodes.logs import logger

log = logger(__name__)

#: Seconds between two requests to one host.
PACE = 1.0
#: A robots.txt may ask for more, up to this.
SLOWEST = 10.0


class Limiter:
    """Remembers when each host may be asked again, and waits until then. It knows one process only, and no ``Retry-After``."""

    def __init__(
        self,
        pace: float = PACE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.pace = pace
        self._clock = clock
        self._sleep = sleep
        self._free_at: dict[str, float] = {}

    def wait(self, url: str, asked_for: float = 0.0) -> None:
        """Wait for the host's turn; ``asked_for`` are the seconds between requests that its robots.txt wants."""
        if is_loopback(url):
            return
        host = urlsplit(url).netloc.lower()
        now = self._clock()
        turn = max(now, self._free_at.get(host, now))
        self._free_at[host] = turn + max(self.pace, min(asked_for, SLOWEST))
        if turn > now:
            log.debug("%s: waiting %.1f s for its turn", host, turn - now)
            self._sleep(turn - now)
