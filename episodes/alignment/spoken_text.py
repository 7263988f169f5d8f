"""A transcript as alignment reads it: a sequence of timed words, cut into sentences.

A new subject begins with a sentence, seldom with a segment: captions break lines anywhere. A text without punctuation (automatic
captions) is cut at its segments instead.
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

#: A sentence of fewer words ("Excellent.", "Yes, sure.") joins the next one. After this many words, a new segment ends a sentence.
_FEW, _MANY = 4, 60
_ENDS = re.compile(r"(?<![.?!…。！？])[.?!…。！？]++[\"'”’»)\]]*+(?:\s|$)")
#: Phrases with which a presenter turns to the next subject. English only; other languages rely on the other features.
_TRANSITION = re.compile(
    r"\b(?:next|first|last|final|finally|second|third|fourth|another|moving|move|jump|turning|onto|continuing|now|following|let's|let’s|"
    r"segment|section|topic)\b",
    re.IGNORECASE,
)
_NEAR = 1000  # search range for the next timed word, in characters
_OPENING = 12  # first words of a sentence in which to look for a transition


class SpokenWord(NamedTuple):
    """One word: its folded form, its stem, and its character range in the text."""

    form: str
    stem: str
    begin: int
    until: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words ``first`` to ``until``. ``speaker_change``: another speaker begins; ``transition``: its first words announce a subject."""

    first: int
    until: int
    start: float
    end: float
    speaker_change: bool
    transition: bool


@dataclass(frozen=True, slots=True)
class SpokenText:
    """Everything said, in order of time. Word times come from the clock of their segment."""

    text: str
    words: Sequence[SpokenWord]
    sentences: Sequence[Sentence]
    clocks: Sequence[_Clock]

    def said(self, first: int, until: int) -> str:
        """Return words ``first`` to ``until`` as written in the transcript."""
        return self.text[self.words[first].begin : self.words[until - 1].until]

    def times(self, first: int, until: int) -> tuple[float, float]:
        """Return the seconds at which words ``first`` to ``until`` begin and end."""
        return _times(self.clocks, self.words[first].begin, self.words[until - 1].until)


def spoken_text(segments: Iterable[Segment]) -> SpokenText:
    """Read segments. Word times are those of the engine, or interpolated within the segment."""
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
    """Maps characters of a segment to seconds by linear interpolation; both sequences are non-decreasing."""

    characters: Sequence[int]
    seconds: Sequence[float]

    @classmethod
    def of(cls, segment: Segment, offset: int) -> _Clock:
        """Build it from timed words, or else from the segment's start and end. The segment begins at character ``offset``."""
        end = max(segment.end, segment.start)
        characters, seconds = [0], [segment.start]
        for word in segment.words:
            text = word.text.strip()
            begin = segment.text.find(text, characters[-1], characters[-1] + len(text) + _NEAR) if text else -1
            if begin >= 0:
                characters += [begin, begin + len(text)]
                seconds += [word.start, word.end]
        characters.append(max(len(segment.text), 1))
        rising = accumulate([*seconds, end], lambda before, now: min(max(before, now), end))
        return cls([offset + one for one in characters], list(rising))

    def at(self, character: int) -> float:
        """Return the second at which a character is said."""
        later = min(bisect_left(self.characters, character, lo=1), len(self.characters) - 1)
        begin, end = self.characters[later - 1], self.characters[later]
        early, late = self.seconds[later - 1], self.seconds[later]
        return early + (late - early) * min(character - begin, end - begin) / (end - begin) if end > begin else late


def _times(clocks: Sequence[_Clock], begin: int, until: int) -> tuple[float, float]:
    """Return start and end, in seconds, of a range of characters; it may span several segments."""
    first, last = (
        clocks[bisect_right(clocks, one, key=lambda clock: clock.characters[0]) - 1] for one in (begin, until - 1)
    )
    start = first.at(begin)
    return start, max(start, last.at(until))


def _sentences(
    text: str, words: Sequence[SpokenWord], clocks: Sequence[_Clock], turns: Mapping[int, bool]
) -> Iterator[Sentence]:
    """Cut at punctuation and at speaker changes. ``turns`` maps the first word of each segment to whether the speaker changes."""
    stops = {match.start() for match in _ENDS.finditer(text)}
    ends = {until for until, word in enumerate(words, 1) if word.until in stops}
    many = _MANY if len(ends) * _MANY > len(words) else _FEW
    first = 0
    for until in range(1, len(words) + 1):
        so_far = until - first
        segment = until in turns and (turns[until] or so_far >= many)
        if until == len(words) or segment or (so_far >= _FEW and until in ends):
            begin, end = words[first].begin, words[until - 1].until
            opening = text[begin : words[min(first + _OPENING, until) - 1].until]
            transition = _TRANSITION.search(opening) is not None
            yield Sentence(first, until, *_times(clocks, begin, end), turns.get(first, False), transition)
            first = until
