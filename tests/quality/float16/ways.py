"""Ours on a device in a precision: what is heard in the recordings, how fast, and in how much of the GPU's memory."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from tests.quality.float16.report import Outcome
from tests.quality.real_speech.recordings import Recording
from tests.quality.real_speech.systems import _segment as segment
from transcripts.engine import Engine, Job, Options, collect, load
from transcripts.engine.interface import Window


@dataclass(frozen=True, slots=True)
class Way:
    """``together``: all files in one call, as a catalog's are heard; otherwise one after the other. ``greedy``: at temperature 0 only.

    Higher temperatures draw, and a GPU draws other numbers than a processor: only greedy ways write the same words but for rounding.
    """

    name: str
    device: str
    precision: str
    words: bool = True
    together: bool = True
    greedy: bool = False


WAYS = (
    Way("float32, processor", "cpu", "float32"),
    Way("float32, processor, greedy", "cpu", "float32", greedy=True),
    Way("float16", "cuda", "auto"),
    Way("float16, a file at a time", "cuda", "auto", together=False),
    Way("float16, without word times", "cuda", "auto", words=False),
    Way("float16, greedy", "cuda", "auto", greedy=True),
    Way("float32", "cuda", "float32"),
    Way("float32, greedy", "cuda", "float32", greedy=True),
)
"""Each is compared with the first of its kind, greedy or not."""


def heard(way: Way, checkpoint: Path, files: Sequence[Recording], rounds: int) -> Outcome:
    """The set heard so many times; the words are those of the last, the seconds those of each."""
    engine = load(str(checkpoint), device=way.device, precision=way.precision)
    options = Options(language="en", words=way.words)
    options = replace(options, temperatures=options.temperatures[:1]) if way.greedy else options
    jobs = [Job(one.name, one.sound, options) for one in files]
    _hear(engine, jobs[:1], together=True)  # what is compiled or read at the first use is not counted
    _forget_peak()
    seconds = []
    for _ in range(rounds):
        begun = time.perf_counter()
        found = _hear(engine, jobs, together=way.together)
        seconds.append(time.perf_counter() - begun)
    return Outcome(way.name, found, tuple(seconds), _peak() if way.device == "cuda" else None, engine.remark)


def _hear(engine: Engine, jobs: Sequence[Job], *, together: bool) -> Mapping[str, object]:
    windows: dict[str, list[Window]] = {job.key: [] for job in jobs}
    for part in [jobs] if together else [[job] for job in jobs]:
        for step in engine.transcribe(part):
            _raise(ended.error for ended in step.ended)
            for one in step.transcribed:
                windows[one.key].append(one.window)
    return {
        key: {"segments": [segment(one) for one in collect(engine.name, found).segments]}
        for key, found in windows.items()
    }


def _raise(errors: Iterable[Exception | None]) -> None:
    for error in errors:
        if error:
            raise error


def _forget_peak() -> None:
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def _peak() -> int:
    return int(torch.cuda.max_memory_reserved()) if torch.cuda.is_available() else 0
