"""Where the terms of a query stand in a text: the Python half of what the databases decide about a passage.

It uses the same tokens and the same meaning of word, prefix and phrase as the two indexes, so what it marks is what was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from operator import itemgetter, or_
from typing import NamedTuple

from episodes.search.query import Phrase, Prefix, Term, Titled, Word
from episodes.search.tokenizer import FoldedToken, Token


class Match(NamedTuple):
    """A place of a term: numbers of its first and last token."""

    first: int
    last: int
    term: Term


class Matcher(NamedTuple):
    """Terms in the shape in which they are looked for: by the stem they begin with, or, beginnings of words, by themselves.

    Each has its number in the question: where several stand at one place, they come in that order.
    """

    by_stem: Mapping[str, Sequence[tuple[int, Term]]]
    prefixes: Sequence[tuple[int, Term, str]]


def matcher(terms: Iterable[Term], *, title: bool = False) -> Matcher:
    """What to look for in texts, or in ``title``s."""
    by_stem: dict[str, list[tuple[int, Term]]] = {}
    prefixes: list[tuple[int, Term, str]] = []
    for number, term in enumerate(dict.fromkeys(terms)):
        match _inner(term):
            case _ if isinstance(term, Titled) and not title:
                pass
            case Prefix(form):
                prefixes.append((number, term, form))
            case Word(_, stem) | Phrase((stem, *_)):
                by_stem.setdefault(stem, []).append((number, term))
    return Matcher(by_stem, prefixes)


def matches(terms: Matcher, words: Sequence[Token | FoldedToken]) -> list[Match]:
    """All places of the terms among the tokens of a text, in their order."""
    if not words:
        return []
    *_, forms, stems = zip(*words, strict=True)
    found = [
        (at, at + long - 1, number, term)
        for at, stem in enumerate(stems)
        if stem in terms.by_stem
        for number, term in terms.by_stem[stem]
        if (long := _length(_inner(term), stems, at))
    ]
    for number, term, form in terms.prefixes:
        written, cut = (map(str.startswith, column, repeat(form)) for column in (forms, stems))
        found += [(at, at, number, term) for at, either in enumerate(map(or_, written, cut)) if either]
    if len(found) > 1:
        found.sort(key=_PLACE)
    return [Match(first, last, term) for first, last, _, term in found]


_PLACE = itemgetter(0, 1, 2)


def _inner(term: Term) -> Word | Prefix | Phrase:
    return term.term if isinstance(term, Titled) else term


def _length(term: Word | Prefix | Phrase, stems: Sequence[str], at: int) -> int:
    """How many words a term takes here, where its first stem is; 0 if the others do not follow."""
    if not isinstance(term, Phrase):
        return 1
    wanted, there = list(term.stems), list(stems[at : at + len(term.stems)])
    if term.open_end and len(there) == len(wanted) and there[-1].startswith(wanted[-1]):
        there[-1] = wanted[-1]
    return len(wanted) if there == wanted else 0
