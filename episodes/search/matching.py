"""Find a query's terms in a text: in Python, what the index decides in the database.

Tokens, and the meaning of word, prefix and phrase, are the same as in the two indexes: so the highlighted words are the ones that matched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from operator import itemgetter, or_
from typing import NamedTuple

from episodes.search.query import Phrase, Prefix, Term, Titled, Word
from episodes.search.tokenizer import FoldedToken, Token


class Match(NamedTuple):
    """An occurrence of a term: the numbers of its first and last token."""

    first: int
    last: int
    term: Term


class Matcher(NamedTuple):
    """Terms prepared for matching: words and phrases by their first stem, and prefixes.

    Each has its number in the query; matches at the same position come in that order.
    """

    by_stem: Mapping[str, Sequence[tuple[int, Term]]]
    prefixes: Sequence[tuple[int, Term, str]]


def matcher(terms: Iterable[Term], *, title: bool = False) -> Matcher:
    """Prepare terms for matching in texts, or in titles."""
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
    """Return all matches of the terms among the tokens of a text, in text order."""
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
        found.sort(key=_BY_POSITION)
    return [Match(first, last, term) for first, last, _, term in found]


_BY_POSITION = itemgetter(0, 1, 2)


def _inner(term: Term) -> Word | Prefix | Phrase:
    return term.term if isinstance(term, Titled) else term


def _length(term: Word | Prefix | Phrase, stems: Sequence[str], at: int) -> int:
    """Return the number of tokens the term takes at this position, where its first stem is; 0 if the rest does not follow."""
    if not isinstance(term, Phrase):
        return 1
    wanted, there = list(term.stems), list(stems[at : at + len(term.stems)])
    if term.open_end and len(there) == len(wanted) and there[-1].startswith(wanted[-1]):
        there[-1] = wanted[-1]
    return len(wanted) if there == wanted else 0
