"""Compare a transcript with published captions of the same audio.

Both are cut into buckets of ten seconds; where two thirds of the words differ, one of the two is wrong. Captions may lag a little, so each
bucket is compared with the captions as they are and shifted by up to four seconds, and the best similarity counts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from transcripts.quality.kinds import MarkKind
from transcripts.quality.limits import BUCKET, LAGS, LEAST_ALIKE, LEAST_WORDS
from transcripts.quality.normalize import excerpt, words
from transcripts.words import Mark, Segment, Transcript

Buckets = Mapping[int, list[str]]

#: Captions describe sounds in brackets: [Applause], (music), ♪.
_SOUNDS = re.compile(r"\[[^\]]{0,80}\]|\([^)]{0,80}\)|[♪♫]")


@dataclass(frozen=True, slots=True)
class _Timed:
    """A word and the second at which it is said, interpolated within its segment."""

    at: float
    word: str


def compare_with_captions(transcript: Transcript, captions: Transcript) -> Transcript:
    """Mark segments where the captions disagree, replacing the marks of an earlier comparison; other marks stay.

    Where the captions have words and the transcript has none, the segment in front of the gap is marked. Captions in another language
    are not compared, and earlier marks are removed.
    """
    findings = (
        {} if _is_other_language(transcript, captions) else _disagreements(transcript.segments, captions.segments)
    )
    return replace(
        transcript, segments=tuple(_marked(one, findings.get(at)) for at, one in enumerate(transcript.segments))
    )


def _is_other_language(transcript: Transcript, captions: Transcript) -> bool:
    one, other = ((each.language or "").casefold()[:2] for each in (transcript, captions))
    return bool(one and other and one != other)


def _marked(segment: Segment, sentence: str | None) -> Segment:
    if not segment.marks and not sentence:
        return segment
    others = tuple(mark for mark in segment.marks if mark.kind != MarkKind.CAPTIONS)
    return replace(segment, marks=(*others, Mark(MarkKind.CAPTIONS, sentence)) if sentence else others)


def _disagreements(segments: Sequence[Segment], captions: Sequence[Segment]) -> dict[int, str]:
    words_said, words_shown = list(_timed(segments)), list(_timed(captions))
    if not words_said or not words_shown:
        return {}
    transcribed = _buckets(words_said, 0.0)
    captioned = [_buckets(words_shown, lag) for lag in LAGS]
    findings: dict[int, str] = {}
    by_bucket = _SegmentsByBucket(segments)
    for number in sorted({*transcribed, *captioned[0]}):
        similarity = max(_similarity(transcribed.get(number, []), lagging.get(number, [])) for lagging in captioned)
        if similarity < LEAST_ALIKE:
            sentence = _sentence(transcribed.get(number, []), captioned[0].get(number, []), similarity)
            for at in by_bucket.of(number):
                findings.setdefault(at, sentence)
    return findings


def _sentence(transcribed: list[str], captioned: list[str], similarity: float) -> str:
    if len(captioned) < LEAST_WORDS:
        return f"the captions have {'nothing' if not captioned else f'only {excerpt(captioned)}'} here"
    if len(transcribed) < LEAST_WORDS:
        return f"the captions have {len(captioned)} words that are missing here: {excerpt(captioned)}"
    return f"the captions differ here: {excerpt(captioned)} ({similarity:.0%} the same)"


def _similarity(transcribed: Sequence[str], captioned: Sequence[str]) -> float:
    """Return the Jaccard similarity, 0 to 1; 1 if both have too few words to compare."""
    if max(len(transcribed), len(captioned)) < LEAST_WORDS:
        return 1.0
    one, other = set(transcribed), set(captioned)
    return len(one & other) / len(one | other)


class _SegmentsByBucket:
    """Finds the segments of a bucket."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._inside: defaultdict[int, list[int]] = defaultdict(list)
        for at, one in enumerate(segments):
            if one.text.strip():
                self._inside[int((one.start + one.end) / 2 // BUCKET)].append(at)
        by_start = sorted((one.start, at) for at, one in enumerate(segments))
        self._starts = [start for start, _ in by_start]
        self._latest = list(accumulate((at for _, at in by_start), max))

    def of(self, bucket: int) -> list[int]:
        """Return the segments with their middle in a bucket; else the last that begins before its end, else the first."""
        if bucket in self._inside:
            return self._inside[bucket]
        before = bisect_left(self._starts, (bucket + 1) * BUCKET)
        return [self._latest[before - 1]] if before else [0]


def _timed(segments: Sequence[Segment]) -> Iterator[_Timed]:
    for segment in segments:
        found = words(_SOUNDS.sub(" ", segment.text))
        length = max(segment.end - segment.start, 0.0)
        yield from (_Timed(segment.start + length * (at + 0.5) / len(found), word) for at, word in enumerate(found))


def _buckets(timed: Sequence[_Timed], moved: float) -> Buckets:
    buckets: defaultdict[int, list[str]] = defaultdict(list)
    for one in timed:
        buckets[int(max(one.at + moved, 0.0) // BUCKET)].append(one.word)
    return buckets
