"""Pure: where somebody else begins to speak, or the same one again after a pause. Pages and exports part what was said there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from transcripts.words import Segment

PAUSE = 2.0
"""Seconds of silence after which a new turn begins, as it does with another speaker."""


def is_other_speaker(before: Segment | None, segment: Segment) -> bool:
    """Whether somebody else spoke in front of a segment, or nobody."""
    return before is None or (segment.speaker or "") != (before.speaker or "")


def begins_turn(before: Segment | None, segment: Segment) -> bool:
    """Whether a segment begins a turn; ``before`` is the one in front of it that says something."""
    return before is None or is_other_speaker(before, segment) or segment.start - before.end >= PAUSE


def turns(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    """The segments that say something, those of one turn together."""
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
