"""What a robots.txt says, by RFC 9309: the longest rule that matches holds, with ``*`` and ``$``. Pure: web.py fetches
the text.

The one door to protego: Python's own parser knows no wildcards and lets the first rule hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from episodes.urls import split

if TYPE_CHECKING:
    from protego import Protego

#: Characters that are read; the RFC asks for 500 KiB at least.
_LONGEST = 500 * 1024


@dataclass(frozen=True, slots=True)
class RobotsTxt:
    """The rules of one host; ``problem`` says why they could not be read, where that forbids a walk for now."""

    parser: Protego = field(repr=False)
    problem: str = ""

    def allows(self, url: str, agent: str) -> bool:
        """Whether a program of this name may ask for the address."""
        return self.parser.can_fetch(url, agent)

    def crawl_delay(self, agent: str) -> float:
        """The seconds between requests that are asked for, 0 where none are."""
        return self.parser.crawl_delay(agent) or 0.0

    @property
    def sitemaps(self) -> list[str]:
        """The addresses of sitemaps that are named."""
        return list(self.parser.sitemaps)


def robots_url(url: str) -> str:
    """Where the rules for an address stand."""
    return urljoin(url, "/robots.txt")


def origin_of(url: str) -> str:
    """What the rules hold for: scheme, host and port."""
    parts = split(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def parse(text: str, problem: str = "") -> RobotsTxt:
    """The rules in a robots.txt; an empty text forbids nothing."""
    from protego import Protego

    return RobotsTxt(Protego.parse(text.lstrip("\ufeff")[:_LONGEST]), problem)
