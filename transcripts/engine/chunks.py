"""Pure: the chunks of a file that run in parallel, and how much of each is done. Positions are mel frames (10 ms)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from transcripts.engine.interface import Window

CHUNKING_VERSION = 2
"""Increase this when the chunking rules change: windows of other chunks cannot be resumed."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a file that is transcribed from front to back, from frame ``start`` up to ``end``.

    In a ``quiet`` chunk the VAD finds no speech.
    """

    start: int
    end: int
    quiet: bool = False


def done_intervals(done: Iterable[Window]) -> dict[int, int]:
    """Map the start of each done window to its end, in order of time."""
    return {round(window.start * 100): round(window.end * 100) for window in sorted(done, key=lambda one: one.start)}


def done_until(at: int, chunk: Chunk, done: Mapping[int, int]) -> int:
    """Return the frame up to which a chunk is done from ``at`` on: the end of all windows that touch or overlap."""
    for start, end in done.items():
        if start <= at < end:
            at = end
    return min(at, chunk.end)


def next_done(at: int, done: Mapping[int, int]) -> int | None:
    """Return the start of the next done window after ``at``, or None.

    Windows of an earlier run normally start and end where those of this run do. They may not if another machine judged
    a moment of speech differently; this keeps what is done from being transcribed twice.
    """
    return next((start for start in done if start > at), None)
