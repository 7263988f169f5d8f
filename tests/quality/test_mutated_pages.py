"""The run over mutated pages finds what it looks for."""

from __future__ import annotations

import threading

import pytest

from tests.quality import mutated_pages


def test_two_hundred_pages_are_no_trouble(capsys: pytest.CaptureFixture[str]) -> None:
    assert mutated_pages.main(["--pages", "200"]) == 0
    assert "200 pages" in capsys.readouterr().out


def test_a_page_that_crashes_and_one_that_hangs_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def check(page: str) -> None:
        if page == "7":
            raise RecursionError("too deep")
        if page == "8":
            threading.Event().wait(5)  # the alarm ends it after a second

    monkeypatch.setattr(mutated_pages, "mutated", str)
    monkeypatch.setattr(mutated_pages, "check", check)
    monkeypatch.setattr(mutated_pages, "LONGEST", 1)

    assert mutated_pages.main(["--pages", "3", "--first", "6"]) == 1
    told = capsys.readouterr().out
    assert "seed 7: RecursionError" in told
    assert "seed 8: Hangs" in told
