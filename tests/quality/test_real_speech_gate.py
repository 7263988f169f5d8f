"""Floors on real speech with official ``tiny.en``: a broadcast, a telephone call and a reading, three minutes in all.

The folder with its checkpoint is named by ``NIR_WEIGHTS``, as ``tests.quality.real_speech.weights`` makes it; continuous integration does.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.quality.real_speech.judge import Score, judge, percentile, within
from tests.quality.real_speech.recordings import recordings
from tests.quality.real_speech.systems import Model, nir

pytestmark = pytest.mark.slow

SPOKEN = Path(__file__).parent / "real_speech" / "spoken"


@pytest.fixture(scope="module")
def score() -> Score:
    folder = Path(os.environ.get("NIR_WEIGHTS", "nowhere"))
    if not (folder / "tiny.en.pt").is_file():
        pytest.skip("no official weights: NIR_WEIGHTS names no folder that has tiny.en.pt")
    hear = nir(Model("tiny.en", folder / "tiny.en.pt", folder / "tiny.en-ct2"))
    return sum((judge(one.truth, hear(one.sound)) for one in recordings(SPOKEN)), Score())


def test_words_are_those_that_were_said(score):
    assert score.words > 300
    assert score.word_error <= 6.0


def test_nothing_is_invented_lost_or_repeated(score):
    assert (len(score.invented), len(score.gaps), score.loops) == (0, 0, 0)


def test_words_and_segments_begin_when_they_were_said(score):
    assert within(score.starts, 0.5) >= 97.0
    assert within(score.starts, 1.0) >= 99.0
    assert percentile(score.segment_starts, 90) <= 0.4
