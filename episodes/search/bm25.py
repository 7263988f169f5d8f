"""The score of a passage: BM25 and more, one formula for both databases, computed over the candidates.

BM25 over the passage, plus title matches; half of that sum depends on how close together the words are (proximity). Then
a bonus for words in the order of the query, and a share of the scores in the same story. FTS5's bm25 and PostgreSQL's
ts_rank are not used: they cannot be made to agree (ts_rank ignores how rare a word is).
https://en.wikipedia.org/wiki/Okapi_BM25
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise

from episodes.search.matching import Match
from episodes.search.query import Term

#: BM25's k1 (saturation) as usual, and a low b: passages are nearly of one length, so length counts little.
_K1, _B, _AVERAGE_LENGTH = 1.2, 0.3, 75
#: Weight of a term in the title, relative to one occurrence in the passage.
_TITLE_WEIGHT = 1.0
#: Share of the score that depends on proximity.
_PROXIMITY = 0.5
#: Largest distance, in tokens, at which two neighbours in the query still count as in order.
_MAX_GAP = 3
#: Share of the best passages' scores that a story (an episode and its article) adds to each of its passages, and how many count.
_STORY, _BEST_OF_STORY = 0.1, 3


def inverse_document_frequency(counts: Mapping[Term, int], passages: int) -> dict[Term, float]:
    """Return the IDF of each term from the number of passages that have it; always positive."""
    return {term: math.log(1 + (max(passages, count) - count + 0.5) / (count + 0.5)) for term, count in counts.items()}


def passage_score(
    weights: Mapping[Term, float], body: Sequence[Match], title: Sequence[Match], *, length: int, proximity: float
) -> float:
    """Score a passage.

    ``body`` and ``title`` are matches, ``length`` is in tokens, ``proximity`` is the largest sum of weights of terms close together.
    """
    in_body = _bm25(weights, Counter(match.term for match in body), length)
    in_title = _TITLE_WEIGHT * sum(weights[term] for term in {match.term for match in title})
    near = proximity / (sum(weights.values()) or 1.0)
    return (in_body + in_title) * (1 - _PROXIMITY + _PROXIMITY * near) + _order_bonus(weights, body)


def _bm25(weights: Mapping[Term, float], counts: Mapping[Term, int], length: int) -> float:
    length_norm = _K1 * (1 - _B + _B * length / _AVERAGE_LENGTH)
    return sum(weights[term] * count * (_K1 + 1) / (count + length_norm) for term, count in counts.items())


def _order_bonus(weights: Mapping[Term, float], body: Sequence[Match]) -> float:
    """Return the bonus for query neighbours that are neighbours here: the smaller weight of each pair, half of it at a distance."""
    if len(weights) < 2 or len(body) < 2:
        return 0.0
    at: dict[Term, list[Match]] = {}
    for match in body:
        at.setdefault(match.term, []).append(match)
    worth = 0.0
    for one, other in pairwise(weights):
        gaps = (b.first - a.last for a in at.get(one, ()) for b in at.get(other, ()) if b.first > a.last)
        gap = min(gaps, default=_MAX_GAP + 1)
        worth += min(weights[one], weights[other]) * (1 if gap == 1 else 0.5 if gap <= _MAX_GAP else 0)
    return worth


def with_story_bonus(scores: Sequence[float], stories: Sequence[Hashable]) -> list[float]:
    """Add to each score a share of the best in its story: a topic discussed at length ranks above one that is only mentioned."""
    of_story: dict[Hashable, list[float]] = {}
    for points, story in zip(scores, stories, strict=True):
        of_story.setdefault(story, []).append(points)
    best = {story: sum(sorted(all_of, reverse=True)[:_BEST_OF_STORY]) for story, all_of in of_story.items()}
    return [round(points + _STORY * best[story], 6) for points, story in zip(scores, stories, strict=True)]
