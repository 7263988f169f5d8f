"""The measure of ``tests.quality.search`` is what its docstring says, and the town's own news holds it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from episodes.database import reading
from tests.linking import stories
from tests.quality import search
from tests.quality.search import Place, Question

ONE = Question("the harbour bridge vote", (Place("1", 100.0), Place("2", 40.0)))


@pytest.mark.parametrize(
    ("found", "first", "there"),
    [
        ([Place("1", 100.0)], True, True),
        ([Place("2", 100.0)], True, True),
        ([Place("2", 101.0)], True, False),
        ([Place("3", 100.0), Place("1", 41.0)], False, True),
        ([Place("1", None)], True, False),
        ([], False, False),
    ],
)
def test_what_is_right(found: list[Place], first: bool, there: bool) -> None:
    assert search.is_first(found, ONE) is first
    assert search.is_there(found, ONE) is there


def test_questions_are_titles_of_four_words() -> None:
    asked = search.questions([("too short", Place("1", 0)), (ONE.words, ONE.right[0]), (ONE.words, ONE.right[1])])

    assert asked == [ONE]
    assert [one.right for one in search.each(asked)] == [(Place("1", 100.0),), (Place("2", 40.0),)]


def test_a_broken_floor_is_told() -> None:
    told = search.broken("said", search.Figures(questions=3, first=0.5, moment=1.0, milliseconds=1))

    assert [line.split()[1] for line in told] == ["first"]


def test_a_small_show_is_found(tmp_path: Path) -> None:
    with (tmp_path / "episodes.jsonl").open("w", encoding="utf-8") as file:
        for one in stories.EPISODES[:2]:
            segments = [{"start": 0, "end": 60, "text": one.text}]
            show = {"id": str(one.id), "title": "Review", "date": "2026-03-01", "segments": segments}
            file.write(json.dumps(show) + "\n")
    engine = search.catalog(tmp_path / "home", tmp_path)
    asked = [Question(" ".join(one.text.split()[20:26]), (Place(str(one.id), 0.0),)) for one in stories.EPISODES[:2]]
    with reading(engine) as session:
        ours = search.measured(session, asked, search.of_ours("said"))
        plain = search.measured(session, asked, search.bare)
    engine.dispose()

    assert (ours.questions, ours.first, plain.first) == (2, 1.0, 1.0)
