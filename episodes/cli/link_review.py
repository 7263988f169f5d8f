"""Review the proposed links in the terminal, one key per link."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from episodes.catalog import links
from episodes.catalog.links import Linked
from episodes.cli.links_command import show_link
from episodes.cli.output import clock, console
from episodes.database import reading, writing
from episodes.values import LinkStatus

if TYPE_CHECKING:
    from rich.table import Table
    from sqlalchemy import Engine

    from episodes.pipeline.comparing import Compared

KEYS = "y yes  n no  s skip  u undo  o open  q quit"
WORDS = {"y": LinkStatus.CONFIRMED, "n": LinkStatus.REJECTED}


def read_key() -> str:
    """Return the next key in lower case, from a pipe the next non-space letter; empty at the end of the input."""
    if sys.stdin.isatty():
        import typer

        return typer.getchar().lower()
    while (letter := sys.stdin.read(1)).isspace():
        pass
    return letter.lower()


class Review:
    """Walk through the proposed links.

    Each decision is written at once. ``u`` goes back one link and undoes its decision.
    """

    def __init__(self, database: Engine, now: Callable[[], datetime], key: Callable[[], str] = read_key) -> None:
        self.database = database
        self.now = now
        self.key = key
        self.decisions: dict[int, LinkStatus] = {}

    def run(self) -> None:
        """Show one link after the other until all are seen or the person quits."""
        with reading(self.database) as session:
            proposed = links.listed(session, status=LinkStatus.PROPOSED)
        at = 0
        while at < len(proposed):
            self._show(proposed[at], f"{at + 1} of {len(proposed)}")
            step = self._handle_key(proposed, at)
            if step is None:
                break
            at = max(0, at + step)
        self._count(len(proposed))

    def _show(self, one: Linked, place: str) -> None:
        from episodes.pipeline.comparing import compared

        console().rule(place, style="dim")
        show_link(one)
        with reading(self.database) as session:
            found = compared(session, one.episode.id or 0, one.article.id or 0)
        if found:
            console().print(side_by_side(found))

    def _handle_key(self, proposed: list[Linked], at: int) -> int | None:
        """Return how many links to move on (-1: back), or None to quit."""
        console().print(KEYS, style="dim")
        while key := self.key():
            if key in WORDS:
                self._decide(proposed[at], WORDS[key])
                return 1
            if key == "s":
                return 1
            if key == "u":
                self._take_back(proposed[max(0, at - 1)])
                return -1
            if key == "o":
                self._open(proposed[at])
            elif key == "q":
                return None
            else:
                console().print(KEYS, style="dim")
        return None

    def _decide(self, one: Linked, status: LinkStatus) -> None:
        link_id = one.link.id or 0
        with writing(self.database) as session:
            links.decide(session, link_id, status, now=self.now())
        self.decisions[link_id] = status
        console().print(f"link {link_id}: {status}", style="green" if status == LinkStatus.CONFIRMED else "red")

    def _take_back(self, one: Linked) -> None:
        link_id = one.link.id or 0
        with writing(self.database) as session:
            links.take_back(session, link_id)
        self.decisions.pop(link_id, None)
        console().print(f"link {link_id}: open again")

    def _open(self, one: Linked) -> None:
        import webbrowser

        from episodes.urls import is_web

        for address in (one.episode.url, one.article.url):
            if address and not (is_web(address) and webbrowser.open(address)):  # never a file, nor an option
                console().print(address, markup=False)

    def _count(self, proposed: int) -> None:
        if not proposed:
            console().print("no proposed links to review")
            return
        counted = Counter(self.decisions.values())
        console().print(
            f"{counted[LinkStatus.CONFIRMED]} confirmed, {counted[LinkStatus.REJECTED]} rejected, "
            f"{proposed - len(self.decisions)} still open"
        )


def side_by_side(found: list[Compared]) -> Table:
    """Put what was said beside what was written, one row per aligned pair."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE, show_edge=False, pad_edge=False, width=min(console().width, 140))
    table.add_column("at", style="dim", no_wrap=True)
    table.add_column("said", ratio=1)
    table.add_column("written", ratio=1)
    for one in found:
        style = "green" if one.kind == "quote" else ""
        table.add_row(clock(one.start), Text(one.said, style), Text(one.written, style))
    return table
