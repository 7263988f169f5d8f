"""Pure: how well a transcript matches what was said, in words and in seconds.

All counts are of words as Whisper's own normalizer for English leaves them ("don't" is "do not", "9" is "nine"), and hyphens part
words. Times are seconds from the recording's beginning. A word without a time of its own has its share of its segment's, by letters.

- errors: substitutions, deletions and insertions of the cheapest alignment of all words; their sum by the words said is the word error.
- invented: words that were not said, more than ``BEYOND`` seconds from everything that is said.
- misplaced: words that were said, written more than ``BEYOND`` seconds from everything that is said.
- starts: how far the beginning of a rightly heard word is off, where the truth is known word by word.
- segment starts: the same of a segment's beginning against the truth of its first word.
- gaps: stretches of ``LONGEST_GAP`` seconds or more in which people speak and the transcript has no word.
- loops: the same words again and again, which nobody said so.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

#: Seconds from all speech at which a word was not said there.
BEYOND = 1.0
#: A wrong word away from all speech is another word heard amiss if its counterpart is no farther than this, else it is invented.
FAR = 5.0
#: Seconds that the truth of some recordings may be off: their segments say ``coarse``.
COARSE = 2.0
#: Seconds of speech without a word that count as a gap; pauses of a second within it do not end it.
LONGEST_GAP = 5.0
PAUSE = 1.0
#: Times in a row, and words in all, that make a loop of at most so many words.
TIMES, LOOPED, UNIT = 4, 6, 8

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """A normalized word: when it begins and ends, its segment's number, and whether its beginning is more than a share."""

    word: str
    start: float
    end: float
    segment: int
    known: bool


@dataclass(frozen=True, slots=True)
class Score:
    """What one transcript, or several together, came to; ``starts`` and ``segment_starts`` are seconds too late, one a word or segment."""

    words: int = 0
    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0
    invented: tuple[tuple[float, str], ...] = ()
    misplaced: int = 0
    starts: tuple[float, ...] = field(default=(), repr=False)
    segment_starts: tuple[float, ...] = field(default=(), repr=False)
    gaps: tuple[tuple[float, float], ...] = ()
    loops: int = 0

    def __add__(self, other: Score) -> Score:
        """Both together."""
        names = self.__slots__
        return Score(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def word_error(self) -> float:
        """In percent."""
        return 100 * (self.substitutions + self.deletions + self.insertions) / max(1, self.words)


def within(seconds: Iterable[float], limit: float) -> float:
    """The share, in percent, that is off by no more than the limit; 100 of nothing."""
    off = np.abs(list(seconds))
    return 100.0 * float(np.mean(off <= limit)) if len(off) else 100.0


def percentile(seconds: Iterable[float], share: float) -> float:
    """How far off that share (in percent) is at most; 0 of nothing."""
    off = np.abs(list(seconds))
    return float(np.percentile(off, share)) if len(off) else 0.0


def judge(truth: Document, heard: Document) -> Score:
    """The score of a transcript: both are ``{"segments": [{"start", "end", "text", "words"?: [{"start", "end", "text"}]}]}``.

    The truth has ``text`` as well, in the order of reading where people interrupt each other; its segments may be ``coarse``.
    """
    said = list(timed(truth["segments"]))
    written = list(timed(heard["segments"]))
    wrong = errors([one.word for one in by_text(truth["text"])], [one.word for one in written])
    spoken = stretches(truth["segments"])
    invented, misplaced, starts, segments = _placed(truth, said, written, heard, spoken)
    return Score(
        len(by_text(truth["text"])),
        *wrong,
        tuple(invented),
        misplaced,
        tuple(starts),
        tuple(segments),
        tuple(gaps(spoken, written)),
        loops([one.word for one in written]),
    )


def by_text(text: str) -> list[Said]:
    """The words of a text without times."""
    return [Said(word, 0.0, 0.0, 0, known=False) for word in normalized(text)]


@functools.cache
def _normalizer() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # whisper leaves its list of spellings open
        from whisper.normalizers import EnglishTextNormalizer

        return EnglishTextNormalizer()


@functools.lru_cache(maxsize=100_000)
def normalized(text: str) -> tuple[str, ...]:
    """The words that count."""
    return tuple(_normalizer()(text.replace("—", " ").replace("-", " ")).split())


def timed(segments: Sequence[Document]) -> Iterator[Said]:
    """All words with times, in order."""
    for number, segment in enumerate(segments):
        own = [(word["start"], word["end"], word["text"]) for word in segment.get("words") or ()]
        for place, (start, end, text) in enumerate(own or _shares(segment)):
            found = normalized(text)
            for at, word in enumerate(found):
                step = (end - start) / len(found)
                known = bool(own) or place == at == 0
                yield Said(word, start + at * step, start + (at + 1) * step, number, known)


def _shares(segment: Document) -> Iterator[tuple[float, float, str]]:
    words = segment["text"].split()
    letters = sum(map(len, words)) or 1
    at = segment["start"]
    for word in words:
        start, at = at, at + (segment["end"] - segment["start"]) * len(word) / letters
        yield start, at, word


def stretches(segments: Sequence[Document]) -> list[tuple[float, float]]:
    """Where somebody speaks: the words, or whole segments where these have none."""
    found = []
    for segment in segments:
        around = COARSE if segment.get("coarse") else 0.0
        words = [(word["start"], word["end"]) for word in segment.get("words") or ()]
        found += words or [(segment["start"] - around, segment["end"] + around)]
    return sorted(found)


def errors(said: Sequence[str], written: Sequence[str]) -> tuple[int, int, int]:
    """(substitutions, deletions, insertions) of the alignment with the fewest errors."""
    pairs = aligned(said, written, match=0, substitution=1, gap=1)
    substituted = sum(i is not None and j is not None and said[i] != written[j] for i, j in pairs)
    return substituted, sum(j is None for _, j in pairs), sum(i is None for i, _ in pairs)


def aligned(
    said: Sequence[str], written: Sequence[str], *, match: int = 0, substitution: int = 4, gap: int = 3
) -> list[tuple[int | None, int | None]]:
    """The cheapest alignment, as pairs of places; the usual costs prefer a right word to two wrong ones."""
    numbers: dict[str, int] = {}
    one = np.array([numbers.setdefault(word, len(numbers)) for word in said], int)
    other = np.array([numbers.setdefault(word, len(numbers)) for word in written], int)
    steps = np.arange(len(other) + 1) * gap
    costs = np.zeros((len(one) + 1, len(other) + 1), np.int64)
    costs[0] = steps
    for at in range(1, len(one) + 1):
        beside = costs[at - 1, :-1] + np.where(other == one[at - 1], match, substitution)
        row = np.concatenate([[at * gap], np.minimum(beside, costs[at - 1, 1:] + gap)])
        costs[at] = np.minimum.accumulate(row - steps) + steps
    return _path(costs, one, other, match, substitution, gap)


def _path(
    costs: np.ndarray[Any, Any],
    one: np.ndarray[Any, Any],
    other: np.ndarray[Any, Any],
    match: int,
    wrong: int,
    gap: int,
) -> list[tuple[int | None, int | None]]:
    at, to = len(one), len(other)
    path: list[tuple[int | None, int | None]] = []
    while at or to:
        step = match if at and to and one[at - 1] == other[to - 1] else wrong
        if at and to and costs[at, to] == costs[at - 1, to - 1] + step:
            at, to = at - 1, to - 1
            path.append((at, to))
        elif at and costs[at, to] == costs[at - 1, to] + gap:
            at -= 1
            path.append((at, None))
        else:
            to -= 1
            path.append((None, to))
    return path[::-1]


def _placed(
    truth: Document,
    said: Sequence[Said],
    written: Sequence[Said],
    heard: Document,
    spoken: Sequence[tuple[float, float]],
) -> tuple[list[tuple[float, str]], int, list[float], list[float]]:
    """Words invented, how many are misplaced, and how far the beginnings of words and of segments are off."""
    invented: list[tuple[float, str]] = []
    misplaced, starts, segments = 0, [], []
    first_of = {one.segment: place for place, one in reversed(list(enumerate(written)))}
    exact = [not segment.get("coarse") for segment in truth["segments"]]
    for i, j in aligned([one.word for one in said], [one.word for one in written]):
        if j is None:
            continue
        word = written[j]
        away = distance((word.start + word.end) / 2, spoken) > BEYOND
        if i is None or said[i].word != word.word:
            if away and (i is None or abs(said[i].start - word.start) > FAR):
                invented.append((round(word.start, 1), word.word))
            continue
        misplaced += away
        if said[i].known and exact[said[i].segment]:
            starts.append(word.start - said[i].start)
            if first_of[word.segment] == j:
                segments.append(heard["segments"][word.segment]["start"] - said[i].start)
    return invented, misplaced, starts, segments


def distance(second: float, spoken: Sequence[tuple[float, float]]) -> float:
    """Seconds to the nearest speech; 0 in it."""
    return min((max(start - second, second - end, 0.0) for start, end in spoken), default=float("inf"))


def gaps(spoken: Sequence[tuple[float, float]], written: Sequence[Said]) -> Iterator[tuple[float, float]]:
    """Stretches of speech, joined over short pauses, in which nothing is written for ``LONGEST_GAP`` seconds."""
    starts = sorted(one.start for one in written)
    for start, end in _joined(spoken):
        inside = [second for second in starts if start - BEYOND <= second <= end + BEYOND]
        for before, after in zip([start, *inside], [*inside, end], strict=True):
            if after - before >= LONGEST_GAP:
                yield round(before, 1), round(after, 1)


def _joined(spoken: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    start = end = None
    for begin, stop in spoken:
        if start is None or end is None:
            start, end = begin, stop
        elif begin <= end + PAUSE:
            end = max(end, stop)
        else:
            yield start, end
            start, end = begin, stop
    if start is not None and end is not None:
        yield start, end


def loops(words: Sequence[str]) -> int:
    """How many runs of words repeat themselves."""
    at = found = 0
    while at < len(words):
        length = max((_run(words, at, unit) for unit in range(1, UNIT + 1)), default=0)
        found += length > 0
        at += length or 1
    return found


def _run(words: Sequence[str], at: int, unit: int) -> int:
    """Words of the loop that begins here with this unit; 0 where there is none."""
    times = 1
    while words[at + times * unit : at + (times + 1) * unit] == words[at : at + unit] and at + (
        times + 1
    ) * unit <= len(words):
        times += 1
    return times * unit if times >= TIMES and times * unit >= LOOPED else 0
