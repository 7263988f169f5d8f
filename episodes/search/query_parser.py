"""Reads what a reader typed into a ``Query``: a scanner for the pieces, a recursive descent over them, no input refused.

    either  = all (OR all)*          all = part+        part = NOT* (term | "(" either ")")

What stands alone (a quote, an operator, a bracket) is passed over; if nothing but operators was typed, they are the words.
Brackets deeper than ``MAX_DEPTH``, terms beyond ``MAX_TERMS`` and words of a phrase beyond ``MAX_PHRASE`` do not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from episodes.dates import first_day
from episodes.search.query import SIDES, And, Node, Or, Phrase, Prefix, Query, Titled, Without, Word, open_ended
from episodes.search.tokenizer import tokens

MAX_DEPTH = 20
MAX_TERMS = 64
#: Passages overlap by at least so many words, hence longer phrases would be found by chance only.
MAX_PHRASE = 30
#: Characters of a question that are read, and of what is told about it.
MAX_LENGTH, _MAX_NOTE = 50_000, 1000

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"') | {"\x00": " "})
_LEXEME = re.compile(
    r"""(?P<minus>-(?=["(]|[^\s"()-]))?
        (?:(?P<field>title|speaker|show|marked):(?=[^\s"()]|"[^"]*"))?
        (?:"(?P<quoted>[^"]*)"(?P<star>\*?)|(?P<bracket>[()])|(?P<bare>[^\s"()]+))
        |\"""",
    re.IGNORECASE | re.VERBOSE,
)
_FILTER = re.compile(r"(in|after|before):([\w-]+)", re.IGNORECASE)
_MINUS = re.compile(r"(?<!\S)-+(?=\w)")
#: A question of at least so many words is a sentence.
_MIN_SENTENCE = 4
_OPERATORS = {"OR": "or", "|": "or", "||": "or", "AND": "and", "&": "and", "&&": "and", "NOT": "not"}

_NOTHING = "There is no word in it to search for."
_ONLY_WHERE = "It only says where to look: add a word that was said or written, as in “toll speaker:varga”."
_ONLY_ABSENT = "It only says what must be absent: add a word that must be there."
_TOO_LONG = f"Only the first {MAX_LENGTH:,} characters were read."
_TOO_MANY = f"Only the first {MAX_TERMS} words were searched."


class _Lexeme(NamedTuple):
    """What the scanner found: an operator or bracket by its ``kind``, or a node."""

    kind: str
    node: Node | None = None


class _Signed(NamedTuple):
    """A node, or everything but it."""

    node: Node
    negative: bool = False


def parse(text: str) -> Query:
    """What ``text`` asks for; of a very long one its beginning."""
    query = _parsed(text[:MAX_LENGTH])
    return query if len(text) <= MAX_LENGTH else replace(query, note=" ".join(filter(None, [query.note, _TOO_LONG])))


def _parsed(text: str) -> Query:
    typed = _without_minus(text.translate(_QUOTES))
    lexemes, query = _scan(typed)
    found = _Parser(lexemes).read()
    if found is None and query == Query(None):
        words = [Word(token.form, token.stem) for token in tokens(typed)[:MAX_TERMS]]
        found = _all([_Signed(word) for word in words])
    if found is None:
        return replace(query, note=_ONLY_WHERE if query.speakers or query.shows or query.marks else _NOTHING)
    if found.negative:
        return replace(query, note=_ONLY_ABSENT)
    return replace(query, node=found.node)


def _without_minus(typed: str) -> str:
    """A question that ends with its mark is a sentence, and a minus in it belongs to a word: "why is -maxweight set so low?"."""
    asks = typed.rstrip().endswith("?") and len(typed.split()) >= _MIN_SENTENCE
    return _MINUS.sub("", typed) if asks else typed


def _scan(typed: str) -> tuple[list[_Lexeme], Query]:
    """The pieces, brackets in balance but for missing closing ones; and a query that holds only what narrows it."""
    lexemes: list[_Lexeme] = []
    query, depth, too_deep, terms = Query(None), 0, 0, 0
    for match in _LEXEME.finditer(typed):
        if match["bracket"] == ")":
            closes = too_deep == 0 and depth > 0
            depth, too_deep = depth - closes, max(0, too_deep - 1)
            lexemes += [_Lexeme(")")] * closes
            continue
        if match["bracket"] == "(":
            opens = depth < MAX_DEPTH
            depth, too_deep = depth + opens, too_deep + (not opens)
            lexemes += [_Lexeme("not")] * (opens and bool(match["minus"])) + [_Lexeme("(")] * opens
            continue
        if narrowed := _narrowed(query, match):
            query = narrowed
            continue
        if len(query.note) < _MAX_NOTE:
            query = replace(query, note=" ".join(filter(None, [query.note, _ignored_filter_note(match)])))
        new = _lexemes(match)
        terms += any(lexeme.node is not None for lexeme in new)
        if terms > MAX_TERMS:
            return lexemes, replace(query, note=" ".join(filter(None, [query.note, _TOO_MANY])))
        lexemes += new
    return lexemes, query


def _ignored_filter_note(match: re.Match[str]) -> str:
    """What a reader should know about what looks like a filter and is none."""
    typed = match[0].strip()
    if match["field"] and match["field"].lower() != "title":
        why = "cannot be left out" if match["minus"] else "names nothing"
    elif found := _FILTER.fullmatch(match["bare"] or ""):
        why = "is neither in:said nor in:written" if found[1].lower() == "in" else "has no date, such as 2024-05"
    else:
        return ""
    return f"“{typed[:60]}” {why}; it was searched as words."


def _lexemes(match: re.Match[str]) -> list[_Lexeme]:
    """An operator, or a term with its minus; nothing for a stray quote or for what has no letter."""
    bare, quoted = match["bare"], match["quoted"]
    if bare in _OPERATORS and not match["minus"] and not match["field"]:
        return [_Lexeme(_OPERATORS[bare])]
    node = (
        _term(quoted, starred=bool(match["star"]))
        if quoted is not None
        else _term(bare or "", starred=(bare or "").endswith("*"), compound=True)
    )
    if node and match["field"]:
        node = _titled(node) if match["field"].lower() == "title" else _term(match[0].lstrip("-"), starred=False)
    return [_Lexeme("not")] * bool(match["minus"]) + [_Lexeme("term", node)] if node else []


def _titled(node: Node) -> Node:
    """The same, in the title."""
    match node:
        case Or(parts):
            return Or(tuple(map(_titled, parts)))
        case Word() | Prefix() | Phrase():
            return Titled(node)
        case _:
            return node


def _term(text: str, *, starred: bool, compound: bool = False) -> Node | None:
    """A word, a phrase, or the beginning of one."""
    found = tokens(text)[:MAX_PHRASE]
    if not found:
        return None
    if len(found) == 1:
        return Prefix(found[0].form) if starred else Word(found[0].form, found[0].stem)
    stems, forms = tuple(token.stem for token in found), tuple(token.form for token in found)
    whole = Phrase(stems, forms, compound=compound)
    return open_ended(whole) if starred else whole


def _narrowed(query: Query, match: re.Match[str]) -> Query | None:
    """The query with the filter that was typed; None where this is no filter, or one that cannot be understood."""
    if match["field"]:
        return (
            None
            if match["minus"]
            else _named_filter(query, match["field"].lower(), match["quoted"] or match["bare"] or "")
        )
    name_and_value = _FILTER.fullmatch(match["bare"] or "")
    if not name_and_value:
        return None
    name, value, minus = name_and_value[1].lower(), name_and_value[2].lower(), bool(match["minus"])
    if name == "in":
        return _side_filter(query, value, minus)
    day = first_day(value)
    if day is None:
        return None
    if (name == "after") != minus:  # not before a day is from that day on
        return replace(query, after=max(day, query.after or day))
    return replace(query, before=min(day, query.before or day))


def _named_filter(query: Query, field: str, typed: str) -> Query | None:
    """A speaker, a show or a kind of doubt by name; of several each will do."""
    name = " ".join(typed.split())
    if field == "speaker" and tokens(name):
        return replace(query, speakers=tuple(dict.fromkeys((*query.speakers, name))))
    if field == "show" and tokens(name):
        return replace(query, shows=tuple(dict.fromkeys((*query.shows, name))))
    if field == "marked" and tokens(name):
        return replace(query, marks=tuple(dict.fromkeys((*query.marks, name.casefold()))))
    return None


def _side_filter(query: Query, value: str, minus: bool) -> Query | None:
    named = frozenset(side for side in SIDES if value in (side, "all"))
    if not named:
        return None
    if minus:
        return replace(query, sides=query.sides - named)
    return replace(query, sides=named if query.sides == SIDES else query.sides | named)


class _Parser:
    """Reads pieces from left to right; each method takes what belongs to it and gives None where that is nothing."""

    def __init__(self, lexemes: list[_Lexeme]) -> None:
        self._lexemes = lexemes
        self._at = 0

    def read(self) -> _Signed | None:
        """Everything."""
        return self._either()

    def _next(self) -> str:
        return self._lexemes[self._at].kind if self._at < len(self._lexemes) else ""

    def _either(self) -> _Signed | None:
        parts = [self._all()]
        while self._next() == "or":
            self._at += 1
            parts.append(self._all())
        return _any([part for part in parts if part])

    def _all(self) -> _Signed | None:
        parts = []
        while self._next() not in ("", ")", "or"):
            parts.append(self._part())
        return _all([part for part in parts if part])

    def _part(self) -> _Signed | None:
        negative = False
        while self._next() in ("not", "and"):
            negative ^= self._next() == "not"
            self._at += 1
        part = self._operand()
        return _Signed(part.node, part.negative ^ negative) if part else None

    def _operand(self) -> _Signed | None:
        kind = self._next()
        if kind not in ("(", "term"):
            return None
        lexeme = self._lexemes[self._at]
        self._at += 1
        if lexeme.node is not None:
            return _Signed(lexeme.node)
        inner = self._either()
        self._at += self._next() == ")"
        return inner


def _all(parts: list[_Signed]) -> _Signed | None:
    """All parts: the negative ones together are what to leave out of the others."""
    keep = [part.node for part in parts if not part.negative]
    drop = [part.node for part in parts if part.negative]
    if keep and drop:
        return _Signed(_without(_joined(And, keep), _joined(Or, drop)))
    if keep:
        return _Signed(_joined(And, keep))
    return _Signed(_joined(Or, drop), negative=True) if drop else None


def _any(parts: list[_Signed]) -> _Signed | None:
    """Any part: "a, or not b" is "not (b without a)"."""
    keep = [part.node for part in parts if not part.negative]
    drop = [part.node for part in parts if part.negative]
    if keep and drop:
        return _Signed(_without(_joined(And, drop), _joined(Or, keep)), negative=True)
    if keep:
        return _Signed(_joined(Or, keep))
    return _Signed(_joined(And, drop), negative=True) if drop else None


def _without(keep: Node, drop: Node) -> Node:
    """This but not that; what was left out already is left out with it, as it is read when it is written down."""
    if isinstance(keep, Without):
        return _without(keep.keep, _joined(Or, [keep.drop, drop]))
    return Without(keep, drop)


def _joined(kind: type[And] | type[Or], nodes: list[Node]) -> Node:
    """One node of many: nested ones of the same kind are opened, repeated ones dropped."""
    flat: Callable[[Node], Iterator[Node]] = lambda node: iter(node.parts if isinstance(node, kind) else (node,))  # noqa: E731
    different = tuple(dict.fromkeys(part for node in nodes for part in flat(node)))
    return different[0] if len(different) == 1 else kind(different)
