"""Apply corrections to segments, and undo them: the original transcription is never lost.

A corrected segment keeps the original text in ``heard``. Corrections are always applied to that text, all of them at once. So leaving
one out undoes it, and applying the same corrections again changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import partial

from transcripts.words import Segment, Word

#: Tolerance in seconds, in either direction, for the moment that a correction was made for: another transcription has other segments.
SLACK = 3.0
#: Maximum of original times corrected words. More would take too long to compare, and no segment is so long.
_MOST_PAIRS = 1_000_000


@dataclass(frozen=True, slots=True)
class Correction:
    """Replace ``heard`` by ``right``, in segments within ``slack`` of second ``at``, or everywhere if ``at`` is None.

    Both are one word or several. Case matters in ``right`` only.
    """

    heard: str
    right: str
    at: float | None = None
    slack: float = SLACK


def original(segment: Segment) -> Segment:
    """Return the segment as transcribed, without corrections."""
    return segment if segment.heard is None else replace(segment, text=segment.heard, heard=None)


def corrected(segments: Iterable[Segment], corrections: Sequence[Correction]) -> tuple[Segment, ...]:
    """Apply exactly these corrections, in order, and no earlier ones."""
    return tuple(_corrected(original(segment), corrections) for segment in segments)


def _corrected(segment: Segment, corrections: Sequence[Correction]) -> Segment:
    text = segment.text
    for one in corrections:
        if is_at(one, segment):
            text = _written(one.heard).sub(partial(_in_case_of, one.right), text)
    return segment if text == segment.text else replace(segment, text=text, heard=segment.text)


def is_at(correction: Correction, segment: Segment) -> bool:
    """Whether a correction was made for this segment."""
    at, slack = correction.at, correction.slack
    return at is None or at == segment.start or segment.start - slack <= at < segment.end + slack


def holds(segment: Segment, heard: str) -> bool:
    """Whether the original text of the segment contains these words."""
    return bool(_written(heard).search(original(segment).text))


def _written(heard: str) -> re.Pattern[str]:
    """Match whole words, with any white space between them."""
    inner = r"\s+".join(map(re.escape, heard.split()))
    return re.compile(rf"(?<!\w){inner}(?!\w)" if inner else r"(?!)", re.IGNORECASE)


def _in_case_of(right: str, found: re.Match[str]) -> str:
    """Return the correction, in capitals if the original was."""
    return right.upper() if found[0].isupper() and len(found[0]) > 1 else right


def spoken_words(segment: Segment) -> tuple[Word, ...]:
    """Return timed words with the corrected text; where the number of words changed, times are spread evenly.

    ``segment.words`` holds the words as transcribed.
    """
    if segment.heard is None or not segment.words:
        return segment.words
    transcribed, corrected_text = [word.text.strip() for word in segment.words], segment.text.split()
    made: list[Word] = []
    if len(transcribed) * len(corrected_text) > _MOST_PAIRS:
        return tuple(_spread(segment, 0, len(transcribed), corrected_text))
    for kind, first, until, begin, end in SequenceMatcher(
        None, transcribed, corrected_text, autojunk=False
    ).get_opcodes():
        made += (
            segment.words[first:until] if kind == "equal" else _spread(segment, first, until, corrected_text[begin:end])
        )
    return tuple(made)


def _spread(segment: Segment, first: int, until: int, texts: Sequence[str]) -> list[Word]:
    """Spread new words evenly over the time of words ``first`` to ``until``."""
    timed = segment.words[first:until]
    start = timed[0].start if timed else (segment.words[first - 1].end if first else segment.start)
    end = timed[-1].end if timed else start
    length = (end - start) / max(len(texts), 1)
    return [Word(start + at * length, start + (at + 1) * length, text) for at, text in enumerate(texts)]
