"""The floors of ``tests.quality.marks`` hold."""

from __future__ import annotations

import pytest

from tests.quality import marks, recap


@pytest.mark.slow
@pytest.mark.skipif(not recap.FOLDER.is_dir(), reason=recap.ABSENT)
def test_marks_and_names_hold_their_floors() -> None:
    assert marks.broken(marks.measured(recap.read(recap.FOLDER), every=5)) == []


def test_a_broken_floor_is_told() -> None:
    recall = dict.fromkeys(map(str, marks.FLOORS), 1.0) | {"loop": 0.5}
    figures = marks.Figures(10, 0, 0.5, 0.5, recall, wrong=["Hellman -> Heilman"], mended=0.1)

    assert [line.split(": ")[0] for line in marks.broken(figures)] == [
        "loop",
        "false alarms 0.5000 > 0.001",
        "captions",
        "names",
        "names",
    ]
