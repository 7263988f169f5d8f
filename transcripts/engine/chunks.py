"""Pure: the parts that a file is heard in, and how far each has been heard. All positions are mel frames of 10 ms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from transcripts.engine.interface import Window

CHUNKING_VERSION = 2
"""Raised when what decides about windows cuts otherwise than before: windows of other stripes cannot be gone on with."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a file that is heard from front to back, from frame ``start`` up to ``end``.

    In a ``quiet`` one nobody speaks as far as the voice detection can tell.
    """

    start: int
    end: int
    quiet: bool = False


def done_intervals(done: Iterable[Window]) -> dict[int, int]:
    """Where each window that is done ends, by where it starts, in their order."""
    return {round(window.start * 100): round(window.end * 100) for window in sorted(done, key=lambda one: one.start)}


def done_until(at: int, chunk: Chunk, done: Mapping[int, int]) -> int:
    """The frame from ``at`` on up to which a stripe is done: behind all windows that follow each other or overlap."""
    for start, end in done.items():
        if start <= at < end:
            at = end
    return min(at, chunk.end)


def next_done(at: int, done: Mapping[int, int]) -> int | None:
    """Where the next window behind ``at`` that is done begins; None where there is none.

    Windows of an earlier run begin and end where those of this one do. Where another machine judged a moment of speech otherwise they
    may not, and what is done is not heard twice.
    """
    return next((start for start in done if start > at), None)
