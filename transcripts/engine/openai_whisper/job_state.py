"""One job in progress: its sound, its chunks, and how far each is transcribed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.chunks import Chunk, done_intervals, done_until, next_done
from transcripts.engine.interface import Job, Options, Window
from transcripts.engine.openai_whisper.mel import HOP, WINDOW
from transcripts.engine.openai_whisper.vad import CLEAR_SPEECH_THRESHOLD, VoiceActivity
from transcripts.engine.vad_chunking import SpeechRun
from transcripts.spool import Spool
from transcripts.words import Segment

if TYPE_CHECKING:
    import numpy.typing as npt
    import torch

Encode = Callable[["WindowTask"], "torch.Tensor"]
"""Return the features [times, state] of a window."""

SILENCE = 1e-4
"""A window whose samples all stay below this (-80 dB) holds no speech: three steps of a 16-bit file."""

MIN_CLEAR_SPEECH = 0.25
"""Seconds of clear speech from which on text is kept even if Whisper is not confident: "bye"."""

LANGUAGE_SAMPLE = 5.0
"""Seconds of clear speech needed to detect a language (right for 76 of 77 stretches in seven languages, ``base``)."""

MIN_PART = 100
"""Minimum length of a part of a window in frames."""

LEAD_IN = 20
"""Frames to start before dropped speech."""

MIN_HALVED = 600
"""Frames of a window from which on it may be transcribed in halves."""

MIN_WORD = 0.2
"""Seconds of speech that are worth a window of their own."""

MOMENT = 5
"""Frames over which loudness is averaged: 50 ms."""

RELATIVE_POWER = 0.01
"""Power, relative to the window's loudest moment (-20 dB), of a moment that may be speech."""


@dataclass(slots=True, eq=False)
class JobState:
    """A job with its sound open; ``close`` it. Does not transcribe.

    ``options`` hold the main language, in which all windows are transcribed unless ``multilingual`` allows others, too.
    ``prompt`` is its tokens. ``loudest`` is the highest log-mel value of the sound, ``voice`` its voice activity.
    ``encoded`` holds features of windows to be transcribed, by first and last frame.
    """

    job: Job
    spool: Spool
    voice: VoiceActivity
    chunks: tuple[Chunk, ...]
    options: Options
    prompt: tuple[int, ...]
    loudest: float
    multilingual: bool = False
    encoded: dict[tuple[int, int], torch.Tensor] = field(default_factory=dict)
    done: dict[int, int] = field(init=False)
    positions: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Continue each chunk after what is done of it."""
        self.done = done_intervals(self.job.done)
        self.positions = [done_until(chunk.start, chunk, self.done) for chunk in self.chunks]

    def advance(self, number: int, frame: int) -> None:
        """Move a chunk to ``frame``, and past the windows of an earlier run from there on."""
        self.positions[number] = done_until(frame, self.chunks[number], self.done)

    def next_tasks(self) -> list[WindowTask]:
        """Return the next window of each unfinished chunk, of at most ``parallel_chunks`` chunks."""
        found = [
            WindowTask(self, number, at, self._end(at, chunk))
            for number, (chunk, at) in enumerate(zip(self.chunks, self.positions, strict=True))
            if at < chunk.end
        ]
        return found[: self.options.parallel_chunks]

    def language_samples(self) -> list[WindowTask]:
        """Return the windows from which to detect the main language.

        The first, middle and last with ``LANGUAGE_SAMPLE`` seconds of clear speech; else the one with most speech. None
        if all are silent.
        """
        tasks = [
            task
            for number, chunk in enumerate(self.chunks)
            for at in range(chunk.start, chunk.end, WINDOW)
            if not (task := WindowTask(self, number, at, min(at + WINDOW, chunk.end))).silent
        ]
        long = [task for task in tasks if task.clear_speech >= LANGUAGE_SAMPLE] or sorted(
            tasks, key=lambda task: task.clear_speech
        )[-1:]
        return [long[at] for at in sorted({0, len(long) // 2, len(long) - 1})] if long else []

    def _end(self, at: int, chunk: Chunk) -> int:
        return min(at + WINDOW, chunk.end, next_done(at, self.done) or chunk.end)

    def close(self) -> None:
        """Delete the sound."""
        self.spool.close()


@dataclass(frozen=True, slots=True, eq=False)
class WindowTask:
    """The next window of a chunk: mel frames ``start`` to ``end``."""

    state: JobState
    chunk: int
    start: int
    end: int

    @property
    def frames(self) -> int:
        """The length of its sound; less than 3000 at the end of its chunk."""
        return self.end - self.start

    @property
    def silent(self) -> bool:
        """Whether it is silent. Always False in Whisper's own mode, which skips nothing."""
        return not self.state.options.faithful and is_silent(self.state.spool, self.start, self.end)

    @property
    def quiet(self) -> bool:
        """Whether the VAD finds no speech in its chunk."""
        return self.state.chunks[self.chunk].quiet

    @property
    def clear_speech(self) -> float:
        """Seconds of clear speech in it."""
        return self.state.voice.seconds(self.start, self.end, CLEAR_SPEECH_THRESHOLD)

    @property
    def spoken(self) -> bool:
        """Whether there is clearly speech in it."""
        return self.clear_speech >= MIN_CLEAR_SPEECH

    def speech_runs(self) -> list[SpeechRun]:
        """Return the runs of speech without pauses, in frames of the file."""
        return self.state.voice.runs(self.start, self.end)

    def speech_steps(self) -> npt.NDArray[np.bool_]:
        """Return whether there is speech in each step of 20 ms."""
        return self.state.voice.steps(self.start, self.end)

    def halves(self) -> list[WindowTask]:
        """Split it at the longest pause around its middle. Empty if it is short or has no pause there."""
        quarter = self.frames // 4
        if self.frames < MIN_HALVED:
            return []
        pause = self.state.voice.longest_pause(self.start + quarter, self.end - quarter)
        return [replace(self, end=pause), replace(self, start=pause)] if pause else []

    def split_at(self, at: int) -> list[WindowTask]:
        """Split it at a frame. Empty if either part is too short."""
        at -= LEAD_IN
        if at - self.start < MIN_PART or self.end - at < MIN_PART:
            return []
        return [replace(self, end=at), replace(self, start=at)]

    def is_loud_from(self, frame: int) -> bool:
        """Return whether any moment from this frame of the window on is nearly as loud as its loudest."""
        sound = self.state.spool.read(self.start * HOP, self.frames * HOP)
        power = np.square(sound).reshape(-1, MOMENT * HOP).mean(axis=1)
        return bool(power[-(-frame // MOMENT) :].max(initial=0.0) > RELATIVE_POWER * power.max())

    def finish(self, segments: tuple[Segment, ...], frames: int) -> Window:
        """Return the result, and advance the chunk by ``frames``.

        A rest of the chunk without speech is done with it.
        """
        state = self.state
        end = self.start + min(frames, self.frames)
        if not state.options.faithful and state.voice.seconds(end, self.end) < MIN_WORD:
            end = self.end
        state.advance(self.chunk, end)
        spool = state.spool
        language = state.options.language
        return Window(self.start / 100, end / 100, spool.duration, segments, language, spool.flaws)


def is_silent(spool: Spool, start: int, end: int) -> bool:
    """Return whether all sound between two frames is below ``SILENCE``."""
    return float(abs(spool.read(start * HOP, (end - start) * HOP)).max(initial=0.0)) < SILENCE
