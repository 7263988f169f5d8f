"""Progress bars at the bottom of a terminal: a row for each transcription, for the run, and for any other work.

Figures are always shown in full; titles are shortened, and on a narrow terminal bars are left out. If there are more
episodes than lines, the first ones are shown, and always the row of the run.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.table import Column

from episodes.cli.control_chars import one_line
from episodes.cli.output import clock
from episodes.cli.pace import Pace, amount

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from episodes.values import Progress as Far

VERBS = {
    "list": "listing",
    "read": "reading",
    "fetch": "fetching",
    "load": "loading",
    "import": "importing",
    "link": "linking",
    "align": "aligning",
    "check": "checking",
}

#: Minimum width of a terminal, in columns, for bars beside titles and figures.
MIN_WIDTH_FOR_BARS = 90

#: Columns left free at the right: a terminal writes ^C after the last row, and would wrap the line there.
MARGIN = 3

#: Rows of the screen left free.
SPARE_ROWS = 3


class ProgressBars(Progress):
    """The rows; a context manager that removes them at its end. It counts nothing itself."""

    def __init__(self, out: Console) -> None:
        wide = out.width >= MIN_WIDTH_FOR_BARS
        title = TextColumn("{task.description}", markup=False, table_column=_flexible_column(3))
        bar: list[ProgressColumn] = [BarColumn(bar_width=None, table_column=_flexible_column(2))] if wide else []
        figures = TextColumn("{task.fields[amount]}", markup=False, justify="right", table_column=Column(no_wrap=True))
        self._out = out
        self._pace = Pace() if wide else Pace(times="×")
        self._run: TaskID | None = None
        self._other: TaskID | None = None
        self._title = ""
        self._single = False
        self._episodes: dict[str, TaskID] = {}
        spinner = SpinnerColumn(table_column=Column(width=1))
        super().__init__(spinner, title, *bar, figures, console=out, transient=True, expand=True)

    def report(self, now: Far) -> None:
        """Update the rows."""
        match now.stage:
            case "run":
                if self._run is None:
                    self._clear_other()  # earlier work is over
                self._single = bool(now.item)
                self._run = self._upsert_row(self._run, now, f"transcribing {now.title}", self._pace.amount(now))
            case "hear":
                self._episodes[now.item] = self._upsert_row(self._episodes.get(now.item), now, now.title, amount(now))
            case "heard":
                if now.item in self._episodes:
                    self.remove_task(self._episodes.pop(now.item))
            case _:
                self._report_other(now)

    def _report_other(self, now: Far) -> None:
        title = f"{VERBS.get(now.stage, now.stage)} {now.title}"
        fetched = now.unit == "B" and now.total is not None and now.done >= now.total
        if fetched or title != self._title:
            self._clear_other()
        if not fetched:
            self._title = title
            self._other = self._upsert_row(self._other, now, title, f"{amount(now)}{self._time_left(self._other)}")

    def _time_left(self, task: TaskID | None) -> str:
        """Return the estimated time left, or "" if unknown."""
        seconds = self.tasks[self.task_ids.index(task)].time_remaining if task is not None else None
        return f", {clock(seconds)} left" if seconds else ""

    def _clear_other(self) -> None:
        if self._other is not None:
            self.remove_task(self._other)
            self._other = None

    def _upsert_row(self, task: TaskID | None, now: Far, title: str, figures: str) -> TaskID:
        if task is None:
            task = self.add_task(one_line(title), total=now.total, amount=figures)
        self.update(task, description=one_line(title), completed=now.done, total=now.total, amount=figures)
        return task

    def make_tasks_table(self, tasks: Iterable[Task]) -> Table:
        """Lay out the rows: other work, as many episodes as fit, the run last.

        A single episode has only the run's row.
        """
        rows = {task.id: task for task in tasks}
        run = [rows.pop(self._run)] if self._run in rows else []
        other = [rows.pop(self._other)] if self._other in rows else []
        room = max(self._out.height - SPARE_ROWS - len(run) - len(other), 1)
        episodes = [] if self._single else list(rows.values())
        table = super().make_tasks_table([*other, *episodes[:room], *run])
        table.width = self._out.width - MARGIN
        return table


def _flexible_column(ratio: int) -> Column:
    return Column(ratio=ratio, no_wrap=True, overflow="ellipsis")
