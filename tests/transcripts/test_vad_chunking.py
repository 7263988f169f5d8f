"""The chunks of a file, on plain numbers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transcripts.engine.chunks import Chunk
from transcripts.engine.vad_chunking import EARLY_START, SPEECH_PAD, WINDOW, plan_chunks


def plan(*runs: tuple[float, float]) -> tuple[Chunk, ...]:
    """The plan of a file of runs (seconds, probability of speech), all equally loud."""
    speech = np.array([value for seconds, value in runs for _ in range(round(seconds / 0.032))])
    return plan_chunks(speech, np.ones(len(speech)), round(len(speech) * 3.2))


def spoken(found: tuple[Chunk, ...]) -> list[tuple[int, int]]:
    return [(round(one.start / 100), round(one.end / 100)) for one in found if not one.quiet]


def test_a_window_begins_shortly_before_somebody_speaks_and_ends_shortly_behind():
    found = plan((8, 0.05), (10, 0.9), (8, 0.05))
    assert [one.quiet for one in found] == [True, False, True]
    assert abs(found[1].start - (800 - EARLY_START)) <= 4
    assert abs(found[1].end - (1800 + SPEECH_PAD)) <= 4


def test_speech_of_an_hour_with_pauses_is_cut_in_its_pauses():
    found = plan(*[(6.016, 0.9), (0.8, 0.05)] * 500)
    cuts = [one.end / 100 % 6.816 for one in found[:-1]]
    assert all(6.0 <= cut <= 6.8 for cut in cuts)
    assert not [one for one in found if one.quiet or one.end - one.start > WINDOW]
    assert len(found) < 3400 / 30 * 1.2


def test_a_window_is_not_filled_up_across_a_long_silence():
    assert spoken(plan((5, 0.9), (6, 0.05), (5, 0.9))) == [(0, 5), (10, 16)]
    assert spoken(plan((5, 0.9), (2, 0.05), (5, 0.9))) == [(0, 12)]


def test_one_longer_window_is_better_than_a_cut_in_a_sentence():
    found = plan((20, 0.9), (0.3, 0.05), (8, 0.9), (1.5, 0.05), (20, 0.9))
    assert spoken(found) == [(0, 29), (29, 50)]


def test_who_never_pauses_is_cut_where_it_is_quietest():
    speech = np.full(round(50 / 0.032), 0.9)
    levels = np.ones(len(speech))
    levels[800:806] = 0.1
    first, second = plan_chunks(speech, levels, 5000)
    assert first.end == second.start
    assert abs(first.end - 803 * 3.2) < 10


def test_a_click_is_no_speech_and_silence_is_quiet():
    assert [(one.start, one.end, one.quiet) for one in plan((2, 0.0), (0.06, 0.9), (3, 0.0))] == [(0, 506, True)]
    assert plan() == ()


@given(
    st.lists(st.tuples(st.integers(1, 900), st.floats(0, 1)), max_size=40),
    st.integers(0, 3),
)
def test_every_frame_is_in_one_chunk(runs, more):
    speech = np.array([value for length, value in runs for _ in range(length)])
    frames = max(0, int(len(speech) * 3.2) - more)
    found = plan_chunks(speech, np.ones(len(speech)), frames)
    assert [one.start for one in found[:1]] == ([0] if frames else [])
    assert [one.end for one in found[-1:]] == ([frames] if frames else [])
    assert all(before.end == after.start for before, after in pairwise(found))
    assert all(one.start < one.end for one in found)
    assert all(one.end - one.start <= WINDOW + 2 * SPEECH_PAD for one in found)
