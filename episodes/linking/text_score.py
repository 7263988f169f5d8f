"""The text score of a pair: how far its texts stand out from those of other pairs. The calibrated part of linking.

A show covers one beat, so any two of its texts are similar to some degree. An article belongs to an episode if the pair stands out from
the other partners of both. For a measure m of a pair (rare phrases, rare words, TF-IDF cosine), its *margin* is
log((m + k) / (rival + k)). The rival is the highest m that either text reaches with another partner, but at least what unrelated texts
of that length reach, so two texts alone in a catalog have no margin for free. The *margin over the second* rival forgives one sibling on
one side: an episode may have two articles, an article may cover two episodes, an episode may be published again. The weighted sum of the
margins is in log-odds.

The weights are a logistic regression (L2; refit with ``python -m tests.quality.calibrate``) over some 100,000 pairs of 700 catalogs drawn
from 73 real episodes, 102 articles and 784 gold moments: 1 to 73 episodes against 1 to 102 articles; whole transcripts, thirds, and
snippets of 120 to 800 words with one to three paragraphs; with and without digits; with right articles withheld; with articles and
episodes cut in two or doubled. The weights were cross-validated in six folds grouped by episode, rounded, and checked on another draw. Of
pairs given a probability of 0.14, 0.35, 0.55, 0.75, 0.985, 0.14, 0.40, 0.64, 0.84, 0.981 were right: accurate at both ends, slightly
underconfident in the middle.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from episodes.linking.text_overlap import Overlap

#: The intercept: log-odds of a pair before any evidence.
BASE = -1.4
WEIGHTS = {"phrases": 0.5, "phrases_over_second": 1.5, "words": 0.45, "cosine": 2.5, "cosine_over_second": 2.9}

Overlaps: TypeAlias = Mapping[tuple[int, int], Overlap]


@dataclass(frozen=True, slots=True)
class TextScore:
    """Margins of one pair over its rivals, as log-ratios: 0 is level with the best rival, 1 is 2.7 times as much."""

    phrases: float
    phrases_over_second: float
    words: float
    cosine: float
    cosine_over_second: float

    def weighted(self, *names: str) -> float:
        """Return the weighted sum of the named margins, in log-odds."""
        return float(sum(WEIGHTS[name] * getattr(self, name) for name in names))

    @property
    def total(self) -> float:
        """The weighted sum of all margins, in log-odds."""
        return self.weighted(*WEIGHTS)


def text_scores(found: Overlaps) -> dict[tuple[int, int], TextScore]:
    """Score every pair against all the others."""
    phrases = _margins(found, lambda o: o.phrases, lambda o: 0.1 * math.sqrt(o.shorter), 1.0)
    words = _margins(found, lambda o: o.words, lambda o: 0.3 * math.sqrt(o.shorter), 2.0)
    cosine = _margins(found, lambda o: o.cosine, lambda _: 0.15, 0.02)
    return {pair: TextScore(*phrases[pair], words[pair][0], *cosine[pair]) for pair in found}


def _margins(
    found: Overlaps, measure: Callable[[Overlap], float], floor: Callable[[Overlap], float], smooth: float
) -> dict[tuple[int, int], tuple[float, float]]:
    """Return (margin, margin over the second rival) of each pair, by one measure; ``floor``: what unrelated texts reach."""
    by_episode: defaultdict[int, list[float]] = defaultdict(list)
    by_article: defaultdict[int, list[float]] = defaultdict(list)
    for (episode, article), overlap in found.items():
        by_episode[episode].append(measure(overlap))
        by_article[article].append(measure(overlap))
    for scores in (*by_episode.values(), *by_article.values()):
        scores.sort(reverse=True)
    result = {}
    for (episode, article), overlap in found.items():
        own, least = measure(overlap), floor(overlap)
        (first, second), (third, fourth) = _others(by_episode[episode], own), _others(by_article[article], own)
        rivals = max(first, third), min(max(first, fourth), max(second, third))
        margin, over_second = (_log_ratio(own, max(rival, least), smooth) for rival in rivals)
        result[episode, article] = margin, over_second
    return result


def _others(scores: list[float], own: float) -> tuple[float, float]:
    """Return the two highest scores besides one's own; ``scores`` are sorted, highest first."""
    at = scores.index(own)
    rest = [score for i, score in enumerate(scores[:3]) if i != at] + [0.0, 0.0]
    return rest[0], rest[1]


def _log_ratio(own: float, rival: float, smooth: float) -> float:
    return math.log((own + smooth) / (rival + smooth))
