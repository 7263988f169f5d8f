"""Parse robots.txt by RFC 9309: the longest matching rule wins, with ``*`` and ``$``. Pure: ``web_client`` fetches it.

The only module that imports protego. Python's own parser supports no wildcards and applies the first matching rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from episodes.urls import split

if TYPE_CHECKING:
    from protego import Protego

#: Characters that are read; the RFC requires 500 KiB at least.
_LONGEST = 500 * 1024


@dataclass(frozen=True, slots=True)
class RobotsTxt:
    """The rules of one host. ``problem`` says why they could not be read, if that forbids crawling for now."""

    parser: Protego = field(repr=False)
    problem: str = ""

    def allows(self, url: str, agent: str) -> bool:
        """True if a user agent may fetch a URL."""
        return self.parser.can_fetch(url, agent)

    def crawl_delay(self, agent: str) -> float:
        """Return the seconds between requests that the site asks for; 0 if none."""
        return self.parser.crawl_delay(agent) or 0.0

    @property
    def sitemaps(self) -> list[str]:
        """URLs of sitemaps that it names."""
        return list(self.parser.sitemaps)


def robots_url(url: str) -> str:
    """Return the URL of the robots.txt for a URL."""
    return urljoin(url, "/robots.txt")


def origin_of(url: str) -> str:
    """Return what a robots.txt applies to: scheme, host and port."""
    parts = split(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def parse(text: str, problem: str = "") -> RobotsTxt:
    """Parse a robots.txt; an empty one forbids nothing."""
    from protego import Protego

    return RobotsTxt(Protego.parse(text.lstrip("\ufeff")[:_LONGEST]), problem)
