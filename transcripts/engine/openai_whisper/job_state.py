"""One job while it is heard: its sound, its stripes, and how far each of them is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.chunks import Chunk, done_intervals, done_until, next_done
from transcripts.engine.interface import Job, Options, Window
from transcripts.engine.openai_whisper.mel import HOP, WINDOW
from transcripts.engine.openai_whisper.vad import CLEAR_SPEECH, VoiceActivity
from transcripts.engine.vad_chunking import SpeechRun
from transcripts.spool import Spool
from transcripts.words import Segment

if TYPE_CHECKING:
    import numpy.typing as npt
    import torch

Encode = Callable[["WindowTask"], "torch.Tensor"]
"""Gives a window's features [times, state]."""

SILENCE = 1e-4
"""A window whose samples all stay below this (-80 dB) holds no speech: three steps of a 16-bit file."""

MIN_CLEAR_SPEECH = 0.25
"""Seconds of clear speech from which on Whisper need not be sure: "bye"."""

LANGUAGE_SAMPLE = 5.0
"""Seconds of clear speech of which the language is judged rightly (76 of 77 stretches in seven languages, ``base``)."""

MIN_PART = 100
"""Frames of a part of a window that is worth hearing by itself."""

LEAD_IN = 20
"""Frames before speech that went unheard with which to begin."""

MIN_HALVED = 600
"""Frames of a window from which on its halves are worth hearing."""

MIN_WORD = 0.2
"""Seconds of speech that are worth a window of their own."""

MOMENT = 5
"""Frames of one moment whose loudness is compared: 50 ms."""

RELATIVE_POWER = 0.01
"""Power of a moment (-20 dB) that sounds like speech beside the window's loudest."""


@dataclass(slots=True, eq=False)
class JobState:
    """A job with its sound open; ``close`` it. It hears nothing itself.

    ``options`` have the main language, in which all windows are heard unless ``languages`` says that others may be spoken, too;
    ``prompt`` are their tokens, ``loudest`` is the sound's greatest log-mel, ``voice`` where people speak in it. ``encoded`` are
    features of windows that are to be heard, by their first and last frame.
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
        """Begin each stripe behind what is done of it."""
        self.done = done_intervals(self.job.done)
        self.positions = [done_until(chunk.start, chunk, self.done) for chunk in self.chunks]

    def advance(self, number: int, frame: int) -> None:
        """A stripe has been heard up to ``frame``; windows that an earlier run heard from there on are not heard again."""
        self.positions[number] = done_until(frame, self.chunks[number], self.done)

    def next_tasks(self) -> list[WindowTask]:
        """The next window of each stripe that is not finished, of as many stripes as the job has side by side."""
        found = [
            WindowTask(self, number, at, self._end(at, chunk))
            for number, (chunk, at) in enumerate(zip(self.chunks, self.positions, strict=True))
            if at < chunk.end
        ]
        return found[: self.options.parallel_chunks]

    def language_samples(self) -> list[WindowTask]:
        """The windows that tell the main language: the first, the middle one and the last in which somebody speaks for ``LANGUAGE_SAMPLE``.

        Else the one in which somebody speaks longest; none if all is still.
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
        """Remove the sound."""
        self.spool.close()


@dataclass(frozen=True, slots=True, eq=False)
class WindowTask:
    """The window of a stripe that is to be heard now: mel frames ``start`` to ``end``."""

    state: JobState
    chunk: int
    start: int
    end: int

    @property
    def frames(self) -> int:
        """How much sound it holds; less than 3000 where its stripe ends."""
        return self.end - self.start

    @property
    def silent(self) -> bool:
        """There is nothing to be heard in it. Nothing is passed over where the job asks for whisper's own way."""
        return not self.state.options.faithful and is_silent(self.state.spool, self.start, self.end)

    @property
    def quiet(self) -> bool:
        """Nobody speaks in it, as far as the voice detection can tell."""
        return self.state.chunks[self.chunk].quiet

    @property
    def clear_speech(self) -> float:
        """How many seconds of clear speech there are in it."""
        return self.state.voice.seconds(self.start, self.end, CLEAR_SPEECH)

    @property
    def spoken(self) -> bool:
        """Somebody clearly speaks in it."""
        return self.clear_speech >= MIN_CLEAR_SPEECH

    def speech_runs(self) -> list[SpeechRun]:
        """Where somebody speaks, without the pauses, in frames of the file."""
        return self.state.voice.runs(self.start, self.end)

    def speech_steps(self) -> npt.NDArray[np.bool_]:
        """Whether somebody speaks in each 20 ms."""
        return self.state.voice.steps(self.start, self.end)

    def halves(self) -> list[WindowTask]:
        """Its two halves, parted in the longest pause around the middle; none where it is short, or nobody pauses."""
        quarter = self.frames // 4
        if self.frames < MIN_HALVED:
            return []
        pause = self.state.voice.longest_pause(self.start + quarter, self.end - quarter)
        return [replace(self, end=pause), replace(self, start=pause)] if pause else []

    def split_at(self, at: int) -> list[WindowTask]:
        """It up to a frame, and from there on; nothing if either is too short to be worth it."""
        at -= LEAD_IN
        if at - self.start < MIN_PART or self.end - at < MIN_PART:
            return []
        return [replace(self, end=at), replace(self, start=at)]

    def is_loud_from(self, frame: int) -> bool:
        """Whether some moment from this frame of the window on is nearly as loud as its loudest."""
        sound = self.state.spool.read(self.start * HOP, self.frames * HOP)
        power = np.square(sound).reshape(-1, MOMENT * HOP).mean(axis=1)
        return bool(power[-(-frame // MOMENT) :].max(initial=0.0) > RELATIVE_POWER * power.max())

    def finish(self, segments: tuple[Segment, ...], frames: int) -> Window:
        """Go on behind so many frames; what was heard in them. What is left of a stripe without anybody speaking is done with it."""
        state = self.state
        end = self.start + min(frames, self.frames)
        if not state.options.faithful and state.voice.seconds(end, self.end) < MIN_WORD:
            end = self.end
        state.advance(self.chunk, end)
        spool = state.spool
        language = state.options.language
        return Window(self.start / 100, end / 100, spool.duration, segments, language, spool.flaws)


def is_silent(spool: Spool, start: int, end: int) -> bool:
    """Whether all sound between two frames is below hearing."""
    return float(abs(spool.read(start * HOP, (end - start) * HOP)).max(initial=0.0)) < SILENCE
