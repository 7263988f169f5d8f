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
class Attempt:
    """One way to hear a window, or a part of it: with a prompt where the options have one."""

    task: WindowTask
    options: Options

    def row(self, features: torch.Tensor) -> Row:
        """What is decoded."""
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
    """Hears windows side by side with one model; ``encode`` gives a window's features [times, state]."""

    model: Whisper
    decoder: Decoder
    encode: Encode

    def transcribe(self, tasks: Sequence[WindowTask]) -> list[WindowTranscript]:
        """Hear each window, in parts where the language changes."""
        features: dict[WindowTask, torch.Tensor] = {}
        self._encode(tasks, features)
        splitter = LanguageSplitter(self.decoder, self.encode)
        parted = [[_first_attempt(part) for part in splitter.split(task, features[task])] for task in tasks]
        heard = iter(self._with_retries([attempt for attempts in parted for attempt in attempts], features))
        return [_join(attempts, [next(heard) for _ in attempts]) for attempts in parted]

    def _with_retries(
        self, attempts: Sequence[Attempt], features: dict[WindowTask, torch.Tensor]
    ) -> list[WindowTranscript]:
        """Hear each trial, again where it is doubted."""
        heard = [one[0] for one in self._run([[attempt] for attempt in attempts], features)]
        for retry in (_without_prompt, _in_parts, _hotter):
            doubted = [at for at, one in enumerate(heard) if one.doubted and _may_retry(attempts[at].task)]
            again = {at: other for at in doubted if (other := retry(attempts[at], heard[at]))}
            for at, parts in zip(again, self._run(list(again.values()), features), strict=True):
                heard[at] = _better(heard[at], _join(again[at], parts))
        return heard

    def _run(
        self, batches: Sequence[Sequence[Attempt]], features: dict[WindowTask, torch.Tensor]
    ) -> list[list[WindowTranscript]]:
        """All trials of all windows side by side; ``features`` are of the windows encoded so far, and get those of the others."""
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
        """What was decoded, as segments with words and marks."""
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
        """The segments with their words, on the media's clock, from the features that are there; and the speech that went unheard."""
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


def _without_prompt(attempt: Attempt, _heard: WindowTranscript) -> list[Attempt]:
    return [replace(attempt, options=replace(attempt.options, prompt=""))] if attempt.task.state.prompt else []


def _in_parts(attempt: Attempt, heard: WindowTranscript) -> list[Attempt]:
    """The window in two parts, the second from where speech went unheard, or in halves; none where there is no pause to part it in."""
    parts = (attempt.task.split_at(heard.dropped[0][0]) if heard.dropped else []) or attempt.task.halves()
    return [Attempt(task, replace(attempt.options, prompt="")) for task in parts]


def _hotter(attempt: Attempt, heard: WindowTranscript) -> list[Attempt]:
    hotter = attempt.task.state.options.temperatures[1:]
    if not hotter or not heard.stuck:
        return []
    return [replace(attempt, options=replace(attempt.options, prompt="", temperatures=hotter))]


def _stuck(segments: Sequence[Segment], task: WindowTask) -> bool:
    looped = any(mark.kind == MarkKind.LOOP for segment in segments for mark in segment.marks)
    return looped or (task.spoken and not any(segment.text for segment in segments))


def _may_retry(task: WindowTask) -> bool:
    """Whether a window may be heard again."""
    return not task.state.options.faithful and not task.quiet


def _join(attempts: Sequence[Attempt], parts: Sequence[WindowTranscript]) -> WindowTranscript:
    """What was heard in the parts of a window as one hearing, doubted as a whole: two parts may be too short to miss words in."""
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
