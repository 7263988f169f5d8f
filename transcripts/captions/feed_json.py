"""Read the JSON of podcast feeds (``<podcast:transcript type="application/json">``): segments with speakers and times.

{"version": "1.0.0", "segments": [{"speaker": "Ann", "startTime": 0.5, "endTime": 2.75, "body": "Good evening."}]}
"""

from __future__ import annotations

from transcripts.text import one_line
from transcripts.validation import UNKNOWN_END, as_list, as_record, as_seconds, as_text, in_order
from transcripts.words import Segment


def is_feed_json(record: dict[str, object]) -> bool:
    """Whether its first segment has a ``startTime``."""
    segments = record.get("segments")
    return (
        isinstance(segments, list) and bool(segments) and isinstance(segments[0], dict) and "startTime" in segments[0]
    )


def read_feed_json(record: dict[str, object]) -> tuple[Segment, ...]:
    """Return the segments in order of time.

    Raises:
        FormatError: a segment cannot be read; names it.
    """
    segments = as_list(record.get("segments"), "segments")
    return in_order(
        _segment(as_record(value, f"segment {at + 1}"), f"segment {at + 1}") for at, value in enumerate(segments)
    )


def _segment(value: dict[str, object], where: str) -> Segment:
    end = value.get("endTime")
    return Segment(
        as_seconds(value.get("startTime"), where),
        UNKNOWN_END if end is None else as_seconds(end, where),
        one_line(as_text(value.get("body"), where)),
        one_line(as_text(value.get("speaker") or "", where)) or None,
    )
