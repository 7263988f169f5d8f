"""How a quotation differs from what was said, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from transcripts.tokens import fold, matches

#: Sounds that nobody writes down: leaving them out is no misquote.
_SOUNDS = frozenset({"ah", "eh", "er", "erm", "hm", "hmm", "mhm", "uh", "uhm", "um", "äh", "ähm", "öh"})


#: Words that are compared: to find where two texts differ can take time by the cube of their lengths.
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Change:
    """Words that were written where others were said; one of the two may be empty."""

    written: str
    said: str


def difference(written: str, said: str) -> tuple[Change, ...]:
    """Where two texts differ in their words; case, punctuation and sounds like "um" do not count. Empty where they agree."""
    ours, theirs = _words(written)[:_LONGEST], _words(said)[:_LONGEST]
    matcher = SequenceMatcher(None, [form for form, _ in ours], [form for form, _ in theirs], autojunk=False)
    return tuple(
        Change(_text(ours[a:b]), _text(theirs[c:d])) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"
    )


def _words(text: str) -> list[tuple[str, str]]:
    return [pair for pair in _folded(text) if pair[0] not in _SOUNDS]


def _folded(text: str) -> Iterator[tuple[str, str]]:
    for match in matches(re.sub(r"(?<=\w)[-‐‑](?=\w)", " ", text)):
        yield fold(match[0]), match[0]


def _text(words: Sequence[tuple[str, str]]) -> str:
    return " ".join(word for _, word in words)
