"""Pure: parse what Whisper wrote about one window into pieces with times, and find where the next window begins.

Whisper writes text between timestamp tokens: ``<|0.00|> words <|2.40|><|2.40|> more words <|5.10|>``. The rules are
those of ``whisper.transcribe``, on plain integers, so that they can be tested without a model. A pair of timestamps
closes one piece and opens the next. An unfinished piece after the last pair is left to the next window, which begins at
that pair. A single timestamp at the end means that nothing was said after it, and the whole window is done. One rule is
added: the next window always begins later than this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

PRECISION = 0.02
"""Seconds of one timestamp step."""

FRAMES_PER_STEP = 2
"""Mel frames (10 ms each) of one timestamp step."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text tokens and their time in seconds from the window's start.

    ``positions`` are the indices of these tokens among the window's tokens.
    """

    start: float
    end: float
    tokens: tuple[int, ...]
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ParsedWindow:
    """The pieces of a window in order, and ``frames``, the offset of the next window: more than 0.

    ``spoken`` is where the last piece ends if a single timestamp said that nothing follows it, else the same as
    ``frames``.
    """

    pieces: tuple[Piece, ...]
    frames: int
    spoken: int


def parse_timestamps(tokens: Sequence[int], first_timestamp: int, frames: int) -> ParsedWindow:
    """Parse the tokens of one window.

    ``first_timestamp`` is the token ``<|0.00|>``; ``frames`` is the window's sound in mel frames.
    """
    stamped = [token >= first_timestamp for token in tokens]
    pairs = [at for at in range(1, len(tokens)) if stamped[at - 1] and stamped[at]]
    if not pairs:
        return _whole(tokens, first_timestamp, frames)
    ends_in_silence = stamped[-2:] == [False, True]
    bounds = [0, *pairs, *([len(tokens)] if ends_in_silence else [])]
    pieces = tuple(_piece(tokens, a, b, first_timestamp) for a, b in pairwise(bounds))
    reached = (tokens[bounds[-1] - 1] - first_timestamp) * FRAMES_PER_STEP
    if reached <= 0:
        return ParsedWindow(pieces, frames, frames)
    return ParsedWindow(
        pieces, frames if ends_in_silence else reached, min(reached, frames) if ends_in_silence else reached
    )


def _piece(tokens: Sequence[int], first: int, until: int, first_timestamp: int) -> Piece:
    start, end = (tokens[first] - first_timestamp) * PRECISION, (tokens[until - 1] - first_timestamp) * PRECISION
    return Piece(start, end, *_text(tokens, first, until, first_timestamp))


def _text(
    tokens: Sequence[int], first: int, until: int, first_timestamp: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the text tokens from ``first`` up to ``until``, and their positions."""
    positions = tuple(at for at in range(first, until) if tokens[at] < first_timestamp)
    return tuple(tokens[at] for at in positions), positions


def _whole(tokens: Sequence[int], first_timestamp: int, frames: int) -> ParsedWindow:
    """Return the window as one piece, from its start to its last timestamp or its end."""
    last = next((token - first_timestamp for token in reversed(tokens) if token >= first_timestamp), 0)
    end = last * PRECISION if last > 0 else frames / FRAMES_PER_STEP * PRECISION
    ends_in_silence = last > 0 and len(tokens) > 1 and tokens[-1] >= first_timestamp
    spoken = min(last * FRAMES_PER_STEP, frames) if ends_in_silence else frames
    return ParsedWindow((Piece(0.0, end, *_text(tokens, 0, len(tokens), first_timestamp)),), frames, spoken)
