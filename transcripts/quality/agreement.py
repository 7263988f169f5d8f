"""What was heard, held against published captions of the same sound.

Both are cut into buckets of ten seconds; where two thirds of the words differ, one of them is wrong. Captions may lag a little, so each
bucket is compared with the captions as they are and moved by up to four seconds, and the best counts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from transcripts.quality.kinds import Kind
from transcripts.quality.limits import BUCKET, LAGS, LEAST_ALIKE, LEAST_WORDS
from transcripts.quality.normalize import excerpt, words
from transcripts.words import Mark, Segment, Transcript

Buckets = Mapping[int, list[str]]

#: Captions tell of sounds in brackets: [Applause], (music), ♪.
_SOUNDS = re.compile(r"\[[^\]]{0,80}\]|\([^)]{0,80}\)|[♪♫]")


@dataclass(frozen=True, slots=True)
class _Timed:
    """A word and the second at which it is said, as far as its segment tells."""

    at: float
    word: str


def compare_with_captions(transcript: Transcript, captions: Transcript) -> Transcript:
    """The transcript with marks where the captions disagree, in place of those of an earlier comparison; other marks stay.

    Where the captions have words and nothing was heard, the segment in front of the gap is marked. Captions in another language say
    nothing, and take earlier marks away.
    """
    findings = {} if _foreign(transcript, captions) else _disagreements(transcript.segments, captions.segments)
    return replace(
        transcript, segments=tuple(_marked(one, findings.get(at)) for at, one in enumerate(transcript.segments))
    )


def _foreign(transcript: Transcript, captions: Transcript) -> bool:
    one, other = ((each.language or "").casefold()[:2] for each in (transcript, captions))
    return bool(one and other and one != other)


def _marked(segment: Segment, sentence: str | None) -> Segment:
    if not segment.marks and not sentence:
        return segment
    others = tuple(mark for mark in segment.marks if mark.kind != Kind.CAPTIONS)
    return replace(segment, marks=(*others, Mark(Kind.CAPTIONS, sentence)) if sentence else others)


def _disagreements(segments: Sequence[Segment], captions: Sequence[Segment]) -> dict[int, str]:
    heard, read = list(_timed(segments)), list(_timed(captions))
    if not heard or not read:
        return {}
    ours = _buckets(heard, 0.0)
    theirs = [_buckets(read, lag) for lag in LAGS]
    findings: dict[int, str] = {}
    places = _Places(segments)
    for number in sorted({*ours, *theirs[0]}):
        alike = max(_alike(ours.get(number, []), lagging.get(number, [])) for lagging in theirs)
        if alike < LEAST_ALIKE:
            sentence = _sentence(ours.get(number, []), theirs[0].get(number, []), alike)
            for at in places.of(number):
                findings.setdefault(at, sentence)
    return findings


def _sentence(ours: list[str], theirs: list[str], alike: float) -> str:
    if len(theirs) < LEAST_WORDS:
        return f"the captions have {'nothing' if not theirs else f'only {excerpt(theirs)}'} here"
    if len(ours) < LEAST_WORDS:
        return f"the captions have {len(theirs)} words that were not heard: {excerpt(theirs)}"
    return f"the captions say something else here: {excerpt(theirs)} ({alike:.0%} alike)"


def _alike(ours: Sequence[str], theirs: Sequence[str]) -> float:
    """Jaccard's measure, 0 to 1; 1 where both have too little to compare."""
    if max(len(ours), len(theirs)) < LEAST_WORDS:
        return 1.0
    one, other = set(ours), set(theirs)
    return len(one & other) / len(one | other)


class _Places:
    """Where the segments lie among the buckets."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._inside: defaultdict[int, list[int]] = defaultdict(list)
        for at, one in enumerate(segments):
            if one.text.strip():
                self._inside[int((one.start + one.end) / 2 // BUCKET)].append(at)
        by_start = sorted((one.start, at) for at, one in enumerate(segments))
        self._starts = [start for start, _ in by_start]
        self._latest = list(accumulate((at for _, at in by_start), max))

    def of(self, bucket: int) -> list[int]:
        """The segments with their middle in a bucket; else the last that begins before its end, else the first."""
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
