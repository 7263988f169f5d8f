"""Corrections put into segments, and taken out again: what was heard is never lost.

A corrected segment keeps in ``heard`` the text as it was heard. Corrections are always put into that text, all of them at once: so
to leave one out is to undo it, and the same corrections again change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import partial

from transcripts.words import Segment, Word

#: Seconds that a moment may be off, in either direction, and still be the one that a correction was made for: another
#: hearing cuts other segments.
SLACK = 3.0
#: Words heard times words written; beyond, comparing them takes too long, and no segment is so long.
_MOST_PAIRS = 1_000_000


@dataclass(frozen=True, slots=True)
class Correction:
    """``heard`` is really ``right``, in segments that touch the second ``at`` within ``slack``, or everywhere where ``at`` is None.

    Both are a word or several; case counts in ``right`` only.
    """

    heard: str
    right: str
    at: float | None = None
    slack: float = SLACK


def original(segment: Segment) -> Segment:
    """As it was heard."""
    return segment if segment.heard is None else replace(segment, text=segment.heard, heard=None)


def corrected(segments: Iterable[Segment], corrections: Sequence[Correction]) -> tuple[Segment, ...]:
    """The segments with exactly these corrections, whatever they had before; the earlier corrections go first."""
    return tuple(_corrected(original(segment), corrections) for segment in segments)


def _corrected(segment: Segment, corrections: Sequence[Correction]) -> Segment:
    text = segment.text
    for one in corrections:
        if is_at(one, segment):
            text = _written(one.heard).sub(partial(_in_case_of, one.right), text)
    return segment if text == segment.text else replace(segment, text=text, heard=segment.text)


def is_at(correction: Correction, segment: Segment) -> bool:
    """Whether the segment is one that the correction was made for."""
    at, slack = correction.at, correction.slack
    return at is None or at == segment.start or segment.start - slack <= at < segment.end + slack


def holds(segment: Segment, heard: str) -> bool:
    """Whether the words stand in what was heard in this segment."""
    return bool(_written(heard).search(original(segment).text))


def _written(heard: str) -> re.Pattern[str]:
    """The words as whole words, whatever white space is between them."""
    inner = r"\s+".join(map(re.escape, heard.split()))
    return re.compile(rf"(?<!\w){inner}(?!\w)" if inner else r"(?!)", re.IGNORECASE)


def _in_case_of(right: str, found: re.Match[str]) -> str:
    """In capitals where the whole word was."""
    return right.upper() if found[0].isupper() and len(found[0]) > 1 else right


def spoken_words(segment: Segment) -> tuple[Word, ...]:
    """The timed words of a corrected segment with the corrected text; times of what became more or fewer words are spread evenly.

    ``segment.words`` holds the words as they were heard.
    """
    if segment.heard is None or not segment.words:
        return segment.words
    heard, right = [word.text.strip() for word in segment.words], segment.text.split()
    made: list[Word] = []
    if len(heard) * len(right) > _MOST_PAIRS:
        return tuple(_spread(segment, 0, len(heard), right))
    for kind, first, until, begin, end in SequenceMatcher(None, heard, right, autojunk=False).get_opcodes():
        made += segment.words[first:until] if kind == "equal" else _spread(segment, first, until, right[begin:end])
    return tuple(made)


def _spread(segment: Segment, first: int, until: int, texts: Sequence[str]) -> list[Word]:
    """New words in the time of those from ``first`` to ``until``."""
    timed = segment.words[first:until]
    start = timed[0].start if timed else (segment.words[first - 1].end if first else segment.start)
    end = timed[-1].end if timed else start
    length = (end - start) / max(len(texts), 1)
    return [Word(start + at * length, start + (at + 1) * length, text) for at, text in enumerate(texts)]
