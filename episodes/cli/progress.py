"""Show progress: bars on a terminal (``progress_bars.py``), a line per minute elsewhere, nothing with ``--json``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from episodes.cli.pace import Pace

if TYPE_CHECKING:
    from rich.console import Console

    from episodes.values import Progress

Report = Callable[["Progress"], None]
#: Seconds between two lines without a terminal.
LINE_INTERVAL = 60.0


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Report]:
    """Yield a function that takes ``Progress`` values and shows them on stderr."""
    from episodes.cli.output import above, notes

    out = notes()
    if quiet:
        yield _ignore
        return
    if not out.is_terminal:
        yield ProgressLines(out)
        return
    from episodes.cli.progress_bars import ProgressBars

    with ProgressBars(out) as bars, above(out):
        yield bars.report


def _ignore(_: Progress) -> None:
    return None


class ProgressLines:
    """Print a line about the whole run from time to time; none for a short run."""

    def __init__(self, out: Console, clock: Callable[[], float] = monotonic) -> None:
        self.out = out
        self.clock = clock
        self.pace = Pace(clock)
        self.said: float | None = None

    def __call__(self, now: Progress) -> None:
        """Print it if it is time."""
        if now.stage != "run":
            return
        amount = self.pace.amount(now)
        self.said = self.clock() if self.said is None else self.said
        if self.clock() - self.said >= LINE_INTERVAL:
            self.said = self.clock()
            self.out.print(f"transcribed {amount} ({now.title})", markup=False)
