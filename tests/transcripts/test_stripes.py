"""Where a file is cut, and what of it is done: on plain numbers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.engine import Window
from transcripts.engine.stripes import Stripe, cut_in, ends, reached, stripes, wanted

HOUR = 360_000


@pytest.mark.parametrize(
    ("frames", "parts"),
    [
        (0, 1),
        (100, 1),
        (23_999, 1),
        (24_000, 2),
        (HOUR // 2, 15),
        (HOUR, 16),
        (2 * HOUR, 16),
        (3 * HOUR, 32),
        (6 * HOUR, 48),
    ],
)
def test_long_files_have_full_batches_of_stripes(frames, parts):
    assert len(wanted(frames)) == parts - 1


def test_no_more_stripes_than_asked_for():
    assert wanted(HOUR, 1) == []
    assert wanted(HOUR, 4) == [90_000, 180_000, 270_000]
    assert len(wanted(24_000, 9)) == 1


@given(st.integers(0, 40 * HOUR), st.none() | st.integers(1, 100))
def test_stripes_are_the_whole_file_in_order(frames, most):
    found = stripes(frames, wanted(frames, most))
    assert sum(stripe.end - stripe.start for stripe in found) == frames
    assert all(before.end == after.start for before, after in pairwise(found))
    assert all(stripe.end - stripe.start >= min(frames, 12_000) for stripe in found)
    assert most is None or len(found) <= most


def chunks(*runs: tuple[int, float]) -> list[float]:
    return [value for length, value in runs for _ in range(length)]


def test_the_cut_is_in_the_middle_of_the_longest_pause():
    speech = chunks((100, 0.9), (8, 0.1), (50, 0.8), (20, 0.2), (100, 0.9))
    assert cut_in(speech, speech) == round((158 + 10) * 3.2)


def test_of_two_long_pauses_the_nearer_to_the_wanted_place_is_taken():
    speech = chunks((10, 0.9), (60, 0.1), (60, 0.9), (40, 0.0), (30, 0.9))
    assert cut_in(speech, speech) == round((130 + 20) * 3.2)


def test_a_gap_inside_a_word_is_no_pause_and_without_one_the_quietest_moment_is_taken():
    speech = chunks((50, 0.9), (4, 0.1), (150, 0.9))
    levels = chunks((50, 0.2), (4, 0.1), (60, 0.2), (3, 0.01), (87, 0.2))
    assert cut_in(speech, levels) == round((114 + 1.5) * 3.2)


def test_a_silent_stretch_is_cut_in_its_middle():
    assert cut_in([0.0] * 200, [0.0] * 200) == 320


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=300))
def test_a_cut_lies_inside(found):
    assert 0 < cut_in([speech for speech, _ in found], [level for _, level in found]) < len(found) * 3.2


def test_a_stripe_is_done_up_to_the_first_gap():
    done = ends(Window(start, end, None) for start, end in [(40, 70.5), (10, 29.98), (29.98, 40), (80, 90)])
    assert done[2998] == 4000
    assert reached(1000, Stripe(1000, 20_000), done) == 7050
    assert reached(1000, Stripe(1000, 4000), done) == 4000
    assert reached(0, Stripe(0, 1000), done) == 0
    assert reached(8000, Stripe(8000, 9000), done) == 9000
