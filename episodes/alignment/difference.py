"""How a quotation differs from what was said, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from transcripts.tokens import fold, matches

#: Filler sounds: omitting them is not a misquote.
_SOUNDS = frozenset({"ah", "eh", "er", "erm", "hm", "hmm", "mhm", "uh", "uhm", "um", "äh", "ähm", "öh"})

#: Most words to compare: the comparison can take cubic time.
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Change:
    """Words written in place of others that were said; one of the two may be empty."""

    written: str
    said: str


def difference(written: str, said: str) -> tuple[Change, ...]:
    """Return where two texts differ in their words, ignoring case, punctuation and fillers like "um"; empty if they agree."""
    quoted, spoken = _words(written)[:_LONGEST], _words(said)[:_LONGEST]
    matcher = SequenceMatcher(None, [form for form, _ in quoted], [form for form, _ in spoken], autojunk=False)
    return tuple(
        Change(_text(quoted[a:b]), _text(spoken[c:d])) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"
    )


def _words(text: str) -> list[tuple[str, str]]:
    return [pair for pair in _folded(text) if pair[0] not in _SOUNDS]


def _folded(text: str) -> Iterator[tuple[str, str]]:
    for match in matches(re.sub(r"(?<=\w)[-‐‑](?=\w)", " ", text)):
        yield fold(match[0]), match[0]


def _text(words: Sequence[tuple[str, str]]) -> str:
    return " ".join(word for _, word in words)
