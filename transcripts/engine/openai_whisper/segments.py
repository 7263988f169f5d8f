"""What was decoded about one window, as segments on the media's clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from transcripts.engine.openai_whisper.decoding import Decoded
from transcripts.engine.openai_whisper.job_state import WindowTask
from transcripts.engine.openai_whisper.mel import WINDOW
from transcripts.engine.timestamps import ParsedWindow, Piece, parse_timestamps
from transcripts.words import Segment

if TYPE_CHECKING:
    from whisper.tokenizer import Tokenizer

DIGITS = 4
"""Digits of the model's figures that are kept. More would only show in which company a window was decoded: sums round otherwise in a
bigger batch, and a run that is continued should store the same bytes."""

TAIL = 300
"""Frames at a window's end. Of a sentence that begins there Whisper hears too little to write it, and closes the window as if nobody
spoke; ``whisper.transcribe`` then goes on behind the sentence's first words. What follows after a longer pause was heard."""


def decoded_segments(
    result: Decoded, task: WindowTask, tokenizer: Tokenizer
) -> tuple[list[tuple[Segment, Piece]], int]:
    """The segments of one window with what each was made of, and by how many frames to go on.

    A window that ended in a loop is done: to begin again where that began leads into it once more.
    """
    end = (tokenizer.timestamp_begin + task.frames // 2,) if result.looped else ()
    found = parse_timestamps((*result.tokens, *end), tokenizer.timestamp_begin, task.frames)
    pieces = list(_segments(found.pieces, result, task, tokenizer))
    return pieces, task.frames if result.looped else _advance(found, task)


def _advance(found: ParsedWindow, task: WindowTask) -> int:
    """Whisper's step, but shorter where it said that nothing follows in a full window's last seconds, and something does."""
    begun = WINDOW - TAIL <= found.spoken < WINDOW == task.frames
    if begun and not task.state.options.faithful and task.is_loud_from(found.spoken):
        return found.spoken
    return found.frames


def _segments(
    pieces: tuple[Piece, ...], result: Decoded, task: WindowTask, tokenizer: Tokenizer
) -> Iterator[tuple[Segment, Piece]]:
    """Pieces with text and time. They end where the sound ends, unless whisper's own way is asked for, which runs past it."""
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
