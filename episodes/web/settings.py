"""What every request needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request
from sqlalchemy import Engine

from episodes.files.named import Named


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages are made of.

    ``engine`` can only read. ``media`` is the folder of fetched sound. ``address`` is how readers reach the site where that is not how the
    request came ("https://news.example"), without a slash at its end. ``hosts`` are the names that it answers to, and with ``numbers`` to
    any address of numbers as well; without either it answers to all. ``named`` knows the folders from which other sound may come.
    """

    engine: Engine
    media: Path
    name: str = "News in Review"
    address: str = ""
    hosts: frozenset[str] = frozenset()
    numbers: bool = False
    named: Named = field(default_factory=Named)


def site(request: Request) -> Site:
    """The site that a request is for."""
    found: Site = request.app.state.site
    return found


def base_url(request: Request) -> str:
    """The address before all paths, as readers know it."""
    return site(request).address or str(request.base_url).rstrip("/")
