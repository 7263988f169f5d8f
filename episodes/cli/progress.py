"""How long work shows how far it is: a bar on a terminal, nothing where nobody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

    from episodes.values import Progress

Tell = Callable[["Progress"], None]
VERBS = {
    "list": "listing",
    "read": "reading",
    "fetch": "fetching",
    "hear": "listening to",
    "import": "importing",
    "link": "linking",
    "align": "aligning",
    "check": "checking",
}


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Tell]:
    """A function that takes ``Progress`` values; bars appear on stderr, and go when the block ends."""
    from episodes.cli.output import notes

    out = notes()
    if quiet or not out.is_terminal:
        yield _say_nothing
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[amount]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=out, transient=True) as bars:
        yield _Bar(bars)


def _say_nothing(_: Progress) -> None:
    return None


class _Bar:
    """One bar that follows whatever is worked on just now; a new title begins anew."""

    def __init__(self, bars: Bars) -> None:
        self.bars = bars
        self.title = ""
        self.task = bars.add_task("", amount="", total=None)

    def __call__(self, now: Progress) -> None:
        title = f"{VERBS.get(now.stage, now.stage)} {now.title}"
        if title != self.title:
            self.title = title
            self.bars.reset(self.task, description=title[:60])
        self.bars.update(self.task, completed=now.done, total=now.total, amount=amount(now))


def amount(now: Progress) -> str:
    """What is done in words: "0:30 of 1:15", "1.2 of 3.4 MB", "7 of 73"."""
    from episodes.cli.output import clock

    if now.unit == "s":
        return f"{clock(now.done)}{f' of {clock(now.total)}' if now.total else ''}"
    if now.unit == "B":
        return f"{now.done / 1e6:.1f}{f' of {now.total / 1e6:.1f}' if now.total else ''} MB"
    return f"{now.done:.0f}{f' of {now.total:.0f}' if now.total else ''}" if now.done or now.total else ""
