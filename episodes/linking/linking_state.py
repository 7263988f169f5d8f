"""What is kept of a catalog once it was linked, so that one new episode is compared with a few dozen texts and not with all.

``LinkingState`` knows for every text its features (see ``catalog_statistics``): the stems that occur in it, the addresses it names, the
words of its title, its show and number. From them come both what linking asks of a whole catalog, how common each feature is, and
the candidates of a new text: those that share the most rare features with it. Counts follow every text that comes or changes at once;
the phrases that many texts share are counted when all is linked anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from episodes.linking.catalog_statistics import CatalogStatistics, DocumentCounts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

#: Candidates of a text by words, and by the words of its title; what it points to comes on top.
BY_WORDS, BY_TITLE = 8, 4
#: A pointer or a number that so many share points nowhere.
_MOST_POINTED = 50
#: Transcripts times articles; what is more common than that finds nothing.
_COMMON = 2048
#: Phrases that are remembered, the most common ones, and from which count on.
_PHRASES, _SHARED = 1_000_000, 4


@dataclass(frozen=True, slots=True)
class Features:
    """The features of one text as sorted numbers: its ``words``, its ``references`` or what it is called, its title, and the rest."""

    words: Array
    references: Array
    title: Array
    other: Array

    @property
    def all(self) -> Array:
        """All of them, each once."""
        import numpy as np

        return np.unique(np.concatenate([self.words, self.references, self.title, self.other]))


class Postings(NamedTuple):
    """Which text has which feature: ``texts[start[n]:start[n + 1]]`` are the positions in ``ids`` of those that have ``keys[n]``."""

    ids: Array
    keys: Array
    start: Array
    texts: Array

    @classmethod
    def of(cls, features: Mapping[int, Array], most: int | None = None) -> Postings:
        """From the features of each text, by its id; those that more than ``most`` have are left out."""
        import numpy as np

        ids = np.array(sorted(features), np.int64)
        sizes = [len(features[one]) for one in ids.tolist()]
        found = np.concatenate([np.zeros(0, np.uint32), *(features[one] for one in ids.tolist())])
        owners = np.repeat(np.arange(len(ids), dtype=np.int32), sizes)
        order = np.argsort(found, kind="stable")
        keys, counts = np.unique(found, return_counts=True)
        if most is not None:
            kept = counts <= most
            order, keys, counts = order[np.repeat(kept, counts)], keys[kept], counts[kept]
        return cls(ids, keys, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), owners[order])

    def scores(self, features: Array, weights: Array) -> Array:
        """For each text the sum of the weights of those features that it has."""
        import numpy as np

        at = np.searchsorted(self.keys, features)
        there = at < len(self.keys)
        there[there] = self.keys[at[there]] == features[there]
        first, last = self.start[at[there]], self.start[at[there] + 1]
        lengths = last - first
        where = np.repeat(first - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
        return np.bincount(self.texts[where], np.repeat(weights[there], lengths), minlength=len(self.ids))

    def features_of(self, text: int) -> Array:
        """The features of the text with this id; none where it is unknown."""
        import numpy as np

        position = np.flatnonzero(self.ids == text)
        if not len(position):
            return np.zeros(0, np.uint32)
        found: Array = np.repeat(self.keys, np.diff(self.start))[self.texts == position[0]]
        return found


@dataclass(frozen=True)
class TextIndex:
    """All transcripts, or all articles: ``base`` when all was linked, and what has come or changed since, by id."""

    base: Postings
    fresh: Mapping[int, Array] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of texts."""
        return len(self.base.ids) + len(set(self.fresh) - set(self.base.ids.tolist()))

    @cached_property
    def _fresh(self) -> Postings:
        return Postings.of(self.fresh)

    def nearest(self, features: Array, weights: Array, keep: int | None = None) -> list[int]:
        """The ids of the ``keep`` texts that have the most of these features by weight (all that have any), the most first."""
        import numpy as np

        known = self.base.scores(features, weights)
        if self.fresh:
            known[np.isin(self.base.ids, list(self.fresh))] = 0.0  # its features are others by now
        scores = np.concatenate([known, self._fresh.scores(features, weights)])
        ids = np.concatenate([self.base.ids, self._fresh.ids])
        best = np.argsort(-scores, kind="stable")[:keep]
        found: list[int] = ids[best[scores[best] > 0]].tolist()
        return found

    def difference(self) -> tuple[Array, Array]:
        """The features that have come, and those that have gone with earlier texts, each as often as it did."""
        import numpy as np

        none = np.zeros(0, np.uint32)
        added = np.concatenate([none, *self.fresh.values()])
        removed = np.concatenate([none, *(self.base.features_of(text) for text in self.fresh)])
        return added, removed


@dataclass(frozen=True)
class LinkingState:
    """What is known of a whole catalog; ``names`` are those of its shows, folded, that were looked for in the articles."""

    names: frozenset[str]
    features: DocumentCounts
    phrases: DocumentCounts
    episodes: TextIndex
    articles: TextIndex

    def with_texts(self, episodes: Mapping[int, Array], articles: Mapping[int, Array]) -> LinkingState:
        """With these texts, new or changed, by their ids."""
        return replace(
            self,
            episodes=TextIndex(self.episodes.base, {**self.episodes.fresh, **episodes}),
            articles=TextIndex(self.articles.base, {**self.articles.fresh, **articles}),
        )

    @property
    def stale_share(self) -> float:
        """The share of texts that have come or changed since all was linked."""
        known = len(self.episodes.base.ids) + len(self.articles.base.ids)
        return (len(self.episodes.fresh) + len(self.articles.fresh)) / max(known, 1)

    @cached_property
    def statistics(self) -> CatalogStatistics:
        """How common everything is by now."""
        import numpy as np

        (spoken, no_longer_spoken), (written, no_longer_written) = (
            self.episodes.difference(),
            self.articles.difference(),
        )
        keys = np.union1d(self.features.keys, np.concatenate([spoken, written]))
        counts = self.features.of(keys)
        for column, added, removed in ((0, spoken, no_longer_spoken), (1, written, no_longer_written)):
            np.add.at(counts[column], np.searchsorted(keys, added), 1)
            np.subtract.at(counts[column], np.searchsorted(keys, removed), 1)
        return CatalogStatistics(self.episodes.size, self.articles.size, DocumentCounts(keys, *counts), self.phrases)

    def articles_for(self, episode: Features) -> list[int]:
        """The articles that an episode is worth comparing with."""
        return self._near(episode, self.articles, BY_WORDS)

    def episodes_for(self, article: Features, keep: int = BY_WORDS) -> list[int]:
        """The episodes that an article is worth comparing with."""
        return self._near(article, self.episodes, keep)

    def _near(self, features: Features, index: TextIndex, keep: int) -> list[int]:
        references = self._shared_by_few(features.references, index)
        return list(
            dict.fromkeys(
                [
                    *index.nearest(references, (references > 0).astype(float)),
                    *index.nearest(features.words, self._weights(features.words), keep),
                    *index.nearest(features.title, self._weights(features.title), BY_TITLE),
                ]
            )
        )

    def _shared_by_few(self, references: Array, index: TextIndex) -> Array:
        spoken, written = self.statistics.features.of(references)
        found: Array = references[(spoken if index is self.episodes else written) <= _MOST_POINTED]
        return found

    def _weights(self, features: Array) -> Array:
        """How much sharing each feature tells: as linking weighs words, with the rarity by count alone."""
        import numpy as np

        spoken, written = self.statistics.features.of(features)
        shared = np.maximum(spoken, 1) * np.maximum(written, 1)
        total = self.statistics.episodes + self.statistics.articles
        rare = np.maximum(np.log((total + 1) / (spoken + written + 0.5)), 0.0)
        return np.where(shared <= _COMMON, rare / shared, 0.0)


def build_state(
    names: Iterable[str], episodes: Mapping[int, Array], articles: Mapping[int, Array], phrases: DocumentCounts
) -> LinkingState:
    """The state of a whole catalog: the features of every text by its id, and who has which phrase."""
    import numpy as np

    spoken, written = Postings.of(episodes), Postings.of(articles)
    keys = np.union1d(spoken.keys, written.keys)
    counts = [np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)]
    for column, index in ((0, spoken), (1, written)):
        counts[column][np.searchsorted(keys, index.keys)] = np.diff(index.start)
    return LinkingState(
        frozenset(names),
        DocumentCounts(keys, *counts),
        _common(phrases),
        TextIndex(Postings.of(episodes, _COMMON)),
        TextIndex(Postings.of(articles, _COMMON)),
    )


def _common(phrases: DocumentCounts) -> DocumentCounts:
    """The phrases whose counts matter to a new text; of very many the most common."""
    import numpy as np

    shared = np.maximum(phrases.spoken, 1) * phrases.written
    least = _SHARED
    if len(shared) > _PHRASES:
        least = max(least, int(np.partition(shared, -_PHRASES)[-_PHRASES]))
    kept = shared >= least
    return DocumentCounts(phrases.keys[kept], phrases.spoken[kept], phrases.written[kept])
