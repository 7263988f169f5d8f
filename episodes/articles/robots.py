"""What a robots.txt says, read by Python's own parser. Pure: web.py fetches the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one host; ``trouble`` says why they could not be read, where that forbids a walk for now."""

    parser: RobotFileParser = field(repr=False)
    trouble: str = ""

    def allow(self, url: str, agent: str) -> bool:
        """Whether a program of this name may ask for the address."""
        return self.parser.can_fetch(agent, url)

    def pause(self, agent: str) -> float:
        """The seconds between requests that are asked for, 0 where none are."""
        return float(self.parser.crawl_delay(agent) or 0)

    @property
    def sitemaps(self) -> list[str]:
        """The addresses of sitemaps that are named."""
        return self.parser.site_maps() or []


def address_of(url: str) -> str:
    """Where the rules for an address stand."""
    return urljoin(url, "/robots.txt")


def host_of(url: str) -> str:
    """What the rules hold for: scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def rules(text: str, trouble: str = "") -> Rules:
    """The rules in a robots.txt; an empty text forbids nothing."""
    parser = RobotFileParser()
    parser.parse(text.splitlines())
    parser.modified()  # Python's parser allows nothing before it was told that there was something to read
    return Rules(parser, trouble)
