"""Convert the decoded tokens of one window into segments in media time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from transcripts.engine.openai_whisper.decoded import Decoded
from transcripts.engine.openai_whisper.job_state import WindowTask
from transcripts.engine.openai_whisper.mel import WINDOW
from transcripts.engine.timestamps import ParsedWindow, Piece, parse_timestamps
from transcripts.words import Segment

if TYPE_CHECKING:
    from whisper.tokenizer import Tokenizer

DIGITS = 4
"""Significant digits of the model's figures. More would only show which rows were decoded together: sums round
differently in a larger batch, and a resumed run should store the same bytes."""

TAIL = 300
"""Frames at the end of a window. Of a sentence that begins there Whisper hears too little to write it, and ends the
window as if there were no speech; ``whisper.transcribe`` then continues after the first words of the sentence. What
follows a longer pause was transcribed."""


def decoded_segments(
    result: Decoded, task: WindowTask, tokenizer: Tokenizer
) -> tuple[list[tuple[Segment, Piece]], int]:
    """Return the segments of one window with their pieces, and the number of frames to advance.

    A window that ended in a loop is done: starting again where the loop began would lead into it once more.
    """
    end = (tokenizer.timestamp_begin + task.frames // 2,) if result.looped else ()
    found = parse_timestamps((*result.tokens, *end), tokenizer.timestamp_begin, task.frames)
    pieces = list(_segments(found.pieces, result, task, tokenizer))
    return pieces, task.frames if result.looped else _advance(found, task)


def _advance(found: ParsedWindow, task: WindowTask) -> int:
    """Return Whisper's step, or a shorter one if it ended a full window early although loud sound follows."""
    begun = WINDOW - TAIL <= found.spoken < WINDOW == task.frames
    if begun and not task.state.options.faithful and task.is_loud_from(found.spoken):
        return found.spoken
    return found.frames


def _segments(
    pieces: tuple[Piece, ...], result: Decoded, task: WindowTask, tokenizer: Tokenizer
) -> Iterator[tuple[Segment, Piece]]:
    """Yield pieces with text and duration.

    They end where the sound ends, except in Whisper's own mode, which runs past it.
    """
    begin = task.start / 100
    limit = float("inf") if task.state.options.faithful else task.frames / 100
    for piece in pieces:
        text = tokenizer.decode([token for token in piece.tokens if token < tokenizer.eot]).strip()
        start, end = round(begin + piece.start, 3), round(begin + min(piece.end, limit), 3)
        if text and start < end:
            segment = Segment(
                start,
                end,
                text,
                avg_logprob=_rounded(result.avg_logprob),
                compression_ratio=_rounded(result.compression_ratio),
                no_speech_prob=_rounded(result.no_speech_prob),
                temperature=result.temperature,
            )
            yield segment, piece


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else float(f"{figure:.{DIGITS}g}")
