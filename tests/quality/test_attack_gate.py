"""The frame of ``python -m tests.quality.attack``: every topic can be asked for by its points, and the table tells what did not hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from inspect import signature
from pathlib import Path
from types import ModuleType

import pytest

from tests.quality.attack import __main__ as frame
from tests.quality.attack.ground import Attempt, Ground


@pytest.mark.parametrize("name", frame.TOPICS)
def test_each_topic_says_what_it_is_about_and_makes_attempts(name: str) -> None:
    topic = import_module(f"tests.quality.attack.{name}")

    assert topic.__doc__
    assert topic.POINTS
    assert all(isinstance(point, str) and point for point in topic.POINTS)
    assert len(signature(topic.attempts).parameters) == 1


def test_no_topic_is_listed_twice_or_forgotten() -> None:
    folder = Path(frame.__file__).parent
    topics = [
        path.stem for path in folder.glob("*.py") if "\ndef attempts(on: Ground)" in path.read_text(encoding="utf-8")
    ]

    assert sorted(frame.TOPICS) == sorted(set(topics) - {"__main__"})


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> None:
    """One topic in place of all: it holds at point 3 and on SQLite, and not at point 12 on PostgreSQL."""
    module = ModuleType("tests.quality.attack.made_up")
    module.POINTS = ("3", "12")  # type: ignore[attr-defined]

    def attempts(on: Ground) -> Iterator[Attempt]:
        yield Attempt("12", "a title with ESC", held=True, database="sqlite")
        yield Attempt("12", "a title with C1", held=False, detail="it reached the terminal", database="postgres")
        for number in range(on.backups):
            yield Attempt("3", f"backup {number}", held=True)

    module.attempts = attempts  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(frame, "TOPICS", ["made_up"])


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["attack", *words])
    return frame.main()


def test_the_table_counts_by_point_and_names_what_did_not_hold(
    topic: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(monkeypatch, "--backups", "4")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]

    assert code == 1
    assert lines[1:5] == [
        ["3", "-", "4", "4"],
        ["12", "postgres", "1", "0"],
        ["12", "sqlite", "1", "1"],
        ["all", "6", "5"],
    ]
    assert " ".join(lines[5]) == "NOT HELD 12 postgres: a title with C1: it reached the terminal"


def test_points_that_are_not_asked_for_are_left_out(
    topic: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(monkeypatch, "--point", "3", "--backups", "2")

    assert code == 0
    assert capsys.readouterr().out.splitlines()[-1].split() == ["all", "2", "2"]


def test_a_run_that_tried_nothing_is_no_success(topic: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "--point", "99") == 1
