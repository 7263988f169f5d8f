"""The query tree. Any string is a valid query: what does not parse is searched as words, and nothing raises.

    harbour bridge          both words          "turning point"      the words side by side
    bridge -toll            without it          bridg*               words that begin with it
    ferry OR port           either              (a OR b) c           grouped; AND binds tighter than OR
    title:bridge            in the title        title:"a phrase"     likewise, and title:bridg*
    speaker:varga           said by her         show:"valley sport"  of this show, by its name or a prefix of it
    in:said  in:written     one side only       after:2024-05        published in May 2024 or later
                                                before:2024-05-03    published before that day
    marked:loop             with this quality mark

The tree has no negation but ``Without``, "this but not that". ``query_parser.py`` brings any formula into such a form or into the negation
of one; the latter would match nearly everything and is not searched.
A term of several tokens (covid-19, 24/7) is a phrase. Both backends compile the tree, and ``matching.py`` matches it against a passage's
tokens, with the same meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

Side = Literal["said", "written"]
SIDES: frozenset[Side] = frozenset({"said", "written"})

#: Stop words, as stems. They are dropped only when a query is relaxed to any of its words.
STOP_WORDS = frozenset(
    """a about also am an and ani are as at be becaus been but by can could did do doe for from had has have he her here him his how i
    if in into is it its just me might must my no not of on onli or our out over shall she should so some such than that the their them
    then there these they this those to too us veri was we were what when where which while who whi will with would you your""".split()  # noqa: SIM905
)

#: Shorter prefixes match too many words.
_MIN_PREFIX = 3


@dataclass(frozen=True, slots=True)
class Word:
    """A word in any of its inflected forms."""

    form: str
    stem: str

    def __str__(self) -> str:
        return self.form


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin with ``form``, as written or as stemmed."""

    form: str

    def __str__(self) -> str:
        return f"{self.form}*"


@dataclass(frozen=True, slots=True)
class Phrase:
    """At least two words side by side; with ``open_end`` the last one is a prefix of a stem.

    ``compound``: typed as one word (covid-19). It matches the same, but may be relaxed to its parts.
    """

    stems: tuple[str, ...]
    forms: tuple[str, ...]
    open_end: bool = False
    compound: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return '"{}"{}'.format(" ".join(self.forms), "*" if self.open_end else "")


@dataclass(frozen=True, slots=True)
class Titled:
    """A word, a prefix or a phrase in the title of the episode or article."""

    term: Word | Prefix | Phrase

    def __str__(self) -> str:
        return f"title:{self.term}"


@dataclass(frozen=True, slots=True)
class And:
    """All of at least two parts."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Or | Without) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of at least two parts."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class Without:
    """What ``keep`` matches and ``drop`` does not."""

    keep: Node
    drop: Node

    def __str__(self) -> str:
        keep = f"({self.keep})" if isinstance(self.keep, Or) else str(self.keep)
        drop = str(self.drop) if isinstance(self.drop, Term) else f"({self.drop})"
        return f"{keep} -{drop}"


Term = Word | Prefix | Phrase | Titled
Node = Term | And | Or | Without


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: the tree (None if there is nothing to search) and the filters.

    ``after`` is the first day included, ``before`` the first day excluded. ``shows`` and ``speakers`` are names, ``marks`` kinds of quality
    marks, all as typed; several of one are alternatives. ``note`` tells the reader what was not done as typed, or why nothing can be
    found.
    """

    node: Node | None
    sides: frozenset[Side] = SIDES
    after: date | None = None
    before: date | None = None
    shows: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    note: str = ""

    def __str__(self) -> str:
        """Return the query in its own grammar, as it was parsed."""
        parts = [str(self.node)] if self.node else []
        parts += [f"speaker:{_quoted(name)}" for name in self.speakers] + [
            f"show:{_quoted(name)}" for name in self.shows
        ]
        parts += [f"marked:{_quoted(kind)}" for kind in self.marks]
        parts += [f"in:{side}" for side in sorted(self.sides) if self.sides != SIDES]
        parts += [f"after:{self.after}"] if self.after else []
        parts += [f"before:{self.before}"] if self.before else []
        return " ".join(parts)


def _quoted(name: str) -> str:
    return name if name.isalnum() else f'"{name}"'


def positive_terms(node: Node) -> Iterator[Term]:
    """Yield the terms that may occur in a match, in order: all but those after a minus."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from positive_terms(part)
        case Without(keep, _):
            yield from positive_terms(keep)
        case _:
            yield node


def relaxed(node: Node, *, least: int = 3) -> Node | None:
    """Relax an AND of at least ``least`` parts to an OR of its words; None if that does not help.

    Compounds are split into words and stop words dropped. Exclusions stay.
    """
    match node:
        case Without(keep, drop):
            loose = relaxed(keep, least=least)
            return Without(loose, drop) if loose else None
        case And(parts) if len(parts) >= least:
            words = dict.fromkeys(word for part in parts for word in _words(part))
        case Phrase(compound=True) if least <= 2:
            words = dict.fromkeys(_words(node))
        case _:
            return None
    telling = tuple(word for word in words if not (isinstance(word, Word) and word.stem in STOP_WORDS))
    return Or(telling) if len(telling) > 1 else next(iter(telling), None)


def last_word_as_prefix(node: Node) -> tuple[Word, Node] | None:
    """Return the last word, and the query with it as a prefix; None if the query does not end with a word, or with a very short one."""
    match node:
        case Word(form) if len(form) >= _MIN_PREFIX:
            return node, Prefix(form)
        case And((*parts, last)) if ended := last_word_as_prefix(last):
            return ended[0], And((*parts, ended[1]))
        case Phrase(stems, forms, open_end=False) if len(forms[-1]) >= _MIN_PREFIX:
            return Word(forms[-1], stems[-1]), open_ended(node)
        case _:
            return None


def open_ended(whole: Phrase) -> Node:
    """Return the phrase with its last word as a prefix, OR the phrase itself if the last stem does not start as the word is written."""
    prefixed = replace(whole, stems=(*whole.stems[:-1], whole.forms[-1]), open_end=True)
    return prefixed if whole.stems[-1].startswith(whole.forms[-1]) else Or((whole, prefixed))


def positive_words(node: Node) -> Iterator[Term]:
    """Yield the same as ``positive_terms``, with compounds split into words."""
    for term in positive_terms(node):
        yield from _words(term)


def _words(part: Node) -> Iterator[Any]:
    """Yield the words of a compound or of each part of an OR, else the part itself."""
    match part:
        case Phrase(compound=True):
            yield from phrase_words(part)
        case Or(parts):
            for each in parts:
                yield from _words(each)
        case _:
            yield part


def phrase_words(term: Term) -> Iterator[Term]:
    """Yield the single words of a phrase, restricted to the title if the phrase is; nothing for other terms."""
    match term:
        case Titled(inner):
            yield from (Titled(word) for word in phrase_words(inner) if isinstance(word, Word | Prefix))
        case Phrase(stems, forms, open_end):
            *whole, last = (Word(form, stem) for form, stem in zip(forms, stems, strict=True))
            yield from whole
            yield Prefix(last.form) if open_end else last
