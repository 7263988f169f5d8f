"""Pure: speaker turns. A turn begins with another speaker, or after a pause; pages and exports start a new paragraph there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from transcripts.words import Segment

PAUSE = 2.0
"""Seconds of silence that end a turn."""


def is_other_speaker(before: Segment | None, segment: Segment) -> bool:
    """Whether the previous segment has another speaker, or does not exist."""
    return before is None or (segment.speaker or "") != (before.speaker or "")


def begins_turn(before: Segment | None, segment: Segment) -> bool:
    """Whether a segment begins a turn; ``before`` is the previous segment with text."""
    return before is None or is_other_speaker(before, segment) or segment.start - before.end >= PAUSE


def turns(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    """Group the segments with text by turn."""
    turn: list[Segment] = []
    for segment in segments:
        if not segment.text.strip():
            continue
        if turn and begins_turn(turn[-1], segment):
            yield turn
            turn = []
        turn.append(segment)
    if turn:
        yield turn
