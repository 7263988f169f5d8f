"""Weaker evidence: similar titles, and dates near each other or far apart.

Neither links a pair by itself: titles often are the show's standing name, and on a daily site twenty articles share a date. The weights are
small and set by hand. A title word counts by its rarity among all titles (IDF); words of the show's name do not count.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from episodes.linking.catalog_statistics import CatalogStatistics
from episodes.linking.values import ArticleCandidate, EpisodeText, EvidenceKind, Pair
from episodes.values import Evidence
from transcripts.tokens import prior_rarity, stems

_TITLE = 3.0  # for equal titles
_ALIKE = 0.35  # less similar titles are no evidence
_MIN_RARITY = 4.0  # nats that two titles must share, about two ordinary words
_COMMON = 200  # a word in more article titles finds no candidates
_PRIOR = 20.0  # weight of the prior rarity, in titles

#: (days apart at most, weight). Articles follow by hours or days, some by weeks; they are seldom earlier.
_NEAR = ((3, 1.0), (8, 0.6), (24, 0.0), (60, -1.0), (180, -2.5))
_FAR = -3.5
_BEFORE = -1.0  # added if the article is more than a week older


def title_evidence(
    episodes: Sequence[EpisodeText],
    articles: Sequence[ArticleCandidate],
    names: Mapping[int, Iterable[str]],
    statistics: CatalogStatistics | None = None,
) -> dict[Pair, Evidence]:
    """Return the pairs with similar titles. ``names`` are the show's names by episode id; their words do not count."""
    episode_titles = {episode.id: title_stems(episode.title, names.get(episode.id, ())) for episode in episodes}
    article_titles = {article.id: title_stems(article.title) for article in articles}
    weight = _weights([*episode_titles.values(), *article_titles.values()], statistics)
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for article, words in article_titles.items():
        for word in words:
            holders[word].append(article)
    names = {article.id: article.title for article in articles}
    found = {}
    for episode, words in episode_titles.items():
        for article in {a for word in words if len(holders[word]) <= _COMMON for a in holders[word]}:
            alike = _likeness(words, article_titles[article], weight)
            if alike >= _ALIKE:
                detail = f"the titles are similar: the article is called “{names[article]}”"
                found[episode, article] = Evidence(EvidenceKind.TITLE, detail, round(_TITLE * alike, 2))
    return found


def date_evidence(episode: date | None, article: date | None) -> Evidence | None:
    """Return the evidence of the days between episode and article; None if a date is unknown or the gap is neutral."""
    if episode is None or article is None:
        return None
    gap = (article - episode).days
    weight = next((weight for days, weight in _NEAR if abs(gap) <= days), _FAR)
    if gap < -8 and weight > _FAR:
        weight += _BEFORE
    return Evidence(EvidenceKind.DATES, f"the article appeared {_apart(gap)}", weight) if weight else None


def _apart(gap: int) -> str:
    if not gap:
        return "on the same day"
    return f"{abs(gap)} day{'s' if abs(gap) > 1 else ''} {'after' if gap > 0 else 'before'} the episode"


def title_stems(title: str, names: Iterable[str] = ()) -> frozenset[str]:
    """Return the stems of a title, without its show's names and without numbers: those are weighed elsewhere."""
    own = frozenset(word for word in stems(title) if not word[0].isdigit())
    return own.difference(stems(" ".join(names)))


def _weights(all_titles: Sequence[Iterable[str]], statistics: CatalogStatistics | None) -> dict[str, float]:
    """Return the rarity of each word among titles (IDF, in nats)."""
    counts = Counter(word for words in all_titles for word in words)
    total = len(all_titles)
    if statistics:
        counts = Counter(dict(zip(counts, statistics.text_counts([f"title:{word}" for word in counts]), strict=True)))
        total = statistics.episodes + statistics.articles
    return {
        word: max(0.0, (total * math.log((total + 1) / (count + 0.5)) + _PRIOR * prior_rarity(word)) / (total + _PRIOR))
        for word, count in counts.items()
    }


def _likeness(one: frozenset[str], other: frozenset[str], weight: Mapping[str, float]) -> float:
    """Return the similarity of two titles (Dice coefficient weighted by rarity, 0..1); 0 if they share too little."""
    shared = sum(weight[word] for word in sorted(one & other))
    if shared < _MIN_RARITY:
        return 0.0
    return 2 * shared / sum(weight[word] for words in (one, other) for word in sorted(words))
