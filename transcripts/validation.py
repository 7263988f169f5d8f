"""Pure: validate untrusted values; clean them, or refuse them with their position.

``where`` is part of the error for people: "segment 12", "event 3". Characters that no database or encoder accepts are removed from text.
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
"""Placeholder for a missing end, until ``in_order`` sets it."""


def parse_json(text: str) -> object:
    """Parse any JSON value.

    Raises:
        FormatError: invalid JSON; with the line.
    """
    try:
        return loads(text)
    except json.JSONDecodeError as error:
        raise FormatError("", f"line {error.lineno}: {error.msg}") from error
    except ValueError as error:
        raise FormatError("", f"this JSON cannot be read: {error}") from error


def as_record(value: object, where: str) -> dict[str, object]:
    """Return a JSON object, or raise FormatError."""
    if not isinstance(value, dict):
        raise FormatError("", f"{where}: an object was expected, not {_kind(value)}")
    return value


def as_list(value: object, where: str) -> list[object]:
    """Return a JSON array, or raise FormatError."""
    if not isinstance(value, list):
        raise FormatError("", f"{where}: a list was expected, not {_kind(value)}")
    return value


def as_number(value: object, where: str) -> float:
    """Return a finite number; text that spells one is accepted, too."""
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            number = math.nan
        if math.isfinite(number):
            return number
    raise FormatError("", f"{where}: a number was expected, not {_kind(value)}")


def as_seconds(value: object, where: str) -> float:
    """Return seconds, from a number or a clock time. Negative ones become 0; too large ones are left to ``drop_impossible_times``."""
    clock = parse_clock(value) if isinstance(value, str) else None
    return max(0.0, as_number(value, where) if clock is None else clock)


def as_text(value: object, where: str) -> str:
    """Return text, made storable but otherwise unchanged."""
    if not isinstance(value, str):
        raise FormatError("", f"{where}: text was expected, not {_kind(value)}")
    return storable(value)


def in_order(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Return the segments with text, by time. One that ends before it starts lasts until the next begins."""
    kept = sorted((segment for segment in segments if segment.text), key=lambda segment: segment.start)
    following = [segment.start for segment in kept[1:]] + [segment.start for segment in kept[-1:]]
    return tuple(
        segment if segment.end >= segment.start else replace(segment, end=after)
        for segment, after in zip(kept, following, strict=True)
    )


def drop_impossible_times(transcript: Transcript) -> Transcript:
    """Drop segments with times outside of any recording, and add a note with their number.

    Raises:
        FormatError: no segment is left.
    """
    kept = tuple(map(_timed, filter(_is_within, transcript.segments)))
    missing = len(transcript.segments) - len(kept)
    if missing and not kept:
        first = max(abs(transcript.segments[0].start), abs(transcript.segments[0].end))
        raise FormatError(
            "", f"segment 1: {first:.6g} seconds is not a time in a recording, nor is any other time in the file"
        )
    note = f"{missing} of {len(transcript.segments)} segments have times outside of any recording and were skipped"
    return replace(transcript, segments=kept, notes=(*transcript.notes, *([note] if missing else [])))


def _is_within(one: Segment | Word) -> bool:
    return 0 <= one.start <= LONGEST and one.end <= LONGEST


def _timed(segment: Segment) -> Segment:
    return segment if all(map(_is_within, segment.words)) else replace(segment, words=())


def _kind(value: object) -> str:
    return "nothing" if value is None else f"{type(value).__name__} {str(value)[:40]!r}"
