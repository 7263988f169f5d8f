"""Pure: what Whisper wrote about one window, cut into pieces with times, and how far to go on.

Whisper writes text between timestamp tokens: ``<|0.00|> words <|2.40|><|2.40|> more words <|5.10|>``. The rules are those of
``whisper.transcribe``, on plain integers, so that they can be tested without a model: a pair of timestamps closes one piece and
opens the next; an unfinished piece behind the last pair is left to the next window, which begins at that pair; a single
timestamp at the end says that nothing was said behind it, and the whole window is done. One rule is added: a cut always goes on.
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
    """Text tokens and their time in seconds from the window's beginning; ``at`` is where each stands among the window's tokens."""

    start: float
    end: float
    tokens: tuple[int, ...]
    at: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ParsedWindow:
    """A window's pieces in order, and ``frames``, how far the next window begins behind this one: more than 0.

    ``spoken`` is where the last piece ends if a single timestamp said that nothing follows it, else the same as ``frames``.
    """

    pieces: tuple[Piece, ...]
    frames: int
    spoken: int


def parse_timestamps(tokens: Sequence[int], first_timestamp: int, frames: int) -> ParsedWindow:
    """Cut one window's tokens. ``first_timestamp`` is the token of ``<|0.00|>``; ``frames`` is the window's sound in mel frames."""
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
    """The tokens of a stretch that are no timestamps, and where they stand."""
    at = tuple(n for n in range(first, until) if tokens[n] < first_timestamp)
    return tuple(tokens[n] for n in at), at


def _whole(tokens: Sequence[int], first_timestamp: int, frames: int) -> ParsedWindow:
    """The window as one piece, from its beginning to its last timestamp or its end."""
    last = next((token - first_timestamp for token in reversed(tokens) if token >= first_timestamp), 0)
    end = last * PRECISION if last > 0 else frames / FRAMES_PER_STEP * PRECISION
    ends_in_silence = last > 0 and len(tokens) > 1 and tokens[-1] >= first_timestamp
    spoken = min(last * FRAMES_PER_STEP, frames) if ends_in_silence else frames
    return ParsedWindow((Piece(0.0, end, *_text(tokens, 0, len(tokens), first_timestamp)),), frames, spoken)
