"""Going through the proposed links in the terminal, one key a link."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from episodes.catalog import links
from episodes.cli.links_command import show_link
from episodes.cli.output import console
from episodes.database import reading, writing
from episodes.models import LinkStatus

if TYPE_CHECKING:
    from sqlalchemy import Engine

KEYS = "y yes  n no  s skip  u undo  o open  q stop"
WORDS = {"y": LinkStatus.CONFIRMED, "n": LinkStatus.REJECTED}


def read_key() -> str:
    """The next key, lower case; from a pipe the next letter that is no space. Empty at the end of the input."""
    if sys.stdin.isatty():
        import typer

        return typer.getchar().lower()
    while (letter := sys.stdin.read(1)).isspace():
        pass
    return letter.lower()


class Review:
    """A walk through the proposed links. Each decision is written at once; ``u`` goes back one link and takes its decision back."""

    def __init__(self, database: Engine, now: Callable[[], datetime], key: Callable[[], str] = read_key) -> None:
        self.database = database
        self.now = now
        self.key = key

    def run(self) -> None:
        """Show one link after the other until all are seen or the person stops."""
        with reading(self.database) as session:
            open_links = [one.link.id or 0 for one in links.listed(session, status="proposed")]
        at = 0
        while at < len(open_links):
            self._show(open_links[at], f"{at + 1} of {len(open_links)}")
            step = self._answer(open_links, at)
            if step is None:
                break
            at = max(0, at + step)
        self._count(open_links)

    def _show(self, link_id: int, place: str) -> None:
        with reading(self.database) as session:
            (one,) = (one for one in links.listed(session) if one.link.id == link_id)
            console().rule(place, style="dim")
            show_link(one)

    def _answer(self, open_links: list[int], at: int) -> int | None:
        """How many links to go on (minus one: back), None to stop."""
        console().print(KEYS, style="dim")
        while key := self.key():
            if key in WORDS:
                self._decide(open_links[at], WORDS[key])
                return 1
            if key == "s":
                return 1
            if key == "u":
                self._take_back(open_links[max(0, at - 1)])
                return -1
            if key == "o":
                self._open(open_links[at])
            elif key == "q":
                return None
            else:
                console().print(KEYS, style="dim")
        return None

    def _decide(self, link_id: int, status: LinkStatus) -> None:
        with writing(self.database) as session:
            links.decide(session, link_id, status, now=self.now())
        console().print(f"link {link_id}: {status}", style="green" if status == LinkStatus.CONFIRMED else "red")

    def _take_back(self, link_id: int) -> None:
        with writing(self.database) as session:
            links.take_back(session, link_id)
        console().print(f"link {link_id}: open again")

    def _open(self, link_id: int) -> None:
        import webbrowser

        with reading(self.database) as session:
            (one,) = (one for one in links.listed(session) if one.link.id == link_id)
            addresses = [address for address in (one.episode.url, one.article.url) if address]
        for address in addresses:
            if not webbrowser.open(address):
                console().print(address, markup=False)

    def _count(self, open_links: list[int]) -> None:
        with reading(self.database) as session:
            statuses = [one.link.status for one in links.listed(session) if one.link.id in open_links]
        if not open_links:
            console().print("no proposed links: nothing to review")
            return
        counted = {name: statuses.count(name) for name in ("confirmed", "rejected", "proposed")}
        console().print(
            f"{counted['confirmed']} confirmed, {counted['rejected']} rejected, {counted['proposed']} still open"
        )
