"""A transcript as alignment reads it: one run of words with their times, cut into sentences.

Talk about something begins where a sentence begins, seldom where a segment does: captions break lines anywhere. A text without
punctuation (automatic captions) is cut at its segments instead.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from transcripts.tokens import fold, matches, stem
from transcripts.words import Segment

#: Fewer words ("Excellent.", "Yes, sure.") belong to the sentence that follows; after so many, a segment's begin ends one.
_FEW, _MANY = 4, 60
_ENDS = re.compile(r"(?<![.?!…。！？])[.?!…。！？]++[\"'”’»)\]]*+(?:\s|$)")
#: How a presenter turns to the next thing. English; elsewhere the other signs have to do.
_TRANSITION = re.compile(
    r"\b(?:next|first|last|final|finally|second|third|fourth|another|moving|move|jump|turning|onto|continuing|now|following|let's|let’s|"
    r"segment|section|topic)\b",
    re.IGNORECASE,
)
_NEAR = 1000  # characters behind a timed word in which the next one stands
_OPENING = 12  # words in which a presenter says so


class SpokenWord(NamedTuple):
    """One word: its folded form, its stem, and where it stands in the talk's text."""

    form: str
    stem: str
    begin: int
    until: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words ``first`` up to ``until`` of a talk. ``turn``: another speaker begins here; ``turning``: its first words announce something."""

    first: int
    until: int
    start: float
    end: float
    speaker_change: bool
    transition: bool


@dataclass(frozen=True, slots=True)
class SpokenText:
    """All that was said, in order of time; words take their times from the clock of their segment."""

    text: str
    words: Sequence[SpokenWord]
    sentences: Sequence[Sentence]
    clocks: Sequence[_Clock]

    def said(self, first: int, until: int) -> str:
        """Words ``first`` up to ``until`` as they are written in the transcript."""
        return self.text[self.words[first].begin : self.words[until - 1].until]

    def times(self, first: int, until: int) -> tuple[float, float]:
        """Seconds at which words ``first`` up to ``until`` begin and end."""
        return _times(self.clocks, self.words[first].begin, self.words[until - 1].until)


def spoken_text(segments: Iterable[Segment]) -> SpokenText:
    """Read segments; words carry the times that the engine gave them, or those that their place in the segment suggests."""
    words: list[SpokenWord] = []
    clocks: list[_Clock] = []
    turns: dict[int, bool] = {}
    ordered = sorted(segments, key=lambda segment: segment.start)
    offset, speaker = 0, None
    for segment in ordered:
        found = [
            SpokenWord(fold(match[0]), stem(match[0]), offset + match.start(), offset + match.end())
            for match in matches(segment.text)
        ]
        if found:
            turns[len(words)] = not words or segment.speaker != speaker
            speaker = segment.speaker
        words += found
        clocks.append(_Clock.of(segment, offset))
        offset += len(segment.text) + 1
    text = " ".join(segment.text for segment in ordered)
    return SpokenText(text, words, list(_sentences(text, words, clocks, turns)), clocks)


@dataclass(frozen=True, slots=True)
class _Clock:
    """Characters of a segment and the seconds at which they are reached; both rise, and between them time runs evenly."""

    places: Sequence[int]
    seconds: Sequence[float]

    @classmethod
    def of(cls, segment: Segment, offset: int) -> _Clock:
        """From the words that have times, else from the segment's ends; the segment begins at ``offset`` of the talk's text."""
        end = max(segment.end, segment.start)
        places, seconds = [0], [segment.start]
        for word in segment.words:
            text = word.text.strip()
            begin = segment.text.find(text, places[-1], places[-1] + len(text) + _NEAR) if text else -1
            if begin >= 0:
                places += [begin, begin + len(text)]
                seconds += [word.start, word.end]
        places.append(max(len(segment.text), 1))
        rising = accumulate([*seconds, end], lambda before, now: min(max(before, now), end))
        return cls([offset + place for place in places], list(rising))

    def at(self, place: int) -> float:
        """Seconds at which a character is reached."""
        later = min(bisect_left(self.places, place, lo=1), len(self.places) - 1)
        begin, end = self.places[later - 1], self.places[later]
        early, late = self.seconds[later - 1], self.seconds[later]
        return early + (late - early) * min(place - begin, end - begin) / (end - begin) if end > begin else late


def _times(clocks: Sequence[_Clock], begin: int, until: int) -> tuple[float, float]:
    """Seconds of a stretch of the talk's text; a stretch over two segments ends in the second."""
    first, last = (
        clocks[bisect_right(clocks, place, key=lambda clock: clock.places[0]) - 1] for place in (begin, until - 1)
    )
    start = first.at(begin)
    return start, max(start, last.at(until))


def _sentences(
    text: str, words: Sequence[SpokenWord], clocks: Sequence[_Clock], turns: Mapping[int, bool]
) -> Iterator[Sentence]:
    """Cut at punctuation and where the speaker changes; ``turns`` tells for the first word of each segment whether he does."""
    stops = {match.start() for match in _ENDS.finditer(text)}
    ends = {place for place, word in enumerate(words, 1) if word.until in stops}
    many = _MANY if len(ends) * _MANY > len(words) else _FEW
    first = 0
    for place in range(1, len(words) + 1):
        so_far = place - first
        segment = place in turns and (turns[place] or so_far >= many)
        if place == len(words) or segment or (so_far >= _FEW and place in ends):
            begin, until = words[first].begin, words[place - 1].until
            opening = text[begin : words[min(first + _OPENING, place) - 1].until]
            transition = _TRANSITION.search(opening) is not None
            yield Sentence(first, place, *_times(clocks, begin, until), turns.get(first, False), transition)
            first = place
