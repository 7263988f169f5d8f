"""What every request needs: the catalog, the media folder, the public address."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request
from sqlalchemy import Engine

from episodes.files.named import Named


@dataclass(frozen=True, slots=True)
class Site:
    """The settings of the site.

    ``engine`` is read-only. ``media``: folder of fetched media. ``address``: public base URL without trailing slash
    ("https://news.example"), if requests come through another server. ``hosts``: accepted host names, with ``numbers``
    also any IP address; without both any host is accepted. ``named``: folders from which other media may be served.
    """

    engine: Engine
    media: Path
    name: str = "News in Review"
    address: str = ""
    hosts: frozenset[str] = frozenset()
    numbers: bool = False
    named: Named = field(default_factory=Named)


def site(request: Request) -> Site:
    """Return the site of a request."""
    found: Site = request.app.state.site
    return found


def base_url(request: Request) -> str:
    """Return the public base URL, without trailing slash."""
    return site(request).address or str(request.base_url).rstrip("/")
