"""The parser: what a reader typed as a ``Query``, by recursive descent over the scanner's lexemes. No input is refused.

    either  = all (OR all)*          all = part+        part = NOT* (term | "(" either ")")

A stray quote, operator or bracket is skipped; if only operators were typed, they are the words to search for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from episodes.search.query import And, Node, Or, Query, Without, Word
from episodes.search.query_scanner import MAX_TERMS, Lexeme, scan
from episodes.search.tokenizer import tokens

#: Longest query that is parsed, in characters; the rest is ignored.
MAX_LENGTH = 50_000

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"') | {"\x00": " "})
_MINUS = re.compile(r"(?<!\S)-+(?=\w)")
#: A question with at least this many words is a sentence.
_MIN_SENTENCE = 4

_NOTHING = "There is no word to search for."
_ONLY_FILTERS = "These are only filters: add a word to search for, as in “toll speaker:varga”."
_ONLY_EXCLUDED = "These words are only excluded: add a word to search for."
_TOO_LONG = f"Only the first {MAX_LENGTH:,} characters were read."


class _Signed(NamedTuple):
    """A node, or its negation."""

    node: Node
    negative: bool = False


def parse(text: str) -> Query:
    """Parse what a reader typed; only the first ``MAX_LENGTH`` characters count."""
    query = _parsed(text[:MAX_LENGTH])
    return query if len(text) <= MAX_LENGTH else replace(query, note=" ".join(filter(None, [query.note, _TOO_LONG])))


def _parsed(text: str) -> Query:
    typed = _without_minus(text.translate(_QUOTES))
    lexemes, query = scan(typed)
    found = _Parser(lexemes).read()
    if found is None and query == Query(None):
        words = [Word(token.form, token.stem) for token in tokens(typed)[:MAX_TERMS]]
        found = _all([_Signed(word) for word in words])
    if found is None:
        return replace(query, note=_ONLY_FILTERS if query.speakers or query.shows or query.marks else _NOTHING)
    if found.negative:
        return replace(query, note=_ONLY_EXCLUDED)
    return replace(query, node=found.node)


def _without_minus(typed: str) -> str:
    """Drop minus signs from a sentence, recognized by its question mark: "why is -maxweight set so low?" excludes nothing."""
    asks = typed.rstrip().endswith("?") and len(typed.split()) >= _MIN_SENTENCE
    return _MINUS.sub("", typed) if asks else typed


class _Parser:
    """Recursive descent over lexemes, left to right; each method consumes its part and returns None if that is empty."""

    def __init__(self, lexemes: list[Lexeme]) -> None:
        self._lexemes = lexemes
        self._at = 0

    def read(self) -> _Signed | None:
        """Parse everything."""
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
    """AND: the positive parts without any of the negative ones."""
    keep = [part.node for part in parts if not part.negative]
    drop = [part.node for part in parts if part.negative]
    if keep and drop:
        return _Signed(_without(_joined(And, keep), _joined(Or, drop)))
    if keep:
        return _Signed(_joined(And, keep))
    return _Signed(_joined(Or, drop), negative=True) if drop else None


def _any(parts: list[_Signed]) -> _Signed | None:
    """OR, without a bare negation: "a OR NOT b" becomes "NOT (b without a)"."""
    keep = [part.node for part in parts if not part.negative]
    drop = [part.node for part in parts if part.negative]
    if keep and drop:
        return _Signed(_without(_joined(And, drop), _joined(Or, keep)), negative=True)
    if keep:
        return _Signed(_joined(Or, keep))
    return _Signed(_joined(And, drop), negative=True) if drop else None


def _without(keep: Node, drop: Node) -> Node:
    """Return ``keep`` without ``drop``, flattened: (a -b) -c is a -(b OR c), the way it would be parsed if typed again."""
    if isinstance(keep, Without):
        return _without(keep.keep, _joined(Or, [keep.drop, drop]))
    return Without(keep, drop)


def _joined(kind: type[And] | type[Or], nodes: list[Node]) -> Node:
    """Join nodes by AND or OR: flatten nested nodes of the same kind, drop duplicates."""
    flat: Callable[[Node], Iterator[Node]] = lambda node: iter(node.parts if isinstance(node, kind) else (node,))  # noqa: E731
    different = tuple(dict.fromkeys(part for node in nodes for part in flat(node)))
    return different[0] if len(different) == 1 else kind(different)
