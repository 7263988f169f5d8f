"""Rate limit per host: one request per second to other sites, no limit for this machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from episodes.guard.hosts import is_loopback
from episodes.logs import logger

log = logger(__name__)

#: Seconds between two requests to one host.
INTERVAL = 1.0
#: Seconds. A longer Crawl-delay in robots.txt is cut to this.
LONGEST_DELAY = 10.0


class RateLimiter:
    """Remember when each host may be asked next, and wait until then.

    It covers one process only. ``Retry-After`` is not its job: see ``http`` and the catalog's outcomes.
    """

    def __init__(
        self,
        interval: float = INTERVAL,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.interval = interval
        self._clock = clock
        self._sleep = sleep
        self._free_at: dict[str, float] = {}

    def wait(self, url: str, crawl_delay: float = 0.0) -> None:
        """Wait for the host's turn. ``crawl_delay`` is the interval in seconds that its robots.txt asks for."""
        if is_loopback(url):
            return
        host = urlsplit(url).netloc.lower()
        now = self._clock()
        turn = max(now, self._free_at.get(host, now))
        self._free_at[host] = turn + max(self.interval, min(crawl_delay, LONGEST_DELAY))
        if turn > now:
            log.debug("%s: waiting %.1f s for its turn", host, turn - now)
            self._sleep(turn - now)
