"""Where a window's tokens are cut, and where the next window begins: as whisper.transcribe does, and always further."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from transcripts.engine.timestamps import ParsedWindow, Piece, parse_timestamps

FIRST = 1000


def at(seconds: float) -> int:
    return FIRST + round(seconds / 0.02)


def test_pairs_cut_and_the_unfinished_rest_is_left_to_the_next_window():
    tokens = [at(0), 1, 2, at(2.4), at(2.6), 3, at(5.0), at(5.0), 4, 5]
    assert parse_timestamps(tokens, FIRST, 3000) == ParsedWindow(
        (Piece(0.0, 2.4, (1, 2), (1, 2)), Piece(2.6, 5.0, (3,), (5,))), 500, 500
    )


def test_a_single_timestamp_at_the_end_finishes_the_window():
    tokens = [at(0), 1, at(2), at(2), 2, at(28)]
    assert parse_timestamps(tokens, FIRST, 3000) == ParsedWindow(
        (Piece(0.0, 2.0, (1,), (1,)), Piece(2.0, 28.0, (2,), (4,))), 3000, 2800
    )


def test_without_pairs_the_window_is_one_piece():
    piece, open_piece = Piece(0.0, 7.0, (1, 2), (1, 2)), Piece(0.0, 12.34, (1, 2), (1, 2))
    assert parse_timestamps([at(0), 1, 2, at(7)], FIRST, 1234) == ParsedWindow((piece,), 1234, 700)
    assert parse_timestamps([at(0), 1, 2], FIRST, 1234) == ParsedWindow((open_piece,), 1234, 1234)
    assert parse_timestamps([], FIRST, 1234) == ParsedWindow((Piece(0.0, 12.34, (), ()),), 1234, 1234)


def test_a_pair_at_the_windows_beginning_would_stand_still_and_does_not():
    assert parse_timestamps([at(0), at(0), 1, 2], FIRST, 3000).frames == 3000


@settings(deadline=None)
@given(st.lists(st.integers(0, 1500).map(lambda step: FIRST + step) | st.integers(0, FIRST - 1)), st.integers(1, 3000))
def test_every_window_goes_on_and_no_text_is_made_up_or_moved(tokens, frames):
    done = parse_timestamps(tokens, FIRST, frames)
    assert done.frames > 0
    assert 0 < done.spoken <= done.frames
    texts = [token for piece in done.pieces for token in piece.tokens]
    assert texts == [token for token in tokens if token < FIRST][: len(texts)]
    if done.frames == frames and tokens and tokens[-1] >= FIRST:
        assert len(texts) == sum(token < FIRST for token in tokens)
