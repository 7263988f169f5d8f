"""A polite HTTP client for one run: obeys robots.txt, keeps a rate limit per host, sends conditional requests.

Only the request for robots.txt itself is exempt from robots.txt; it does wait for the rate limit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus

from episodes.articles import robots
from episodes.articles.charset import decode
from episodes.articles.http import LIMITS, ClientOptions, Limits, Page, check_well_formed, fetch, user_agent
from episodes.articles.rate_limiter import RateLimiter
from episodes.errors import ArticleError, PageRefused, PageTooLarge, RobotsForbid
from episodes.guard.client_pool import ClientPool
from episodes.logs import logger

log = logger(__name__)

#: Sitemaps and pages of a hundred posts are larger than ordinary pages.
LISTS = Limits(seconds=180, size=50_000_000)


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified of an earlier response. Sent along, they save the transfer if nothing has changed."""

    etag: str = ""
    modified: str = ""


NO_VALIDATORS = Validators()


@dataclass
class WebClient:
    """The client of one run: user agent, proxy, rate limiter; it caches each host's robots.txt."""

    allow_private: bool = False
    proxy: str = ""
    agent: str = ""
    limiter: RateLimiter = field(default_factory=RateLimiter)
    _robots: dict[str, robots.RobotsTxt] = field(default_factory=dict, repr=False)
    _pool: ClientPool = field(default_factory=ClientPool, repr=False)

    def fetch(
        self, url: str, *, validators: Validators = NO_VALIDATORS, limits: Limits = LIMITS, by_name: bool = False
    ) -> Page:
        """Fetch one page. ``by_name`` means that the user named this page, so it is no crawl.

        Raises:
            RobotsForbid: the host's robots.txt forbids it.
            RateLimited: the site asks for a pause.
            ArticleError: see ``http.fetch``.
        """
        options = ClientOptions(self.agent, self.proxy, partial(self._before_request, by_name=by_name))
        return fetch(
            url,
            etag=validators.etag,
            modified=validators.modified,
            allow_private=self.allow_private,
            limits=limits,
            options=options,
            pool=self._pool,
        )

    def robots_txt(self, url: str) -> robots.RobotsTxt:
        """Return the robots.txt of a URL's host; it is fetched once.

        Raises:
            RateLimited: the site asks for a pause.
            ArticleError: the host cannot be reached.
        """
        check_well_formed(url)
        host = robots.origin_of(url)
        if host not in self._robots:
            self._robots[host] = self._read_robots(url)
        return self._robots[host]

    def _read_robots(self, url: str) -> robots.RobotsTxt:
        options = ClientOptions(self.agent, self.proxy, self.limiter.wait)
        try:
            page = fetch(
                robots.robots_url(url),
                allow_private=self.allow_private,
                options=options,
                pool=self._pool,
            )
        except PageRefused as error:
            log.info("%s: no robots.txt: %s", robots.origin_of(url), error.detail)
            in_trouble = error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            return robots.parse("", f"its robots.txt cannot be read: {error.detail}" if in_trouble else "")
        except PageTooLarge:  # no rules: this is something else
            return robots.parse("")
        except ArticleError as error:
            raise ArticleError(url, error.detail) from error
        log.debug("%s: robots.txt of %d bytes", robots.origin_of(url), len(page.body))
        is_page = page.content_type.endswith("html")
        return robots.parse("" if is_page else decode(page.body, page.charset))

    def _before_request(self, url: str, *, by_name: bool) -> None:
        robots_txt = self.robots_txt(url)
        agent = self.agent or user_agent()
        if robots_txt.problem and not by_name:
            raise ArticleError(url, robots_txt.problem)
        if not robots_txt.allows(url, agent):
            log.info("%s: forbidden to %s by robots.txt", url, agent)
            raise RobotsForbid(url, "the site's robots.txt forbids programs to fetch this address")
        self.limiter.wait(url, robots_txt.crawl_delay(agent))
