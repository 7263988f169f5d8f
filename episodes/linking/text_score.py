"""How far a pair's texts stand out, and what that says: the calibrated part of linking.

A show talks about one beat, so any two of its texts are alike to some degree; companions are those that stand out from the other
partners of both. For a measure m of a pair (rare phrases, rare words, cosine) its *lead* is log((m + k) / (rival + k)), where rival is
the most that either of the two reaches with another partner, and at least what unrelated texts of that length reach; so two texts alone
in a catalog lead over nobody for free. The *lead but one* forgives one sibling on one side: an episode may have two articles, an article
two episodes, an episode may be run again. The sum of leads, each with its weight below, is in log-odds.

The weights are a logistic regression (L2; ``python -m tests.quality.calibrate`` fits it anew) over some 100,000 pairs of 700 catalogs drawn
from 73 real episodes, 102 articles and 784 gold moments: 1 to 73 episodes against 1 to 102 articles; whole transcripts, thirds, and
snippets of 120 to 800 words with one to three paragraphs; with and without digits; with right articles withheld; articles and episodes
cut in two or doubled. Fitted in six folds grouped by episode, rounded, and looked at on another draw: of pairs said to be 0.14, 0.35,
0.55, 0.75, 0.985 likely, 0.14, 0.40, 0.64, 0.84, 0.981 were right, so the figure is honest at both ends and modest in the middle.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from episodes.linking.text_overlap import Overlap

#: What a pair's texts are given before anything is seen, in log-odds.
BASE = -1.4
WEIGHTS = {"phrases": 0.5, "phrases_over_second": 1.5, "words": 0.45, "cosine": 2.5, "cosine_over_second": 2.9}

Overlaps: TypeAlias = Mapping[tuple[int, int], Overlap]


@dataclass(frozen=True, slots=True)
class TextScore:
    """Leads of one pair over its rivals, as logarithms of ratios: 0 is level with the best rival, 1 is 2.7 times as much."""

    phrases: float
    phrases_over_second: float
    words: float
    cosine: float
    cosine_over_second: float

    def weighted(self, *names: str) -> float:
        """The named leads with their weights, in log-odds."""
        return float(sum(WEIGHTS[name] * getattr(self, name) for name in names))

    @property
    def total(self) -> float:
        """All leads with their weights, in log-odds."""
        return self.weighted(*WEIGHTS)


def text_scores(found: Overlaps) -> dict[tuple[int, int], TextScore]:
    """The leads of every pair among all pairs."""
    phrases = _margins(found, lambda o: o.phrases, lambda o: 0.1 * math.sqrt(o.shorter), 1.0)
    words = _margins(found, lambda o: o.words, lambda o: 0.3 * math.sqrt(o.shorter), 2.0)
    cosine = _margins(found, lambda o: o.cosine, lambda _: 0.15, 0.02)
    return {pair: TextScore(*phrases[pair], words[pair][0], *cosine[pair]) for pair in found}


def _margins(
    found: Overlaps, measure: Callable[[Overlap], float], floor: Callable[[Overlap], float], smooth: float
) -> dict[tuple[int, int], tuple[float, float]]:
    """Lead and lead but one of every pair, by one measure; ``floor`` is what unrelated texts reach."""
    of_left: defaultdict[int, list[float]] = defaultdict(list)
    of_right: defaultdict[int, list[float]] = defaultdict(list)
    for (left, right), overlap in found.items():
        of_left[left].append(measure(overlap))
        of_right[right].append(measure(overlap))
    for scores in (*of_left.values(), *of_right.values()):
        scores.sort(reverse=True)
    result = {}
    for (left, right), overlap in found.items():
        own = measure(overlap)
        (first, second), (third, fourth) = _others(of_left[left], own), _others(of_right[right], own)
        best, but_one = max(first, third), min(max(first, fourth), max(second, third))
        least = floor(overlap)
        result[left, right] = (_log_ratio(own, max(best, least), smooth), _log_ratio(own, max(but_one, least), smooth))
    return result


def _others(scores: list[float], own: float) -> tuple[float, float]:
    """The two highest of the scores (highest first) after one's own is taken out."""
    at = scores.index(own)
    rest = [score for i, score in enumerate(scores[:3]) if i != at] + [0.0, 0.0]
    return rest[0], rest[1]


def _log_ratio(own: float, rival: float, smooth: float) -> float:
    return math.log((own + smooth) / (rival + smooth))
