"""What a run says while it listens: its speed and the time left, and no flood where nobody watches."""

from __future__ import annotations

import io

from rich.console import Console

from episodes.cli import progress
from episodes.values import Progress


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def run(done: float, total: float | None, title: str = "1 of 3 episodes") -> Progress:
    return Progress("run", title, done, total, "s")


def test_speed_and_time_left_are_of_this_run() -> None:
    clock = Clock()
    pace = progress.Pace(clock)
    assert pace.amount(run(0, 3600)) == "0:00 of 1:00:00"
    clock.now = 60
    assert pace.amount(run(900, 3600)) == "15:00 of 1:00:00, 15 × real time, 3:00 left"
    assert pace.amount(run(900, None)) == "15:00, 15 × real time"


def test_without_a_terminal_there_is_a_line_a_minute_and_none_for_a_short_run() -> None:
    clock = Clock()
    out = Console(file=io.StringIO(), width=200)
    lines = progress.Lines(out, clock)
    for second in range(59):
        clock.now = second
        lines(Progress("hear", "Episode 1", second, 3600, "s"))
        lines(run(second * 10.0, 3600))
    assert out.file.getvalue() == ""  # type: ignore[attr-defined]
    for second in range(59, 200):
        clock.now = second
        lines(run(second * 10.0, 3600))

    said = out.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert len(said) == 3
    assert said[0] == "heard 10:00 of 1:00:00, 10 × real time, 5:00 left (1 of 3 episodes)"


def test_bars_on_a_terminal_come_and_go_with_their_episodes() -> None:
    from rich.progress import Progress as Bars

    out = Console(file=io.StringIO(), force_terminal=True, width=120)
    with Bars(console=out) as bars:
        told = progress._Bars(bars)
        told(Progress("fetch", "One [brackets]", 10, 20, "B"))
        told(Progress("hear", "One [brackets]", 30, 60, "s"))
        told(Progress("hear", "Two", 30, 90, "s"))
        told(run(60, 150))
        assert [task.description.strip() for task in bars.tasks if task.visible] == [
            "listening to One [brackets]",
            "listening to Two",
            "heard 1 of 3 episodes",
        ]
        told(Progress("heard", "One [brackets]", 60, 60, "s"))
        told(Progress("link", "all"))
        assert [task.fields["amount"] for task in bars.tasks if task.description.strip() == "listening to Two"] == [
            "0:30 of 1:30"
        ]
        assert not [task for task in bars.tasks if "brackets" in task.description and task.visible]
