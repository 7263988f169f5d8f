"""What of a stripe is done: on plain numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from transcripts.engine import Window
from transcripts.engine.chunks import Stripe, ends, free, reached


def test_a_stripe_is_done_up_to_the_first_gap():
    done = ends(Window(start, end, None) for start, end in [(40, 70.5), (10, 29.98), (29.98, 40), (80, 90)])
    assert done[2998] == 4000
    assert reached(1000, Stripe(1000, 20_000), done) == 7050
    assert reached(1000, Stripe(1000, 4000), done) == 4000
    assert reached(0, Stripe(0, 1000), done) == 0
    assert reached(8000, Stripe(8000, 9000), done) == 9000


def test_windows_that_overlap_are_not_heard_twice():
    done = ends([Window(20, 25, None), Window(0, 12, None), Window(10, 18, None)])
    assert reached(0, Stripe(0, 3000), done) == 1800
    assert free(1800, done) == 2000
    assert reached(2000, Stripe(2000, 3000), done) == 2500
    assert free(2500, done) is None


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 300))), st.integers(1, 1000))
def test_whatever_was_done_by_other_cuts_each_frame_is_heard_once(spans, frames):
    done = ends(Window(start / 100, (start + length) / 100, None) for start, length in spans)
    stripe, at, heard = Stripe(0, frames), 0, [0] * frames
    while (at := reached(at, stripe, done)) < frames:
        end = min(frames, free(at, done) or frames)
        heard[at:end] = [one + 1 for one in heard[at:end]]
        at = end
    before = [any(start <= frame < end for start, end in done.items()) for frame in range(frames)]
    assert [one + known for one, known in zip(heard, before, strict=True)] == [1] * frames
