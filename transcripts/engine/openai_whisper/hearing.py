"""A batch of windows: decoded, judged, written down, doubted, and where there is doubt heard a second time.

The second hearing has other settings: without the prompt if there was one, else at the temperatures that were not tried. It costs a
decoding from the saved features, and no encoding. Whichever is better by its marks is kept; whisper's own way hears once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from transcripts.engine.interface import Options
from transcripts.engine.openai_whisper import speech
from transcripts.engine.openai_whisper.asked import tokenizer_of
from transcripts.engine.openai_whisper.decoding import Decoded, Decoder, Row
from transcripts.engine.openai_whisper.judge import attempts, silent
from transcripts.engine.openai_whisper.listening import Turn
from transcripts.engine.openai_whisper.text import written
from transcripts.engine.openai_whisper.word_times import Said
from transcripts.engine.timestamps import Piece
from transcripts.engine.within import within
from transcripts.quality import better, marks_of_window, suspect
from transcripts.words import Segment, Word

if TYPE_CHECKING:
    import torch
    from whisper.model import Whisper

USUAL = (8.0, 22.0)
"""Characters a second that a window of talk has, pauses included. The voice detection, which would see to the rest, costs a tenth of a
window's hearing, and is asked about the others only: they may be words over silence, or speech without words."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard in a window: the segments with their marks, by how many frames to go on, and what it was made of."""

    segments: tuple[Segment, ...]
    frames: int
    result: Decoded


def hear(model: Whisper, decoder: Decoder, turns: Sequence[Turn], features: Sequence[torch.Tensor]) -> list[Hearing]:
    """Hear windows side by side, each from its features [1500, state]."""
    rows = [_row(turn, one) for turn, one in zip(turns, features, strict=True)]
    heard = _heard(model, decoder, turns, rows)
    doubtful = [at for at, one in enumerate(heard) if suspect(one.segments)]
    again = {at: other for at in doubtful if (other := _otherwise(*rows[at], heard[at].result))}
    second = _heard(model, decoder, [turns[at] for at in again], list(again.values()))
    for at, one in zip(again, second, strict=True):
        heard[at] = _kept(heard[at], one)
    return heard


def _row(turn: Turn, features: torch.Tensor) -> tuple[Row, Options]:
    listening = turn.listening
    return Row(features, listening.options.language, listening.prompt, turn.start), listening.options


def _otherwise(row: Row, options: Options, result: Decoded) -> tuple[Row, Options] | None:
    """Other settings for a window that was heard doubtfully; None if there are none left to try."""
    if options.faithful:
        return None
    if row.prompt:
        return replace(row, prompt=()), replace(options, prompt="")
    hotter = tuple(temperature for temperature in options.temperatures if temperature > result.temperature)
    return (row, replace(options, temperatures=hotter)) if hotter else None


def _heard(
    model: Whisper, decoder: Decoder, turns: Sequence[Turn], rows: Sequence[tuple[Row, Options]]
) -> list[Hearing]:
    results = attempts(decoder, rows) if rows else []
    return [
        _written(model, decoder, turn, row.features, result, options)
        for turn, result, (row, options) in zip(turns, results, rows, strict=True)
    ]


def _written(
    model: Whisper, decoder: Decoder, turn: Turn, features: torch.Tensor, result: Decoded, options: Options
) -> Hearing:
    said: list[tuple[Segment, Piece]] = []
    frames = turn.frames
    if not silent(result, options):
        said, frames = written(result, turn, tokenizer_of(model, options.language))
    segments = _with_words(decoder, turn, features, said) if options.words else [segment for segment, _ in said]
    start, end = turn.start, turn.start + min(frames, turn.frames)
    spoken = None if _usual(segments, end - start) else speech.seconds(turn.listening.spool, start, end)
    return Hearing(marks_of_window(segments, start / 100, end / 100, spoken, options.prompt), frames, result)


def _with_words(
    decoder: Decoder, turn: Turn, features: torch.Tensor, said: Sequence[tuple[Segment, Piece]]
) -> list[Segment]:
    """The segments with their words, on the media's clock, from the features that are there."""
    pieces = [Said(piece.tokens, piece.start, piece.end) for _, piece in said]
    found = decoder.words(features, pieces, turn.frames, turn.listening.options.language) if pieces else []
    begin = turn.start / 100
    return [
        within(replace(segment, words=tuple(_moved(word, begin) for word in words)))
        for (segment, _), words in zip(said, found, strict=True)
    ]


def _moved(word: Word, seconds: float) -> Word:
    return replace(word, start=round(word.start + seconds, 3), end=round(word.end + seconds, 3))


def _usual(segments: Sequence[Segment], frames: int) -> bool:
    least, most = USUAL
    return least <= sum(len(segment.text) for segment in segments) / (frames / 100) <= most


def _kept(first: Hearing, second: Hearing) -> Hearing:
    kept = better(first.segments, second.segments)
    return second if kept == second.segments != first.segments else first
