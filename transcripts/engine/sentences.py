"""Pure: split Whisper's segments at sentence ends and pauses, so that each starts and ends with a word.

Whisper's segment times are used only for segments without words. On telephone speech with seven seconds of ringing
before the first word they are six seconds off, and a segment of 30 seconds may begin with silence. The limits were
chosen on the recordings of ``tests/quality/real_speech``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from transcripts.words import Segment, Word

PAUSE = 1.0
"""A gap of this many seconds between words always ends a segment."""

BREATH = 0.25
"""A gap of this many seconds after the end of a sentence ends its segment."""

LONGEST = 168
"""Characters (four subtitle lines) above which a segment is split at a sentence end, a comma or between words."""

ENDS, PARTS = ".!?…。？！؟।", ",;:—、，；："
CLOSING = "\"'”’»)]」』"


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word as written (spaces and punctuation included), its time in seconds in the window, and its probability."""

    raw: str
    start: float
    end: float
    probability: float


def split_into_sentences(written: Segment, words: Sequence[TimedWord], begin: float) -> Iterator[Segment]:
    """Split one of Whisper's segments into sentences, in media time. ``begin`` is the window's start in seconds."""
    if not words:
        yield written
        return
    for first, last in pairwise([0, *_cuts(words), len(words)]):
        some = words[first:last]
        text = "".join(word.raw for word in some).strip() if last - first < len(words) else written.text
        timed = tuple(_word(word, begin) for word in some if word.raw.strip())
        if text and timed:
            yield replace(written, start=timed[0].start, end=timed[-1].end, text=text, words=timed)


def _word(word: TimedWord, begin: float) -> Word:
    return Word(round(begin + word.start, 3), round(begin + word.end, 3), word.raw.strip(), word.probability)


def _cuts(words: Sequence[TimedWord]) -> Iterator[int]:
    """Yield the indices of the words that start new segments."""
    first = 0
    for at in range(1, len(words)):
        gap = words[at].start - words[at - 1].end
        if gap >= PAUSE or (gap >= BREATH and _ends(words[at - 1], ENDS)) or at == _too_long(words, first):
            yield at
            first = at


def _too_long(words: Sequence[TimedWord], first: int) -> int:
    """Return where a segment that starts with word ``first`` must end because of its length, or 0."""
    length, last = 0, first
    while last < len(words) and length <= LONGEST:
        length += len(words[last].raw)
        last += 1
    if length <= LONGEST:
        return 0
    inside = range(first + 1, last)
    for marks in (ENDS, PARTS):
        if found := [at for at in inside if _ends(words[at - 1], marks)]:
            return found[-1]
    return max(inside, key=lambda at: (round(words[at].start - words[at - 1].end, 2), at), default=0)


def _ends(word: TimedWord, marks: str) -> bool:
    return word.raw.rstrip().rstrip(CLOSING).endswith(tuple(marks))
