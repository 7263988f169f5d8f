"""How much of a chunk is done, on plain numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from transcripts.engine import Window
from transcripts.engine.chunks import Chunk, done_intervals, done_until, next_done


def test_a_chunk_is_done_up_to_the_first_gap():
    done = done_intervals(Window(start, end, None) for start, end in [(40, 70.5), (10, 29.98), (29.98, 40), (80, 90)])
    assert done[2998] == 4000
    assert done_until(1000, Chunk(1000, 20_000), done) == 7050
    assert done_until(1000, Chunk(1000, 4000), done) == 4000
    assert done_until(0, Chunk(0, 1000), done) == 0
    assert done_until(8000, Chunk(8000, 9000), done) == 9000


def test_windows_that_overlap_are_not_transcribed_twice():
    done = done_intervals([Window(20, 25, None), Window(0, 12, None), Window(10, 18, None)])
    assert done_until(0, Chunk(0, 3000), done) == 1800
    assert next_done(1800, done) == 2000
    assert done_until(2000, Chunk(2000, 3000), done) == 2500
    assert next_done(2500, done) is None


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 300))), st.integers(1, 1000))
def test_whatever_was_done_by_other_cuts_each_frame_is_transcribed_once(spans, frames):
    done = done_intervals(Window(start / 100, (start + length) / 100, None) for start, length in spans)
    chunk, at, heard = Chunk(0, frames), 0, [0] * frames
    while (at := done_until(at, chunk, done)) < frames:
        end = min(frames, next_done(at, done) or frames)
        heard[at:end] = [one + 1 for one in heard[at:end]]
        at = end
    before = [any(start <= frame < end for start, end in done.items()) for frame in range(frames)]
    assert [one + known for one, known in zip(heard, before, strict=True)] == [1] * frames
