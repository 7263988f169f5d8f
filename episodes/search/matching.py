"""Where the terms of a query stand in a text: the Python half of what the databases decide about a passage.

It uses the same tokens and the same meaning of word, prefix and phrase as the two indexes, so what it marks is what was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from episodes.search.query import Phrase, Prefix, Term, Titled, Word
from episodes.search.tokens import Token


class Match(NamedTuple):
    """A place of a term: numbers of its first and last token."""

    first: int
    last: int
    term: Term


def matches(terms: Iterable[Term], words: Sequence[Token], *, title: bool = False) -> list[Match]:
    """All places of the terms among the tokens of a text, or of a ``title``, in their order."""
    at: dict[str, list[int]] = {}
    for number, token in enumerate(words):
        at.setdefault(token.stem, []).append(number)
    found = [
        Match(*place, term)
        for term in dict.fromkeys(terms)
        if title or not isinstance(term, Titled)
        for place in _places(term, words, at)
    ]
    return sorted(found, key=lambda match: match[:2])


def _places(term: Term, words: Sequence[Token], at: dict[str, list[int]]) -> Iterator[tuple[int, int]]:
    match term:
        case Titled(inner):
            yield from _places(inner, words, at)
        case Word(_, stem):
            for number in at.get(stem, ()):
                yield number, number
        case Prefix(form):
            for number, token in enumerate(words):
                if token.form.startswith(form) or token.stem.startswith(form):
                    yield number, number
        case Phrase(stems, _, open_end):
            for number in at.get(stems[0], ()):
                if _follows(stems, [token.stem for token in words[number : number + len(stems)]], open_end):
                    yield number, number + len(stems) - 1


def _follows(stems: tuple[str, ...], there: list[str], open_end: bool) -> bool:
    if not open_end:
        return list(stems) == there
    return len(there) == len(stems) and list(stems[:-1]) == there[:-1] and there[-1].startswith(stems[-1])
