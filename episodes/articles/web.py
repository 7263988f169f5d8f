"""The web as one run asks it: politely. Every request but that for robots.txt itself obeys robots.txt and waits for its host's turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus

from episodes.articles import robots
from episodes.articles.charset import decode
from episodes.articles.http import LIMITS, Limits, Manners, Page, check_form, fetch, user_agent
from episodes.articles.limiter import Limiter
from episodes.errors import ArticleError, PageRefused, PageTooLarge, RobotsForbid
from episodes.guard.client_pool import ClientPool
from episodes.logs import logger

log = logger(__name__)

#: Sitemaps and pages of a hundred posts are larger than pages.
LISTS = Limits(seconds=180, size=50_000_000)


@dataclass(frozen=True, slots=True)
class Marks:
    """What a server said of a page when it was last asked for: sent along, they save the page if nothing has changed."""

    etag: str = ""
    modified: str = ""


NO_MARKS = Marks()


@dataclass
class Web:
    """The door of one run: who we are, what may be asked, how fast; remembers each host's rules for as long as it lives."""

    allow_private: bool = False
    proxy: str = ""
    agent: str = ""
    limiter: Limiter = field(default_factory=Limiter)
    _rules: dict[str, robots.Rules] = field(default_factory=dict, repr=False)
    _pool: ClientPool = field(default_factory=ClientPool, repr=False)

    def fetch(self, url: str, *, marks: Marks = NO_MARKS, limits: Limits = LIMITS, by_name: bool = False) -> Page:
        """Fetch one page; ``by_name`` says that a person named just this one, and no walk came by.

        Raises:
            RobotsForbid: the host's robots.txt asks us to stay away.
            RateLimited: the site asks to be left alone for a while.
            ArticleError: whatever ``http.fetch`` cannot bring.
        """
        manners = Manners(self.agent, self.proxy, partial(self._before, by_name=by_name))
        return fetch(
            url,
            etag=marks.etag,
            modified=marks.modified,
            allow_private=self.allow_private,
            limits=limits,
            manners=manners,
            pool=self._pool,
        )

    def rules(self, url: str) -> robots.Rules:
        """The robots.txt of an address's host, read once.

        Raises:
            RateLimited: the site asks to be left alone for a while.
            ArticleError: the host cannot be reached.
        """
        check_form(url)
        host = robots.host_of(url)
        if host not in self._rules:
            self._rules[host] = self._read_rules(url)
        return self._rules[host]

    def _read_rules(self, url: str) -> robots.Rules:
        manners = Manners(self.agent, self.proxy, self.limiter.wait)
        try:
            page = fetch(
                robots.address_of(url),
                allow_private=self.allow_private,
                manners=manners,
                pool=self._pool,
            )
        except PageRefused as error:
            log.info("%s: no robots.txt: %s", robots.host_of(url), error.detail)
            in_trouble = error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            return robots.rules("", f"its robots.txt cannot be read: {error.detail}" if in_trouble else "")
        except PageTooLarge:  # no rules: something else stands there
            return robots.rules("")
        except ArticleError as error:
            raise ArticleError(url, error.detail) from error
        log.debug("%s: robots.txt of %d bytes", robots.host_of(url), len(page.body))
        is_page = page.content_type.endswith("html")
        return robots.rules("" if is_page else decode(page.body, page.charset))

    def _before(self, url: str, *, by_name: bool) -> None:
        rules = self.rules(url)
        agent = self.agent or user_agent()
        if rules.trouble and not by_name:
            raise ArticleError(url, rules.trouble)
        if not rules.allow(url, agent):
            log.info("%s: forbidden to %s by robots.txt", url, agent)
            raise RobotsForbid(url, "the site's robots.txt asks programs to stay away from this address")
        self.limiter.wait(url, rules.pause(agent))
