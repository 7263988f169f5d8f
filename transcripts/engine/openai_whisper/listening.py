"""One job while it is heard: its sound, its stripes, and how far each of them is."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from transcripts.engine.interface import Job, Options, Window
from transcripts.engine.openai_whisper.mel import FRAME, WINDOW
from transcripts.engine.stripes import Stripe, ends, reached
from transcripts.spool import Spool
from transcripts.words import Segment

SILENCE = 1e-4
"""A window whose samples all stay below this (-80 dB) holds no speech: three steps of a 16-bit file."""

MOMENT = 5
"""Frames of one moment whose loudness is compared: 50 ms."""

NEARLY = 0.01
"""Power of a moment (-20 dB) that sounds like speech beside the window's loudest."""


@dataclass(slots=True, eq=False)
class Listening:
    """A job with its sound open; ``close`` it. It hears nothing itself.

    ``options`` have the language that all windows are heard in, ``prompt`` are their tokens, ``loudest`` is the sound's greatest
    log-mel.
    """

    job: Job
    spool: Spool
    stripes: tuple[Stripe, ...]
    options: Options
    prompt: tuple[int, ...]
    loudest: float
    done: dict[int, int] = field(init=False)
    at: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Begin each stripe behind what is done of it."""
        self.done = ends(self.job.done)
        self.at = [reached(stripe.start, stripe, self.done) for stripe in self.stripes]

    def go_on(self, number: int, frame: int) -> None:
        """A stripe has been heard up to ``frame``; windows that an earlier run heard from there on are not heard again."""
        self.at[number] = reached(frame, self.stripes[number], self.done)

    def turns(self) -> list[Turn]:
        """The next window of each stripe that is not finished."""
        return [
            Turn(self, number, at, min(at + WINDOW, stripe.end))
            for number, (stripe, at) in enumerate(zip(self.stripes, self.at, strict=True))
            if at < stripe.end
        ]

    def close(self) -> None:
        """Remove the sound."""
        self.spool.close()


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """The window of a stripe that is to be heard now: mel frames ``start`` to ``end``."""

    listening: Listening
    stripe: int
    start: int
    end: int

    @property
    def frames(self) -> int:
        """How much sound it holds; less than 3000 where its stripe ends."""
        return self.end - self.start

    @property
    def silent(self) -> bool:
        """There is nothing to be heard in it. Nothing is passed over where the job asks for whisper's own way."""
        return not self.listening.options.faithful and still(self.listening.spool, self.start, self.end)

    def loud_from(self, frame: int) -> bool:
        """Whether some moment from this frame of the window on is nearly as loud as its loudest."""
        sound = self.listening.spool.read(self.start * FRAME, self.frames * FRAME)
        power = np.square(sound).reshape(-1, MOMENT * FRAME).mean(axis=1)
        return bool(power[-(-frame // MOMENT) :].max(initial=0.0) > NEARLY * power.max())

    def finish(self, segments: tuple[Segment, ...], frames: int) -> Window:
        """Go on behind so many frames; what was heard in them."""
        listening = self.listening
        end = self.start + min(frames, self.frames)
        listening.go_on(self.stripe, end)
        spool = listening.spool
        language = listening.options.language
        return Window(self.start / 100, end / 100, spool.duration, segments, language, spool.flaws)


def still(spool: Spool, start: int, end: int) -> bool:
    """Whether all sound between two frames is below hearing."""
    return float(abs(spool.read(start * FRAME, (end - start) * FRAME)).max(initial=0.0)) < SILENCE
