"""Highlights of a query in all texts of a document, as offsets: for pages that show the whole document."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from episodes.search.matching import matcher, matches
from episodes.search.query import positive_terms
from episodes.search.query_parser import parse
from episodes.search.tokenizer import folded_tokens, tokens

Span = tuple[int, int]


def highlights(typed: str, texts: Sequence[str]) -> list[list[Span]]:
    """Return for each text (a segment or paragraph) the [from, to] offsets of its matches.

    Texts are matched joined, as they are indexed: a phrase that continues in the next text is highlighted in both.
    """
    found: list[list[Span]] = [[] for _ in texts]
    node = parse(typed).node if typed.strip() else None
    if node is None or not texts:
        return found
    begins = [0, *accumulate(len(text) + 1 for text in texts)]
    words = tokens("\n".join(texts))
    for match in matches(matcher(positive_terms(node)), words):
        _add_span(found, texts, begins, words[match.first].start, words[match.last].end)
    return found


def in_title(typed: str, title: str) -> bool:
    """Return True if any term of the query is in the title."""
    node = parse(typed).node if typed.strip() else None
    return node is not None and bool(matches(matcher(positive_terms(node), title=True), folded_tokens(title)))


def _add_span(found: list[list[Span]], texts: Sequence[str], begins: Sequence[int], start: int, end: int) -> None:
    """Add a span to the lists of all texts it touches; merge it with one it overlaps."""
    number = bisect_right(begins, start) - 1
    while number < len(texts) and begins[number] < end:
        low, high = max(0, start - begins[number]), min(len(texts[number]), end - begins[number])
        spans = found[number]
        if spans and low <= spans[-1][1]:
            low, high = spans[-1][0], max(spans.pop()[1], high)
        if low < high:
            spans.append((low, high))
        number += 1
