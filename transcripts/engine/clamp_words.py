"""Pure: move word times inside their segment.

For engines that use Whisper's own word timestamps, which give the pause before a sentence to its first word. With this,
asking for words changes nothing else in a transcript. Words aligned to speech do not need it: there the segments follow
the words (``sentences.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from transcripts.words import Segment, Word


def clamp_words(segment: Segment) -> Segment:
    """Return the segment with its words inside it and in order. Words outside it share the time of their neighbour."""
    start, end = segment.start, segment.end
    words = list(_in_order(segment))
    if early := sum(word.end <= start for word in words):
        crowd = words[: early + 1]
        words[: early + 1] = _share_time(crowd, start, crowd[-1].end if len(crowd) > early else end)
    if late := sum(word.start >= end for word in words):
        crowd = words[-late - 1 :]
        words[-late - 1 :] = _share_time(crowd, crowd[0].start if len(crowd) > late else start, end)
    return replace(segment, words=tuple(words))


def _in_order(segment: Segment) -> Iterator[Word]:
    at = segment.start
    for word in segment.words:
        start = min(max(word.start, at), segment.end)
        at = min(max(word.end, start), segment.end)
        yield replace(word, start=start, end=at)


def _share_time(words: Sequence[Word], start: float, end: float) -> Iterator[Word]:
    """Divide the time from start to end between words by their length in letters."""
    letters, at = sum(len(word.text) for word in words) or 1, start
    for word in words:
        begin, at = at, min(round(at + (end - start) * len(word.text) / letters, 3), end)
        yield replace(word, start=begin, end=at)
