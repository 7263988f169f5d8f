"""The floors of ``tests.quality.alignment`` hold."""

from __future__ import annotations

import pytest

from tests.quality import alignment, recap


@pytest.mark.slow
@pytest.mark.skipif(not recap.FOLDER.is_dir(), reason=recap.ABSENT)
@pytest.mark.parametrize("name", list(alignment.FLOORS))
def test_the_recap_show_holds_its_floors(name: str) -> None:
    assert not alignment.broken(name, alignment.measured(name, recap.read(recap.FOLDER)))


def test_a_broken_floor_is_told() -> None:
    figures = alignment.Figures(moments=10, errors=(0.0,) * 5 + (20.0,) * 2 + (900.0,) * 2, seconds=0)

    assert [line.split(": ")[1] for line in alignment.broken("recap", figures)] == [
        "within 10 s 0.500 < 0.900",
        "within 30 s 0.700 < 0.950",
        "within 60 s 0.700 < 0.964",
    ]
    assert alignment.broken("strangers", figures) == ["strangers: found 0.900 > 0.060"]
    assert figures.median == 0
