"""The scanner: what a reader typed, cut into lexemes for the parser, and the filters in it.

Terms beyond ``MAX_TERMS``, words of a phrase beyond ``MAX_PHRASE`` and brackets deeper than ``MAX_DEPTH`` are ignored.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from episodes.dates import first_day
from episodes.search.query import SIDES, Node, Or, Phrase, Prefix, Query, Titled, Word, open_ended
from episodes.search.tokenizer import tokens

MAX_DEPTH = 20
MAX_TERMS = 64
#: Passages overlap by at least this many words; a longer phrase would be found only by chance.
MAX_PHRASE = 30
#: Longest note for the reader, in characters.
_MAX_NOTE = 1000

_LEXEME = re.compile(
    r"""(?P<minus>-(?=["(]|[^\s"()-]))?
        (?:(?P<field>title|speaker|show|marked):(?=[^\s"()]|"[^"]*"))?
        (?:"(?P<quoted>[^"]*)"(?P<star>\*?)|(?P<bracket>[()])|(?P<bare>[^\s"()]+))
        |\"""",
    re.IGNORECASE | re.VERBOSE,
)
_FILTER = re.compile(r"(in|after|before):([\w-]+)", re.IGNORECASE)
_OPERATORS = {"OR": "or", "|": "or", "||": "or", "AND": "and", "&": "and", "&&": "and", "NOT": "not"}
_TOO_MANY = f"Only the first {MAX_TERMS} words were searched."


class Lexeme(NamedTuple):
    """An operator or a bracket by its ``kind``, or a term as a node."""

    kind: str
    node: Node | None = None


def scan(typed: str) -> tuple[list[Lexeme], Query]:
    """Return the lexemes, with no closing bracket too many, and a query that holds only the filters."""
    lexemes: list[Lexeme] = []
    query, depth, too_deep, terms = Query(None), 0, 0, 0
    for match in _LEXEME.finditer(typed):
        if match["bracket"] == ")":
            closes = too_deep == 0 and depth > 0
            depth, too_deep = depth - closes, max(0, too_deep - 1)
            lexemes += [Lexeme(")")] * closes
            continue
        if match["bracket"] == "(":
            opens = depth < MAX_DEPTH
            depth, too_deep = depth + opens, too_deep + (not opens)
            lexemes += [Lexeme("not")] * (opens and bool(match["minus"])) + [Lexeme("(")] * opens
            continue
        if narrowed := _with_filter(query, match):
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
    """Return a note for the reader if this looks like a filter and is not one, else an empty string."""
    typed = match[0].strip()
    if match["field"] and match["field"].lower() != "title":
        why = "cannot be excluded" if match["minus"] else "has no name"
    elif found := _FILTER.fullmatch(match["bare"] or ""):
        why = "is neither in:said nor in:written" if found[1].lower() == "in" else "needs a date such as 2024-05"
    else:
        return ""
    return f"“{typed[:60]}” {why}; it was searched as words."


def _lexemes(match: re.Match[str]) -> list[Lexeme]:
    """Return an operator, or a term with its minus; nothing for a stray quote or text without letters and digits."""
    bare, quoted = match["bare"], match["quoted"]
    if bare in _OPERATORS and not match["minus"] and not match["field"]:
        return [Lexeme(_OPERATORS[bare])]
    node = (
        _term(quoted, starred=bool(match["star"]))
        if quoted is not None
        else _term(bare or "", starred=(bare or "").endswith("*"), compound=True)
    )
    if node and match["field"]:
        node = _titled(node) if match["field"].lower() == "title" else _term(match[0].lstrip("-"), starred=False)
    return [Lexeme("not")] * bool(match["minus"]) + [Lexeme("term", node)] if node else []


def _titled(node: Node) -> Node:
    """Return the node restricted to titles."""
    match node:
        case Or(parts):
            return Or(tuple(map(_titled, parts)))
        case Word() | Prefix() | Phrase():
            return Titled(node)
        case _:
            return node


def _term(text: str, *, starred: bool, compound: bool = False) -> Node | None:
    """Return a word, a phrase or a prefix; None if the text has no token."""
    found = tokens(text)[:MAX_PHRASE]
    if not found:
        return None
    if len(found) == 1:
        return Prefix(found[0].form) if starred else Word(found[0].form, found[0].stem)
    stems, forms = tuple(token.stem for token in found), tuple(token.form for token in found)
    whole = Phrase(stems, forms, compound=compound)
    return open_ended(whole) if starred else whole


def _with_filter(query: Query, match: re.Match[str]) -> Query | None:
    """Return the query with the filter that was typed; None if this is no filter or an invalid one."""
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
    if (name == "after") != minus:  # "-before:DAY" means from that day on
        return replace(query, after=max(day, query.after or day))
    return replace(query, before=min(day, query.before or day))


def _named_filter(query: Query, field: str, typed: str) -> Query | None:
    """Add a speaker, a show or a kind of quality mark by name; several of one field are alternatives."""
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
