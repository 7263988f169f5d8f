"""What a reader typed, as a tree. Any string can be asked: what is no grammar is searched as words, and nothing raises.

    harbour bridge          both words          "turning point"      the words side by side
    bridge -toll            not with it         bridg*               words that begin so
    ferry OR port           either              (a OR b) c           grouped; AND binds tighter than OR
    title:bridge            in the title        title:"a phrase"     likewise; title:bridg* too
    speaker:varga           said by her         show:"valley sport"  of this show, by its name or its beginning
    in:said  in:written     one side only       after:2024-05        published in May 2024 or later
                                                before:2024-05-03    published before that day
    marked:loop             heard with that doubt

Negation exists in the tree only as ``Without``, "this but not that": any formula of a reader's can be brought into such a form or into the
negation of one (``query_parser.py`` does), and the latter matches nearly everything and is no question.
A term of several tokens (covid-19, 24/7) is a phrase. The tree is compiled in ``backends/``, and held against a
passage's tokens in ``matching.py``; the three mean the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

Side = Literal["said", "written"]
SIDES: frozenset[Side] = frozenset({"said", "written"})

#: Words that say nothing by themselves (as stems); left out when most words are enough.
STOP_WORDS = frozenset(
    """a about also am an and ani are as at be becaus been but by can could did do doe for from had has have he her here him his how i
    if in into is it its just me might must my no not of on onli or our out over shall she should so some such than that the their them
    then there these they this those to too us veri was we were what when where which while who whi will with would you your""".split()  # noqa: SIM905
)

#: Nearly every word begins with some one or two letters.
_MIN_PREFIX = 3


@dataclass(frozen=True, slots=True)
class Word:
    """A word in any of its forms."""

    form: str
    stem: str

    def __str__(self) -> str:
        return self.form


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin so, as written or as stemmed."""

    form: str

    def __str__(self) -> str:
        return f"{self.form}*"


@dataclass(frozen=True, slots=True)
class Phrase:
    """At least two words side by side; with ``open_end`` the last one is only the beginning of a stem.

    ``compound``: typed as one word (covid-19), so that its parts by themselves say something, too; it finds the same.
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
    """A question: the tree, or None where nothing can be searched, and what narrows it.

    ``after`` is the first day that counts and ``before`` the first that does not; ``shows`` and ``speakers`` are names and
    ``marks`` kinds of doubt as typed, one of which is enough. ``note`` is for the reader, where something was not done as typed
    or nothing can be found.
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
        """How it was read, in the grammar itself."""
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
    """The terms whose presence speaks for a passage, in order; not those of what is to be left out."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from positive_terms(part)
        case Without(keep, _):
            yield from positive_terms(keep)
        case _:
            yield node


def relaxed(node: Node, *, least: int = 3) -> Node | None:
    """The same with any of its words enough, where it asks for ``least`` or more; None where that is no help.

    Compounds fall into their words. Words that say nothing are left out, and what was to be absent still is.
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
    """The last word, and the same with that as the beginning of one; None where no word is last, or a very short one."""
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
    """The phrase with its last word as the beginning of one; the word itself is that only where its stem begins as it is written."""
    prefixed = replace(whole, stems=(*whole.stems[:-1], whole.forms[-1]), open_end=True)
    return prefixed if whole.stems[-1].startswith(whole.forms[-1]) else Or((whole, prefixed))


def positive_words(node: Node) -> Iterator[Term]:
    """The terms that ``positive_terms`` gives, compounds as their words."""
    for term in positive_terms(node):
        yield from _words(term)


def _words(part: Node) -> Iterator[Any]:
    """A compound's words, those of each where any of several will do, or the part itself."""
    match part:
        case Phrase(compound=True):
            yield from phrase_words(part)
        case Or(parts):
            for each in parts:
                yield from _words(each)
        case _:
            yield part


def phrase_words(term: Term) -> Iterator[Term]:
    """The words of a phrase by themselves, in the title if it is; nothing of other terms."""
    match term:
        case Titled(inner):
            yield from (Titled(word) for word in phrase_words(inner) if isinstance(word, Word | Prefix))
        case Phrase(stems, forms, open_end):
            *whole, last = (Word(form, stem) for form, stem in zip(forms, stems, strict=True))
            yield from whole
            yield Prefix(last.form) if open_end else last
