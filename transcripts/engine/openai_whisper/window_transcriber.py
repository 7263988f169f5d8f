"""Transcribe a batch of windows: decode, check, build segments, and retry in other ways where there is doubt.

A window is first decoded greedily, and by beam search where Whisper does not trust its own words. If the result has
quality marks, it is decoded without the prompt if there was one. Then it is decoded in two parts, each from its own
beginning, because Whisper loses whole windows that begin badly: split where speech was dropped, else in the middle.
Last, text that still repeats itself or is empty is decoded at higher temperatures. (On the recordings of
``tests/quality/real_speech`` no other text was ever improved by it.) The attempt with the better marks is kept, and
retries stop once nothing is in doubt, so difficult sound is decoded a few times, not twelve. Whisper's own mode makes
one attempt at all its temperatures.

In a quiet window the VAD finds no speech. It is decoded once, and its text is kept only if Whisper is confident.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from transcripts.engine.clamp_words import clamp_words
from transcripts.engine.dropped_speech import find_dropped_speech
from transcripts.engine.interface import Options
from transcripts.engine.openai_whisper.decoded import Decoded
from transcripts.engine.openai_whisper.decoding import Decoder, Row
from transcripts.engine.openai_whisper.job_state import Encode, WindowTask
from transcripts.engine.openai_whisper.languages import LanguagePart, LanguageSplitter
from transcripts.engine.openai_whisper.segments import decoded_segments
from transcripts.engine.openai_whisper.temperature_fallback import (
    NO_SPEECH,
    decode_with_fallback,
    is_confident,
    is_good_enough,
    is_silence,
    with_beam_search,
)
from transcripts.engine.openai_whisper.tokenizer import tokenizer_for
from transcripts.engine.sentences import split_into_sentences
from transcripts.engine.timestamps import Piece
from transcripts.quality import MarkKind, better_attempt, mark_missing_words, marks_of_window, needs_retry
from transcripts.words import Segment, Word

if TYPE_CHECKING:
    import torch
    from whisper.model import Whisper


@dataclass(frozen=True, slots=True)
class WindowTranscript:
    """The result of one window: segments with their marks, the number of frames to advance, and whether to retry.

    ``stuck`` is True if the text repeats itself, or is empty although there is speech. ``dropped`` are stretches of
    speech without text, in frames of the file.
    """

    segments: tuple[Segment, ...]
    frames: int
    doubted: bool
    stuck: bool
    dropped: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to transcribe a window or a part of it. Uses the prompt if the options have one."""

    task: WindowTask
    options: Options

    def row(self, features: torch.Tensor) -> Row:
        """Return the row to decode."""
        prompt = self.task.state.prompt if self.options.prompt else ()
        if self.options.faithful:
            return Row(features, self.options.language, prompt, self.task.start)
        no_speech_threshold = inf if self.task.spoken else NO_SPEECH
        return Row(
            features,
            self.options.language,
            prompt,
            self.task.start,
            no_speech_threshold,
            stop_at_loops=True,
            record=True,
        )


@dataclass(frozen=True, slots=True)
class WindowTranscriber:
    """Transcribes windows in parallel with one model. ``encode`` returns a window's features [times, state]."""

    model: Whisper
    decoder: Decoder
    encode: Encode

    def transcribe(self, tasks: Sequence[WindowTask]) -> list[WindowTranscript]:
        """Transcribe each window, split where its language changes."""
        features: dict[WindowTask, torch.Tensor] = {}
        self._encode(tasks, features)
        splitter = LanguageSplitter(self.decoder, self.encode)
        parted = [[_first_attempt(part) for part in splitter.split(task, features[task])] for task in tasks]
        results = iter(self._with_retries([attempt for attempts in parted for attempt in attempts], features))
        return [_join(attempts, [next(results) for _ in attempts]) for attempts in parted]

    def _with_retries(
        self, attempts: Sequence[Attempt], features: dict[WindowTask, torch.Tensor]
    ) -> list[WindowTranscript]:
        """Run each attempt, and retry where the result is in doubt."""
        results = [one[0] for one in self._run([[attempt] for attempt in attempts], features)]
        for retry in (_without_prompt, _in_parts, _hotter):
            doubted = [at for at, one in enumerate(results) if one.doubted and _may_retry(attempts[at].task)]
            again = {at: other for at in doubted if (other := retry(attempts[at], results[at]))}
            for at, parts in zip(again, self._run(list(again.values()), features), strict=True):
                results[at] = _better(results[at], _join(again[at], parts))
        return results

    def _run(
        self, batches: Sequence[Sequence[Attempt]], features: dict[WindowTask, torch.Tensor]
    ) -> list[list[WindowTranscript]]:
        """Run all attempts of all windows in parallel. Adds the features of new windows to ``features``."""
        flat = [attempt for batch in batches for attempt in batch]
        if not flat:
            return []
        self._encode([attempt.task for attempt in flat], features)
        rows = [(one.row(features[one.task]), one.options) for one in flat]
        results = with_beam_search(self.decoder, rows, decode_with_fallback(self.decoder, rows))
        found = zip(flat, results, strict=True)
        transcripts = iter(self.decoder.each(lambda one: self._transcript(*one, features[one[0].task]), list(found)))
        return [[next(transcripts) for _ in batch] for batch in batches]

    def _encode(self, tasks: Sequence[WindowTask], features: dict[WindowTask, torch.Tensor]) -> None:
        new = [task for task in tasks if task not in features]
        features.update(zip(new, self.decoder.each(self.encode, new), strict=True))

    def _transcript(self, attempt: Attempt, result: Decoded, features: torch.Tensor) -> WindowTranscript:
        """Convert a decoded text into segments with words and marks."""
        task, options = attempt.task, attempt.options
        frames = task.frames
        said: list[tuple[Segment, Piece]] = []
        if not is_silence(result, options) and (options.faithful or task.spoken or is_confident(result)):
            said, frames = decoded_segments(result, task, tokenizer_for(self.model, options.language))
        segments, missed = self._with_word_times(attempt, features, result, said)
        left = tuple(one for one in missed if one[1] <= task.start + frames)
        marked = mark_missing_words(
            _with_marks(segments, task, frames, options.prompt), [(a / 100, b / 100) for a, b in left]
        )
        doubted = needs_retry(marked) or not is_good_enough(result, options)
        stuck = result.looped or _stuck(marked, task)
        return WindowTranscript(() if task.quiet and not said else marked, frames, doubted, stuck, left)

    def _with_word_times(
        self, attempt: Attempt, features: torch.Tensor, result: Decoded, said: Sequence[tuple[Segment, Piece]]
    ) -> tuple[list[Segment], list[tuple[int, int]]]:
        """Return the segments with their words, in media time, and the stretches of dropped speech."""
        task, options = attempt.task, attempt.options
        pieces = [piece for _, piece in said]
        begin = task.start / 100
        if options.faithful:
            found = self.decoder.whisper_words(features, pieces, task.frames, options.language) if options.words else []
            moved = [tuple(_shift(word, begin) for word in words) for words in found] or [()] * len(said)
            return [clamp_words(replace(one, words=words)) for (one, _), words in zip(said, moved, strict=True)], []
        if not said:
            return [], []
        spoken = task.speech_steps()
        anywhere = spoken if spoken.any() else ~spoken
        timed = self.decoder.align_words(features, result, pieces, anywhere, options.language)
        parts = [split_into_sentences(one, words, begin) for (one, _), words in zip(said, timed.words, strict=True)]
        whole = [one if options.words else replace(one, words=()) for some in parts for one in some]
        missed = [] if timed.attention is None else find_dropped_speech(timed.attention, spoken)
        return whole, [(task.start + 2 * one.first, task.start + 2 * one.until) for one in missed]


def _first_attempt(part: LanguagePart) -> Attempt:
    options = replace(part.task.state.options, language=part.language)
    if not options.faithful:
        options = replace(options, temperatures=options.temperatures[:1])
    return Attempt(part.task, options)


def _without_prompt(attempt: Attempt, _result: WindowTranscript) -> list[Attempt]:
    return [replace(attempt, options=replace(attempt.options, prompt=""))] if attempt.task.state.prompt else []


def _in_parts(attempt: Attempt, result: WindowTranscript) -> list[Attempt]:
    """Split the window at the first dropped speech, or in halves. Empty if there is no pause to split at."""
    parts = (attempt.task.split_at(result.dropped[0][0]) if result.dropped else []) or attempt.task.halves()
    return [Attempt(task, replace(attempt.options, prompt="")) for task in parts]


def _hotter(attempt: Attempt, result: WindowTranscript) -> list[Attempt]:
    hotter = attempt.task.state.options.temperatures[1:]
    if not hotter or not result.stuck:
        return []
    return [replace(attempt, options=replace(attempt.options, prompt="", temperatures=hotter))]


def _stuck(segments: Sequence[Segment], task: WindowTask) -> bool:
    looped = any(mark.kind == MarkKind.LOOP for segment in segments for mark in segment.marks)
    return looped or (task.spoken and not any(segment.text for segment in segments))


def _may_retry(task: WindowTask) -> bool:
    """Return whether retries are allowed for a window."""
    return not task.state.options.faithful and not task.quiet


def _join(attempts: Sequence[Attempt], parts: Sequence[WindowTranscript]) -> WindowTranscript:
    """Join the results of the parts of a window, and check the whole: parts may be too short to miss words in."""
    if len(parts) == 1:
        return parts[0]
    first, last = attempts[0].task, attempts[-1].task
    frames = last.start - first.start + parts[-1].frames
    said = [one for part in parts for one in part.segments if one.text]
    left = tuple(one for part in parts for one in part.dropped)
    marked = mark_missing_words(
        _with_marks(said, replace(first, end=last.end), frames, ""), [(a / 100, b / 100) for a, b in left]
    )
    doubted = needs_retry(marked) or any(part.doubted for part in parts)
    return WindowTranscript(marked, frames, doubted, any(part.stuck for part in parts), left)


def _with_marks(segments: Sequence[Segment], task: WindowTask, frames: int, prompt: str) -> tuple[Segment, ...]:
    start, end = task.start, task.start + min(frames, task.frames)
    return marks_of_window(segments, start / 100, end / 100, task.state.voice.seconds(start, end), prompt)


def _shift(word: Word, seconds: float) -> Word:
    return replace(word, start=round(word.start + seconds, 3), end=round(word.end + seconds, 3))


def _better(first: WindowTranscript, second: WindowTranscript) -> WindowTranscript:
    kept = better_attempt(first.segments, second.segments)
    return second if kept == second.segments != first.segments else first
