"""Where the terms of a query stand in a text: the Python half of what the databases decide about a passage.

It uses the same tokens and the same meaning of word, prefix and phrase as the two indexes, so what it marks is what was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from episodes.search.query import Phrase, Prefix, Term, Titled, Word
from episodes.search.tokens import Folded, Token


class Match(NamedTuple):
    """A place of a term: numbers of its first and last token."""

    first: int
    last: int
    term: Term


def matches(terms: Iterable[Term], words: Sequence[Token | Folded], *, title: bool = False) -> list[Match]:
    """All places of the terms among the tokens of a text, or of a ``title``, in their order."""
    looked_for = {term: _inner(term) for term in terms if title or not isinstance(term, Titled)}
    stems = [word.stem for word in words]
    at: dict[str, list[int]] = {_first(inner): [] for inner in looked_for.values()}
    for number, stem in enumerate(stems):
        if stem in at:
            at[stem].append(number)
    found = [Match(*place, term) for term, inner in looked_for.items() for place in _places(inner, words, stems, at)]
    return sorted(found, key=lambda match: match[:2])


def _inner(term: Term) -> Word | Prefix | Phrase:
    return term.term if isinstance(term, Titled) else term


def _first(term: Word | Prefix | Phrase) -> str:
    """The stem that a place begins with; a prefix has none."""
    match term:
        case Word(_, stem):
            return stem
        case Phrase(stems):
            return stems[0]
        case Prefix():
            return ""


def _places(
    term: Word | Prefix | Phrase, words: Sequence[Token | Folded], stems: list[str], at: Mapping[str, list[int]]
) -> Iterator[tuple[int, int]]:
    match term:
        case Word(_, stem):
            yield from ((number, number) for number in at[stem])
        case Prefix(form):
            for number, token in enumerate(words):
                if token.form.startswith(form) or token.stem.startswith(form):
                    yield number, number
        case Phrase(wanted, _, open_end):
            for number in at[wanted[0]]:
                if _follows(wanted, stems[number : number + len(wanted)], open_end):
                    yield number, number + len(wanted) - 1


def _follows(wanted: tuple[str, ...], there: list[str], open_end: bool) -> bool:
    if not open_end:
        return list(wanted) == there
    return len(there) == len(wanted) and list(wanted[:-1]) == there[:-1] and there[-1].startswith(wanted[-1])
