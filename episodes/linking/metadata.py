"""Evidence that needs no full-text comparison: references, numbers, titles, dates, and rivals.

``MetadataEvidence.of`` returns all such evidence for any pair of the catalog, for and against. ``MetadataEvidence.pairs`` are the pairs
worth a comparison because of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from episodes.linking.catalog_statistics import CatalogStatistics
from episodes.linking.number_mentions import (
    EpisodeLabel,
    NumberMentions,
    episode_labels,
    number_evidence,
    number_mentions,
    pairs_by_number,
    show_names,
)
from episodes.linking.references import references, references_elsewhere
from episodes.linking.titles_and_dates import date_evidence, title_evidence
from episodes.linking.values import ArticleCandidate, Decisions, EpisodeText, EvidenceKind, Pair
from episodes.values import Evidence

#: From this weight on, a reference or a number decides where an article belongs.
DECISIVE = 4.0
_TAKEN = Evidence(EvidenceKind.RIVAL, "another article mentions or embeds this episode", -2.5)
_CONFIRMED = Evidence(EvidenceKind.RIVAL, "a person has confirmed another article for this episode", -2.5)
_GIVEN = Evidence(EvidenceKind.RIVAL, "a person has confirmed this article for another episode", -2.5)


@dataclass(frozen=True, slots=True)
class MetadataEvidence:
    """The metadata evidence of one catalog, made by ``metadata_evidence``. Does not read transcripts or decide anything."""

    references: Mapping[Pair, Sequence[Evidence]]
    references_elsewhere: Mapping[int, Evidence]
    labels: Mapping[int, EpisodeLabel]
    mentions: NumberMentions
    titles: Mapping[Pair, Evidence]
    pairs: frozenset[Pair]
    decisive: Mapping[int, frozenset[int]]
    confirmed: tuple[frozenset[int], frozenset[int]]

    def of(self, episode: EpisodeText, article: ArticleCandidate) -> list[Evidence]:
        """Return all metadata evidence for and against a pair."""
        pair = episode.id, article.id
        found = [
            None if pair in self.references else self.references_elsewhere.get(article.id),
            number_evidence(self.labels[episode.id], self.mentions.get(article.id, {})),
            self.titles.get(pair),
            date_evidence(episode.published, article.published),
            self._rival(pair),
        ]
        return [*self.references.get(pair, ()), *(one for one in found if one is not None)]

    def is_decisive(self, pair: Pair) -> bool:
        """Whether a reference or a number decides that the two belong together."""
        return pair[1] in self.decisive.get(pair[0], ())

    def _rival(self, pair: Pair) -> Evidence | None:
        """Return evidence that one of the two belongs to another; None for a decisive pair."""
        if self.is_decisive(pair):
            return None
        if pair[0] in self.confirmed[0]:
            return _CONFIRMED
        if pair[1] in self.confirmed[1]:
            return _GIVEN
        return _TAKEN if self.decisive.get(pair[0]) else None


def metadata_evidence(
    episodes: Sequence[EpisodeText],
    articles: Sequence[ArticleCandidate],
    decided: Decisions,
    statistics: CatalogStatistics | None = None,
) -> MetadataEvidence:
    """Gather the metadata evidence of a catalog, or of the part of a larger one that ``statistics`` describes."""
    pointed, labels = references(episodes, articles, statistics), episode_labels(episodes, statistics)
    mentions = number_mentions(show_names(labels), articles)
    named = {pair: number_evidence(labels[pair[0]], mentions[pair[1]]) for pair in pairs_by_number(labels, mentions)}
    titled = title_evidence(episodes, articles, {episode: one.standing for episode, one in labels.items()}, statistics)
    strong = {pair for pair, some in pointed.items() if any(one.weight >= DECISIVE for one in some)}
    strong |= {pair for pair, one in named.items() if one is not None and one.weight >= DECISIVE}
    decisive: defaultdict[int, set[int]] = defaultdict(set)
    for episode, article in strong:
        if decided.get((episode, article), True):
            decisive[episode].add(article)
    sure = [pair for pair, yes in decided.items() if yes]
    return MetadataEvidence(
        references=pointed,
        references_elsewhere=references_elsewhere(pointed),
        labels=labels,
        mentions=mentions,
        titles=titled,
        pairs=frozenset({*pointed, *named, *titled}),
        decisive={episode: frozenset(some) for episode, some in decisive.items()},
        confirmed=(frozenset(episode for episode, _ in sure), frozenset(article for _, article in sure)),
    )
