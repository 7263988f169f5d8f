"""Read json3, YouTube's own captions: events with times in milliseconds, words with offsets, no rolling.

    {"events": [{"tStartMs": 2390, "dDurationMs": 4000, "segs": [{"utf8": "and"}, {"utf8": " welcome", "tOffsetMs": 320}]}, …]}

Events without ``segs`` lay out windows, and those with only a line end separate lines: both are ignored. An automatic event lasts as long
as its line is shown, so it is cut where the next one begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest

from transcripts.captions.cues import spread
from transcripts.text import one_line
from transcripts.validation import UNKNOWN_END, as_list, as_number, as_record, as_seconds, as_text, in_order
from transcripts.words import Segment, Word

_CERTAIN = 255
"""``acAsrConf`` of a word recognized with certainty. 0 means unknown."""


def read_json3(record: dict[str, object]) -> tuple[Segment, ...]:
    """Return the segments of a json3 document.

    Raises:
        FormatError: an event cannot be read; names it.
    """
    events = as_list(record.get("events"), "events")
    said = in_order(_event(as_record(event, f"event {at + 1}"), f"event {at + 1}") for at, event in enumerate(events))
    return tuple(_until(segment, after) for segment, after in zip_longest(said, said[1:]))


def _event(event: dict[str, object], where: str) -> Segment:
    segs = [as_record(seg, where) for seg in as_list(event.get("segs") or [], where)]
    start = _seconds(event.get("tStartMs", 0), where)
    length = event.get("dDurationMs")
    end = UNKNOWN_END if length is None else start + _seconds(length, where)
    pieces = [
        (as_text(seg.get("utf8", ""), where), _seconds(seg.get("tOffsetMs", 0), where), _probability(seg, where))
        for seg in segs
    ]
    text = one_line("".join(text for text, _, _ in pieces))
    timed = any(offset for _, offset, _ in pieces)
    return Segment(start, end, text, words=tuple(_words(pieces, start, end)) if timed else ())


def _words(pieces: Sequence[tuple[str, float, float | None]], start: float, end: float) -> Iterator[Word]:
    said = [(text, start + offset, probability) for text, offset, probability in pieces if one_line(text)]
    bounds = pairwise([*(at for _, at, _ in said), end])
    for (text, _, probability), (begin, until) in zip(said, bounds, strict=True):
        for word in spread(text, begin, max(begin, until)):
            yield replace(word, probability=probability)


def _until(segment: Segment, after: Segment | None) -> Segment:
    """Return the segment with its end, and those of its words, limited to the start of the next one."""
    if after is None or segment.end <= after.start:
        return segment
    words = tuple(replace(word, end=max(word.start, min(word.end, after.start))) for word in segment.words)
    return replace(segment, end=after.start, words=words)


def _seconds(thousandths: object, where: str) -> float:
    return as_seconds(as_number(thousandths, where) / 1000, where)


def _probability(seg: dict[str, object], where: str) -> float | None:
    certainty = as_number(seg.get("acAsrConf") or 0, where)
    return certainty / _CERTAIN if 0 < certainty <= _CERTAIN else None
