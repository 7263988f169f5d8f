"""One polite pace per host: other people's sites are asked about once a second, this machine as often as anybody likes."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from episodes.guard.hosts import is_loopback
from episodes.logs import logger

log = logger(__name__)

#: Seconds between two requests to one host.
INTERVAL = 1.0
#: A robots.txt may ask for more, up to this.
LONGEST_DELAY = 10.0


class RateLimiter:
    """Remembers when each host may be asked again, and waits until then. It knows one process only, and no ``Retry-After``."""

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
        """Wait for the host's turn; ``crawl_delay`` are the seconds between requests that its robots.txt wants."""
        if is_loopback(url):
            return
        host = urlsplit(url).netloc.lower()
        now = self._clock()
        turn = max(now, self._free_at.get(host, now))
        self._free_at[host] = turn + max(self.interval, min(crawl_delay, LONGEST_DELAY))
        if turn > now:
            log.debug("%s: waiting %.1f s for its turn", host, turn - now)
            self._sleep(turn - now)
