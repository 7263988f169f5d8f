"""Pure: values that come from outside, made safe or refused with a place.

``where`` is said to the person: "segment 12", "event 3". Text is freed of what no database and no encoder takes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import replace

from transcripts.bounded_json import loads
from transcripts.clock import LONGEST, parse_clock
from transcripts.errors import FormatError
from transcripts.text import storable
from transcripts.words import Segment, Transcript, Word

UNKNOWN_END = -1.0
"""Stands for an end that was not given until ``in_order`` sets it."""


def parse_json(text: str) -> object:
    """Any JSON value.

    Raises:
        FormatError: with the line, where it is none.
    """
    try:
        return loads(text)
    except json.JSONDecodeError as error:
        raise FormatError("", f"line {error.lineno}: {error.msg}") from error
    except ValueError as error:
        raise FormatError("", f"this JSON cannot be read: {error}") from error


def as_record(value: object, where: str) -> dict[str, object]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise FormatError("", f"{where}: an object was expected, not {_kind(value)}")
    return value


def as_list(value: object, where: str) -> list[object]:
    """A JSON array."""
    if not isinstance(value, list):
        raise FormatError("", f"{where}: a list was expected, not {_kind(value)}")
    return value


def as_number(value: object, where: str) -> float:
    """A finite number; text that spells one is taken too."""
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            number = math.nan
        if math.isfinite(number):
            return number
    raise FormatError("", f"{where}: a number was expected, not {_kind(value)}")


def as_seconds(value: object, where: str) -> float:
    """Seconds from 0 on, as a number or as a clock time; what lies before 0 becomes 0, and what lies too far is left to ``within``."""
    clock = parse_clock(value) if isinstance(value, str) else None
    return max(0.0, as_number(value, where) if clock is None else clock)


def as_text(value: object, where: str) -> str:
    """Text that can be stored; otherwise as it is."""
    if not isinstance(value, str):
        raise FormatError("", f"{where}: text was expected, not {_kind(value)}")
    return storable(value)


def in_order(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Segments by time, those without text left out; one that ends before it starts lasts until the next begins."""
    kept = sorted((segment for segment in segments if segment.text), key=lambda segment: segment.start)
    following = [segment.start for segment in kept[1:]] + [segment.start for segment in kept[-1:]]
    return tuple(
        segment if segment.end >= segment.start else replace(segment, end=after)
        for segment, after in zip(kept, following, strict=True)
    )


def within(transcript: Transcript) -> Transcript:
    """Without what lies at no time of a recording; how much that was is told in a note.

    Raises:
        FormatError: nothing else is in it.
    """
    kept = tuple(map(_timed, filter(_is_within, transcript.segments)))
    missing = len(transcript.segments) - len(kept)
    if missing and not kept:
        first = max(abs(transcript.segments[0].start), abs(transcript.segments[0].end))
        raise FormatError("", f"segment 1: {first:.6g} seconds is no time in a recording, nor is any other in it")
    note = f"{missing} of {len(transcript.segments)} segments lie at no time of a recording and were passed over"
    return replace(transcript, segments=kept, notes=(*transcript.notes, *([note] if missing else [])))


def _is_within(one: Segment | Word) -> bool:
    return 0 <= one.start <= LONGEST and one.end <= LONGEST


def _timed(segment: Segment) -> Segment:
    return segment if all(map(_is_within, segment.words)) else replace(segment, words=())


def _kind(value: object) -> str:
    return "nothing" if value is None else f"{type(value).__name__} {str(value)[:40]!r}"
