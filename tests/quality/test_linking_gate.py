"""The floors of ``tests.quality.linking`` hold."""

from __future__ import annotations

import pytest

from episodes.values import Evidence, Verdict
from tests.quality import linking, recap


@pytest.mark.parametrize("name", [name for name in linking.FLOORS if not name.startswith("recap")])
def test_own_stories_hold_their_floors(name: str) -> None:
    assert not linking.broken(name, linking.measured(linking.catalogs(recap.FOLDER.parent / "absent")[name]))


@pytest.mark.skipif(not recap.FOLDER.is_dir(), reason=recap.ABSENT)
@pytest.mark.parametrize("name", [name for name in linking.FLOORS if name.startswith("recap")])
def test_the_recap_show_holds_its_floors(name: str) -> None:
    assert not linking.broken(name, linking.measured(linking.catalogs(recap.FOLDER)[name]))


def test_a_broken_floor_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = linking.Figures(
        pairs=6, first=0.5, precision=1.0, coverage=0.5, wrong=0, proposed=3, error=0.5, seconds=0
    )

    assert [line.split()[2] for line in linking.broken("own stories", figures)] == ["first", "coverage", "error"]


def test_calibration_error_is_the_distance_between_belief_and_truth() -> None:
    why = (Evidence("text", "", 1.0),)
    said = [Verdict(n, n, "linked", 0.95, why) for n in range(4)]

    assert linking.calibration_error(said, {n: n for n in range(4)}) == pytest.approx(0.05)
    assert linking.calibration_error(said, {0: 0, 1: 1}) == pytest.approx(0.45)
    assert linking.calibration_error([], {}) == 0
