"""What a run says while it listens: its speed and the time left, and no flood where nobody watches."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from episodes.cli import output, progress
from episodes.cli.pace import Pace
from episodes.cli.progress_bars import ProgressBars
from episodes.values import Progress


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def run(done: float, total: float | None, title: str = "1 of 3 episodes") -> Progress:
    return Progress("run", title, done, total, "s")


def test_speed_and_time_left_are_of_this_run() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.amount(run(0, 3600)) == "0:00 of 1:00:00"
    clock.now = 60
    assert pace.amount(run(900, 3600)) == "15:00 of 1:00:00, 15 × real time, 3:00 left"
    assert pace.amount(run(900, None)) == "15:00, 15 × real time"
    clock.now = 0.5
    assert pace.amount(run(900, None)) == "15:00, 1800 × real time"


def test_without_a_terminal_there_is_a_line_a_minute_and_none_for_a_short_run() -> None:
    clock = Clock()
    out = Console(file=io.StringIO(), width=200)
    lines = progress.ProgressLines(out, clock)
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
    assert said[0] == "transcribed 10:00 of 1:00:00, 10 × real time, 5:00 left (1 of 3 episodes)"


def screen(width: int, height: int = 24) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=width, height=height)


def rows(bars: ProgressBars) -> list[str]:
    """What is seen now, without the spinners, which are there."""
    file = io.StringIO()
    Console(file=file, width=bars.console.width).print(*bars.get_renderables())
    lines = file.getvalue().splitlines()
    assert all(line[0] != " " == line[1] for line in lines)
    return [line[2:].rstrip() for line in lines]


def test_rows_on_a_terminal_come_and_go_with_their_episodes() -> None:
    with ProgressBars(screen(120)) as bars:
        bars.report(Progress("load", "base.en"))
        assert rows(bars)[0].startswith("loading base.en")
        bars.report(Progress("import", "archive", 7))
        bars.report(run(0, 150, "0 of 2 episodes"))
        bars.report(Progress("fetch", "One [brackets]", 1e6, 2e6, "B"))
        bars.report(Progress("hear", "One [brackets]", 30, 60, "s", "one"))
        bars.report(Progress("hear", "One [brackets]", 30, 90, "s", "other"))
        assert [row.split("  ")[0] for row in rows(bars)] == [
            "fetching One [brackets]",
            "One [brackets]",
            "One [brackets]",
            "transcribing 0 of 2 episodes",
        ]
        assert [row.split("  ")[-1].split("━ ")[-1].strip() for row in rows(bars)] == [
            "1.0 of 2.0 MB",
            "0:30 of 1:00",
            "0:30 of 1:30",
            "0:00 of 2:30",
        ]
        bars.report(Progress("fetch", "One [brackets]", 2e6, 2e6, "B"))
        bars.report(Progress("heard", "One [brackets]", 60, 60, "s", "one"))
        assert len(rows(bars)) == 2


def test_one_episode_has_one_row() -> None:
    with ProgressBars(screen(120)) as bars:
        bars.report(Progress("hear", "talk.wav", 30, 60, "s", "talk.wav"))
        bars.report(Progress("run", "talk.wav", 30, 60, "s", "talk.wav"))
        (row,) = rows(bars)
        assert row.startswith("transcribing talk.wav ")


def test_nobody_knows_how_far_what_has_no_length_is() -> None:
    with ProgressBars(screen(120)) as bars:
        bars.report(Progress("hear", "talk.wav", 99, None, "s", "talk.wav"))
        bars.report(Progress("hear", "talk.wav", 140, None, "s", "talk.wav"))
        assert [(task.total, task.finished) for task in bars.tasks] == [(None, False)]
        bars.report(Progress("hear", "talk.wav", 140, 300, "s", "talk.wav"))
        assert [task.percentage for task in bars.tasks] == [pytest.approx(46.7, abs=0.1)]


@given(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=200), st.integers(50, 200))
def test_figures_stand_whole_whatever_the_title_and_the_terminal(title: str, width: int) -> None:
    clock = Clock()
    with ProgressBars(screen(width)) as bars:
        bars._pace.clock = clock
        bars.report(Progress("hear", title, 3600, 7200, "s", "one"))
        bars.report(run(0, 360000, "17 of 120 episodes"))
        clock.now = 3600
        bars.report(run(43200, 360000, "17 of 120 episodes"))
        hear, whole = rows(bars)
        assert hear.endswith("1:00:00 of 2:00:00")
        assert whole.endswith(f"12:00:00 of 100:00:00, 12{'×' if width < 90 else ' × real time'}, 7:20:00 left")
        assert max(Text(row).cell_len for row in (hear, whole)) <= width - 5


def test_the_run_is_seen_though_there_are_more_episodes_than_rows() -> None:
    with ProgressBars(screen(80, height=12)) as bars:
        bars.report(run(0, 3600, "0 of 40 episodes"))
        for number in range(40):
            bars.report(Progress("hear", f"Episode {number}", 0, 90, "s", str(number)))
        seen = rows(bars)
        assert len(seen) < 12
        assert seen[-1].startswith("transcribing 0 of 40 episodes")


def test_what_is_said_meanwhile_stands_above_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    out = screen(80)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with output.above(out):
        assert output.console() is out
        assert output.notes() is out
    assert output.console() is not out
