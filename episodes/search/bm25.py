"""How well a passage answers: one formula for both databases, computed over their most promising passages.

BM25 over the passage, plus what the title says, half of it only where the words stand close together; more where they follow each other as
in the question; and a share of how well the rest of the story answers. bm25 of FTS5 and ts_rank of PostgreSQL are not asked: they cannot
be made to agree (ts_rank does not know how rare a word is).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise

from episodes.search.matching import Match
from episodes.search.query import Term

#: BM25's usual saturation; passages are nearly of one length, which therefore counts little.
_K1, _B, _AVERAGE_LENGTH = 1.2, 0.3, 75
#: A term in the title counts as much as this times a term once in the passage.
_TITLE_WEIGHT = 1.0
#: Share of the score that needs all the words near each other.
_PROXIMITY = 0.5
#: The farthest that a word may stand behind its neighbour in the question.
_MAX_GAP = 3
#: Share that the best passages of a story (an episode and its article) add to each other.
_STORY, _BEST_OF_STORY = 0.1, 3


def inverse_document_frequency(counts: Mapping[Term, int], passages: int) -> dict[Term, float]:
    """How much each term tells, by the number of passages it is in (inverse document frequency, always positive)."""
    return {term: math.log(1 + (max(passages, count) - count + 0.5) / (count + 0.5)) for term, count in counts.items()}


def passage_score(
    weights: Mapping[Term, float], body: Sequence[Match], title: Sequence[Match], *, length: int, proximity: float
) -> float:
    """The score of a passage: its matches, those of its title, its tokens, and the best weight of different terms near each other."""
    counts, title_terms = Counter(match.term for match in body), {match.term for match in title}
    length_norm = _K1 * (1 - _B + _B * length / _AVERAGE_LENGTH)
    said = sum(weights[term] * count * (_K1 + 1) / (count + length_norm) for term, count in counts.items())
    named = _TITLE_WEIGHT * sum(weights[term] for term in title_terms)
    near = proximity / (sum(weights.values()) or 1.0)
    return (said + named) * (1 - _PROXIMITY + _PROXIMITY * near) + _order_bonus(weights, body)


def _order_bonus(weights: Mapping[Term, float], body: Sequence[Match]) -> float:
    """What it is worth that neighbours in the question are neighbours here: the lesser weight of the two, half of it at some distance."""
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
    """The scores of passages, each with a share of the best of its story: what is spoken of at length stands before what is mentioned."""
    of_story: dict[Hashable, list[float]] = {}
    for points, story in zip(scores, stories, strict=True):
        of_story.setdefault(story, []).append(points)
    best = {story: sum(sorted(all_of, reverse=True)[:_BEST_OF_STORY]) for story, all_of in of_story.items()}
    return [round(points + _STORY * best[story], 6) for points, story in zip(scores, stories, strict=True)]
