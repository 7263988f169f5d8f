"""How well a passage answers: one formula for both databases, computed over their most promising passages.

BM25 over the passage, plus what the title says, and half of it only where the words stand close together. bm25 of FTS5 and ts_rank of
PostgreSQL cannot be made to agree (ts_rank does not know how rare a word is), so they only choose what is looked at.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from episodes.search.matching import Match
from episodes.search.query import Term

#: BM25's usual saturation; passages are nearly of one length, which therefore counts little.
_SATURATION, _LENGTH_COUNTS, _USUAL_LENGTH = 1.2, 0.3, 75
#: A term in the title counts as much as this times a term once in the passage.
_TITLE = 1.0
#: Share of the score that needs all the words near each other.
_NEARNESS = 0.5


def rarity(counts: Mapping[Term, int], passages: int) -> dict[Term, float]:
    """How much each term tells, by the number of passages it is in (inverse document frequency, always positive)."""
    return {term: math.log(1 + (max(passages, count) - count + 0.5) / (count + 0.5)) for term, count in counts.items()}


def score(
    weights: Mapping[Term, float], body: Sequence[Match], title: Sequence[Match], *, length: int, together: float
) -> float:
    """The score of a passage: its matches, those of its title, its tokens, and the best weight of different terms near each other."""
    often, titled = Counter(match.term for match in body), {match.term for match in title}
    shortness = _SATURATION * (1 - _LENGTH_COUNTS + _LENGTH_COUNTS * length / _USUAL_LENGTH)
    said = sum(weights[term] * count * (_SATURATION + 1) / (count + shortness) for term, count in often.items())
    named = _TITLE * sum(weights[term] for term in titled)
    near = together / (sum(weights.values()) or 1.0)
    return round((said + named) * (1 - _NEARNESS + _NEARNESS * near), 6)
