"""Engines that a worker process loads in tests: they need no Whisper, and some misbehave."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import Event

from transcripts.engine import Ended, Job, Step, Transcribed, Window
from transcripts.errors import MediaError, ModelError
from transcripts.words import Segment


@dataclass(frozen=True)
class Together:
    """Hears up to ``room`` files side by side, one window of each in a step; a file's first word says what it does to the engine.

    "killed", "segfault", "hung", "raises", "exits": at the window ``at``; "torn": it cannot be heard.
    """

    windows: int = 3
    room: int = 3
    at: int = 1
    load: str = "ready"
    name: str = "together"
    signature: str = "together, three windows"
    remark: str = "exactly: by rote"

    def transcribe(self, jobs: Iterable[Job]) -> Iterator[Step]:
        waiting = iter(jobs)
        open_: dict[str, list[Window]] = {}
        paths: dict[str, str] = {}
        while True:
            while len(open_) < self.room and (job := next(waiting, None)):
                open_[job.key] = list(job.done)
                paths[job.key] = job.path.stem
            if not open_:
                return
            brought = {key: window(paths[key], len(done)) for key, done in open_.items() if len(done) < self.windows}
            for key, found in brought.items():
                self._befall(paths[key].split("-")[0], len(open_[key]))
                open_[key].append(found)
            ended = [key for key, done in open_.items() if len(done) == self.windows or paths[key].startswith("torn")]
            errors = {key: MediaError(paths[key]) for key in ended if paths[key].startswith("torn")}
            for key in ended:
                del open_[key]
            heard = tuple(Transcribed(key, found) for key, found in brought.items() if key not in errors)
            yield Step(heard, tuple(Ended(key, errors.get(key)) for key in ended))

    def _befall(self, fate: str, at: int) -> None:
        if at != self.at:
            return
        if fate == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if fate == "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        if fate == "hung":
            Event().wait()
        if fate == "exits":
            os._exit(7)
        if fate == "raises":
            raise ValueError("a bug in the engine")


def window(name: str, at: int) -> Window:
    print(f"printed while {name} is transcribed")  # what libraries print must not reach the pipe
    return Window(at * 30.0, at * 30.0 + 30, 90.0, (Segment(at * 30.0 + 1, at * 30.0 + 5, f"{name} {at}"),), "en")


def make(**more: object) -> Together:
    """Called inside the worker; ``load`` says what happens there."""
    engine = Together(**more)  # type: ignore[arg-type]
    if engine.load == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if engine.load == "missing":
        raise ModelError("large", "it is not on this machine")
    return engine


def variable(name: str) -> Together:
    """An engine whose name is a variable of its process."""
    return Together(name=os.environ.get(name, ""))


def no_model(model: str) -> Together:
    """Load nothing, as where the model is not on this machine."""
    raise ModelError(model, "not on this machine")
