"""The floors of ``tests.quality.linking`` hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from episodes.values import Evidence, Verdict
from tests.quality import curve, linking, recap


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

    assert linking.calibration_error(said, {(n, n) for n in range(4)}) == pytest.approx(0.05)
    assert linking.calibration_error(said, {(0, 0), (1, 1)}) == pytest.approx(0.45)
    assert linking.calibration_error([], set()) == 0


def test_the_curve_is_drawn_where_the_pairs_are(tmp_path: Path) -> None:
    found = curve.bins([(0.95, True), (0.93, True), (0.15, False), (1.0, True)])

    assert [(one.pairs, one.true) for one in found] == [(1, 0.0), (3, 1.0)]
    assert [line.index("o") for line in curve.drawn(found).splitlines() if "o" in line.partition("|")[2]] == [54, 14]
    assert curve.picture(found).count("<circle") == 2


def test_the_report_ends_with_the_curve(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert linking.asked([str(tmp_path / "absent"), "--svg", str(tmp_path / "curve.svg")]) == 0

    printed = capsys.readouterr().out
    assert all(name in printed for name in ("two-part episode", "re-run", "calibration over", "all floors hold"))
    assert (tmp_path / "curve.svg").read_text().startswith("<svg")
