"""The snippet of a hit: about thirty words around the densest cluster of matches, with highlights."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from episodes.search.matching import Match
from episodes.search.query import Term

#: Length of a snippet in words.
SNIPPET_WORDS = 30
#: Words shown before the first match, if there are that many.
_WORDS_BEFORE = 8

_ELLIPSIS = "… "

Span = tuple[int, int]


class Cluster(NamedTuple):
    """Matches close together, and the sum of the weights of their different terms."""

    matches: list[Match]
    weight: float


class Snippet(NamedTuple):
    """The text to show, and the [from, to] offsets of its highlights."""

    text: str
    highlights: tuple[Span, ...]


def densest_cluster(found: Sequence[Match], weights: Mapping[Term, float]) -> Cluster:
    """Return the matches within a snippet's length that weigh most: the first such cluster, empty if nothing matched.

    ``found`` is in text order. The cluster starts as late as it can without losing a term: at "the bridge", not at a "the" in the
    sentence before.
    """
    if not found:
        return Cluster([], 0.0)
    # A query of many prefixes can match every word: hash each term only once, and read each window only as far as it reaches.
    numbers: dict[Term, int] = {}
    terms = [numbers.setdefault(match.term, len(numbers)) for match in found]
    values = [weights[term] for term in numbers]
    valued = [(match.last, term, values[term]) for match, term in zip(found, terms, strict=True)]
    best, most = Cluster([], 0.0), sum(values) - 1e-9
    for number, first in enumerate(found):
        until = max(first.first + SNIPPET_WORDS - _WORDS_BEFORE, first.last + 1)
        stop = bisect_left(found, (until,), number)
        weight = sum({term: weight for last, term, weight in valued[number:stop] if last < until}.values())
        if weight > best.weight + 1e-9:
            best = Cluster([match for match in found[number:stop] if match.last < until], weight)
        if best.weight >= most:
            break
    return Cluster(_without_repeated_start(best.matches), best.weight)


def _without_repeated_start(found: Sequence[Match]) -> list[Match]:
    """Drop the matches before the first one whose term does not occur again later."""
    last = {match.term: number for number, match in enumerate(found)}
    begin = next((number for number, match in enumerate(found) if last[match.term] == number), 0)
    return list(found[begin:])


def snippet(
    text: str, words: Sequence[Span], found: Sequence[Match], around: Cluster, *, length: int = SNIPPET_WORDS
) -> Snippet:
    """Return ``length`` words around a cluster (from the start of the text if it is empty), with all matches highlighted.

    ``words`` are the offsets of the text's tokens.
    """
    if not words:
        return Snippet("", ())
    lead = _WORDS_BEFORE * length // SNIPPET_WORDS
    begin = max(0, around.matches[0].first - lead) if around.matches else 0
    stop = min(len(words), max(begin + length, around.matches[-1].last + 1 if around.matches else 0))
    begin = max(0, min(begin, stop - length))
    left = _left(text, words, begin)
    shown = text[left : _right(text, words, stop - 1)]
    before, after = _ELLIPSIS if begin else "", " …" if stop < len(words) else ""
    spans = [
        (words[match.first][0], words[match.last][1]) for match in found if begin <= match.first and match.last < stop
    ]
    shift = len(before) - left
    return Snippet(before + re.sub(r"\s", " ", shown) + after, tuple((a + shift, b + shift) for a, b in _merged(spans)))


def _left(text: str, words: Sequence[Span], number: int) -> int:
    """Return the start of a word, including quotes and signs attached before it."""
    start = words[number][0]
    after = words[number - 1][1] if number else 0
    return after + max(text[after:start].rfind(" "), text[after:start].rfind("\n")) + 1


def _right(text: str, words: Sequence[Span], number: int) -> int:
    """Return the end of a word, including signs attached after it."""
    end = words[number][1]
    stop = words[number + 1][0] if number + 1 < len(words) else len(text)
    return end + len(re.match(r"\S*", text[end:stop])[0])  # type: ignore[index]  # matches always


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Return the spans sorted, with overlapping ones merged."""
    united: list[Span] = []
    for begin, end in sorted(spans):
        if united and begin < united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((begin, end))
    return united
