"""How long work shows how far it is: bars on a terminal, a line now and then elsewhere, nothing with ``--json``.

Of what is heard each episode has a bar, and the whole run one with its speed and the time left; whatever else is done shares one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

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

#: Seconds between two lines where nobody watches.
NOW_AND_THEN = 60.0


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Tell]:
    """A function that takes ``Progress`` values; bars appear on stderr, and go when the block ends."""
    from episodes.cli.output import notes

    out = notes()
    if quiet:
        yield _say_nothing
        return
    if not out.is_terminal:
        yield Lines(out)
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, Task, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Left(TimeRemainingColumn):
        """Of what is heard the run's own bar tells the time that is left."""

        def render(self, task: Task) -> Text:
            return super().render(task) if task.fields.get("own_time") else Text()

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[amount]}", markup=False),
        Left(),
    )
    with Progress(*columns, console=out, transient=True, expand=True) as bars:
        yield _Bars(bars)


def _say_nothing(_: Progress) -> None:
    return None


class Pace:
    """How fast a run hears, from its first word on; ``clock`` gives seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self.begun: float | None = None
        self.first = 0.0

    def amount(self, now: Progress) -> str:
        """In words: "12:30 of 1:15:00, 14 × real time, 4:28 left"; of speed and time left only what is known."""
        from episodes.cli.output import clock

        if self.begun is None:
            self.begun, self.first = self.clock(), now.done
        spent, heard = self.clock() - self.begun, now.done - self.first
        if spent <= 0 or heard <= 0:
            return amount(now)
        speed = heard / spent
        left = f", {clock((now.total - now.done) / speed)} left" if now.total else ""
        return f"{amount(now)}, {speed:.3g} × real time{left}"


class Lines:
    """A line about the whole run now and then; short runs have none."""

    def __init__(self, out: Console, clock: Callable[[], float] = monotonic) -> None:
        self.out = out
        self.clock = clock
        self.pace = Pace(clock)
        self.said: float | None = None

    def __call__(self, now: Progress) -> None:
        """Say it if it is time."""
        if now.stage != "run":
            return
        amount = self.pace.amount(now)
        self.said = self.clock() if self.said is None else self.said
        if self.clock() - self.said >= NOW_AND_THEN:
            self.said = self.clock()
            self.out.print(f"heard {amount} ({now.title})", markup=False)


class _Bars:
    """A bar for each episode that is heard and one for all of them; another follows whatever else is worked on just now."""

    def __init__(self, bars: Bars) -> None:
        self.bars = bars
        self.pace = Pace()
        self.title = ""
        self.other = bars.add_task("", amount="", total=None, own_time=True)
        self.run: TaskID | None = None
        self.heard: dict[str, TaskID] = {}

    def __call__(self, now: Progress) -> None:
        if now.stage == "run":
            self._run(now)
        elif now.stage == "hear":
            self._hear(now)
        elif now.stage == "heard":
            if now.title in self.heard:
                self.bars.remove_task(self.heard.pop(now.title))
        else:
            self._other(now)

    def _run(self, now: Progress) -> None:
        if self.run is None:
            self.run = self.bars.add_task("", amount="")
            self.bars.update(self.other, visible=False)
        self.bars.update(
            self.run,
            description=f"heard {now.title}",
            completed=now.done,
            total=now.total,
            amount=self.pace.amount(now),
        )

    def _hear(self, now: Progress) -> None:
        if now.title not in self.heard:
            self.heard[now.title] = self.bars.add_task(f"  {VERBS['hear']} {now.title}"[:60], amount="")
        self.bars.update(self.heard[now.title], completed=now.done, total=now.total, amount=amount(now))

    def _other(self, now: Progress) -> None:
        title = f"{VERBS.get(now.stage, now.stage)} {now.title}"
        if title != self.title:
            self.title = title
            self.bars.reset(self.other, description=title[:60], visible=True)
        self.bars.update(self.other, completed=now.done, total=now.total, amount=amount(now))


def amount(now: Progress) -> str:
    """What is done in words: "0:30 of 1:15", "1.2 of 3.4 MB", "7 of 73"."""
    from episodes.cli.output import clock

    if now.unit == "s":
        return f"{clock(now.done)}{f' of {clock(now.total)}' if now.total else ''}"
    if now.unit == "B":
        return f"{now.done / 1e6:.1f}{f' of {now.total / 1e6:.1f}' if now.total else ''} MB"
    return f"{now.done:.0f}{f' of {now.total:.0f}' if now.total else ''}" if now.done or now.total else ""
