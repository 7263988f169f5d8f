"""A batch of windows: decoded, judged, written down, and where there is doubt heard again in other ways.

A window is first decoded greedily, and searched with several beams where Whisper does not trust its words. What is doubted is decoded
without the prompt if there was one, then it is heard in two parts, each from its own beginning, since Whisper loses whole half minutes
that begin badly: parted where speech went unheard, else in the middle; then what still repeats itself, or says nothing, is decoded at
higher temperatures. (On the recordings of ``tests/quality/real_speech`` no other text was ever better for it.) Whichever hearing is
better by its marks is kept, and no way is tried once nothing is doubted, so that hard sound is decoded a few times, not twelve.
Whisper's own way hears once, at all its temperatures.

In a quiet window nobody speaks as far as the voice detection can tell; it is decoded once, and kept only where Whisper is sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from transcripts.engine.clamp_words import clamp_words
from transcripts.engine.dropped_speech import find_dropped_speech
from transcripts.engine.interface import Options
from transcripts.engine.openai_whisper.decoding import Decoded, Decoder, Row
from transcripts.engine.openai_whisper.job_state import Encode, Turn
from transcripts.engine.openai_whisper.languages import InLanguage, Judge
from transcripts.engine.openai_whisper.segments import written
from transcripts.engine.openai_whisper.temperature_fallback import NOBODY, attempts, good_enough, silent, sure, surer
from transcripts.engine.openai_whisper.tokenizer import tokenizer_of
from transcripts.engine.openai_whisper.word_timestamps import Said
from transcripts.engine.sentences import split_into_sentences
from transcripts.engine.timestamps import Piece
from transcripts.quality import MarkKind, better_attempt, mark_missing_words, marks_of_window, needs_retry
from transcripts.words import Segment, Word

if TYPE_CHECKING:
    import torch
    from whisper.model import Whisper


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard in a window: the segments with their marks, by how many frames to go on, and whether another way may be better.

    ``stuck`` says that it is the same words again and again, or none at all where somebody speaks. ``dropped`` are stretches of speech
    that nothing was written for, in frames of the file.
    """

    segments: tuple[Segment, ...]
    frames: int
    doubted: bool
    stuck: bool
    dropped: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """One way to hear a window, or a part of it: with a prompt where the options have one."""

    turn: Turn
    options: Options

    def row(self, features: torch.Tensor) -> Row:
        """What is decoded."""
        prompt = self.turn.listening.prompt if self.options.prompt else ()
        if self.options.faithful:
            return Row(features, self.options.language, prompt, self.turn.start)
        nobody = inf if self.turn.spoken else NOBODY
        return Row(features, self.options.language, prompt, self.turn.start, nobody, bounded=True, watched=True)


@dataclass(frozen=True, slots=True)
class Ear:
    """Hears windows side by side with one model; ``encode`` gives a window's features [times, state]."""

    model: Whisper
    decoder: Decoder
    encode: Encode

    def transcribe(self, turns: Sequence[Turn]) -> list[Hearing]:
        """Hear each window, in parts where the language changes."""
        features: dict[Turn, torch.Tensor] = {}
        self._encode(turns, features)
        judge = Judge(self.decoder, self.encode)
        parted = [[_first(part) for part in judge.parted(turn, features[turn])] for turn in turns]
        heard = iter(self._sure([trial for trials in parted for trial in trials], features))
        return [_joined(trials, [next(heard) for _ in trials]) for trials in parted]

    def _sure(self, trials: Sequence[Trial], features: dict[Turn, torch.Tensor]) -> list[Hearing]:
        """Hear each trial, again where it is doubted."""
        heard = [one[0] for one in self._all([[trial] for trial in trials], features)]
        for way in (_without_prompt, _parts, _hotter):
            doubted = [at for at, one in enumerate(heard) if one.doubted and _again(trials[at].turn)]
            again = {at: other for at in doubted if (other := way(trials[at], heard[at]))}
            for at, parts in zip(again, self._all(list(again.values()), features), strict=True):
                heard[at] = _kept(heard[at], _joined(again[at], parts))
        return heard

    def _all(self, ways: Sequence[Sequence[Trial]], features: dict[Turn, torch.Tensor]) -> list[list[Hearing]]:
        """All trials of all windows side by side; ``features`` are of the windows encoded so far, and get those of the others."""
        flat = [trial for way in ways for trial in way]
        if not flat:
            return []
        self._encode([trial.turn for trial in flat], features)
        rows = [(one.row(features[one.turn]), one.options) for one in flat]
        results = surer(self.decoder, rows, attempts(self.decoder, rows))
        found = zip(flat, results, strict=True)
        written = iter(self.decoder.each(lambda one: self._written(*one, features[one[0].turn]), list(found)))
        return [[next(written) for _ in way] for way in ways]

    def _encode(self, turns: Sequence[Turn], features: dict[Turn, torch.Tensor]) -> None:
        new = [turn for turn in turns if turn not in features]
        features.update(zip(new, self.decoder.each(self.encode, new), strict=True))

    def _written(self, trial: Trial, result: Decoded, features: torch.Tensor) -> Hearing:
        """What was decoded, as segments with words and marks."""
        turn, options = trial.turn, trial.options
        frames = turn.frames
        said: list[tuple[Segment, Piece]] = []
        if not silent(result, options) and (options.faithful or turn.spoken or sure(result)):
            said, frames = written(result, turn, tokenizer_of(self.model, options.language))
        segments, missed = self._timed(trial, features, result, said)
        left = tuple(one for one in missed if one[1] <= turn.start + frames)
        marked = mark_missing_words(
            _marked(segments, turn, frames, options.prompt), [(a / 100, b / 100) for a, b in left]
        )
        doubted = needs_retry(marked) or not good_enough(result, options)
        stuck = result.looped or _stuck(marked, turn)
        return Hearing(() if turn.quiet and not said else marked, frames, doubted, stuck, left)

    def _timed(
        self, trial: Trial, features: torch.Tensor, result: Decoded, said: Sequence[tuple[Segment, Piece]]
    ) -> tuple[list[Segment], list[tuple[int, int]]]:
        """The segments with their words, on the media's clock; and the speech that went unheard."""
        turn, options = trial.turn, trial.options
        pieces = [Said(piece.tokens, piece.start, piece.end, piece.at) for _, piece in said]
        begin = turn.start / 100
        if options.faithful:
            found = self.decoder.words(features, pieces, turn.frames, options.language) if options.words else []
            moved = [tuple(_moved(word, begin) for word in words) for words in found] or [()] * len(said)
            return [clamp_words(replace(one, words=words)) for (one, _), words in zip(said, moved, strict=True)], []
        if not said:
            return [], []
        spoken = turn.steps()
        anywhere = spoken if spoken.any() else ~spoken
        timed = self.decoder.timed(features, result, pieces, anywhere, options.language)
        parts = [split_into_sentences(one, words, begin) for (one, _), words in zip(said, timed.words, strict=True)]
        whole = [one if options.words else replace(one, words=()) for some in parts for one in some]
        missed = [] if timed.attention is None else find_dropped_speech(timed.attention, spoken)
        return whole, [(turn.start + 2 * one.first, turn.start + 2 * one.until) for one in missed]


def _first(part: InLanguage) -> Trial:
    options = replace(part.turn.listening.options, language=part.language)
    if not options.faithful:
        options = replace(options, temperatures=options.temperatures[:1])
    return Trial(part.turn, options)


def _without_prompt(trial: Trial, _heard: Hearing) -> list[Trial]:
    return [replace(trial, options=replace(trial.options, prompt=""))] if trial.turn.listening.prompt else []


def _parts(trial: Trial, heard: Hearing) -> list[Trial]:
    """The window in two parts, the second from where speech went unheard, or in halves; none where there is no pause to part it in."""
    parts = (trial.turn.parted(heard.dropped[0][0]) if heard.dropped else []) or trial.turn.halves()
    return [Trial(turn, replace(trial.options, prompt="")) for turn in parts]


def _hotter(trial: Trial, heard: Hearing) -> list[Trial]:
    hotter = trial.turn.listening.options.temperatures[1:]
    if not hotter or not heard.stuck:
        return []
    return [replace(trial, options=replace(trial.options, prompt="", temperatures=hotter))]


def _stuck(segments: Sequence[Segment], turn: Turn) -> bool:
    looped = any(mark.kind == MarkKind.LOOP for segment in segments for mark in segment.marks)
    return looped or (turn.spoken and not any(segment.text for segment in segments))


def _again(turn: Turn) -> bool:
    """Whether a window may be heard again."""
    return not turn.listening.options.faithful and not turn.quiet


def _joined(trials: Sequence[Trial], parts: Sequence[Hearing]) -> Hearing:
    """What was heard in the parts of a window as one hearing, doubted as a whole: two parts may be too short to miss words in."""
    if len(parts) == 1:
        return parts[0]
    first, last = trials[0].turn, trials[-1].turn
    frames = last.start - first.start + parts[-1].frames
    said = [one for part in parts for one in part.segments if one.text]
    left = tuple(one for part in parts for one in part.dropped)
    marked = mark_missing_words(
        _marked(said, replace(first, end=last.end), frames, ""), [(a / 100, b / 100) for a, b in left]
    )
    doubted = needs_retry(marked) or any(part.doubted for part in parts)
    return Hearing(marked, frames, doubted, any(part.stuck for part in parts), left)


def _marked(segments: Sequence[Segment], turn: Turn, frames: int, prompt: str) -> tuple[Segment, ...]:
    start, end = turn.start, turn.start + min(frames, turn.frames)
    return marks_of_window(segments, start / 100, end / 100, turn.listening.voice.seconds(start, end), prompt)


def _moved(word: Word, seconds: float) -> Word:
    return replace(word, start=round(word.start + seconds, 3), end=round(word.end + seconds, 3))


def _kept(first: Hearing, second: Hearing) -> Hearing:
    kept = better_attempt(first.segments, second.segments)
    return second if kept == second.segments != first.segments else first
