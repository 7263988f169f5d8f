"""The state kept after a catalog was linked: it lets a new episode be compared with a few dozen texts instead of all.

``LinkingState`` holds the features of every text (see ``features``): the stems in it, the URLs it references, the words of its title, its
show and number. From them come the document frequency of each feature in the whole catalog, and the candidates for a new text: those that
share the most rare features with it. Document counts are updated with every new or changed text; phrases are counted only when the
whole catalog is linked.
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

#: Candidates of a text by words, and by title words, in addition to whatever it references.
BY_WORDS, BY_TITLE = 8, 4
#: A reference or number shared by more texts than this finds no candidates.
_MOST_REFERENCED = 50
#: Transcripts times articles with a feature; a more common one finds no candidates.
_COMMON = 2048
#: Phrases to keep: at most this many, the most common ones, of those whose transcripts times articles are at least ``_SHARED``.
_PHRASES, _SHARED = 1_000_000, 4


@dataclass(frozen=True, slots=True)
class Features:
    """The features of one text as sorted hashes: words, references (also numbers), title words, and others (show names)."""

    words: Array
    references: Array
    title: Array
    other: Array

    @property
    def all(self) -> Array:
        """All features, without duplicates."""
        import numpy as np

        return np.unique(np.concatenate([self.words, self.references, self.title, self.other]))


class Postings(NamedTuple):
    """An inverted index: ``texts[start[n]:start[n + 1]]`` are the positions in ``ids`` of the texts with feature ``keys[n]``."""

    ids: Array
    keys: Array
    start: Array
    texts: Array

    @classmethod
    def of(cls, features: Mapping[int, Array], most: int | None = None) -> Postings:
        """Build the index from the features of each text, by id; leave out features of more than ``most`` texts."""
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
        """Return, for each text, the summed weights of the given features that it has."""
        import numpy as np

        at = np.searchsorted(self.keys, features)
        there = at < len(self.keys)
        there[there] = self.keys[at[there]] == features[there]
        first, last = self.start[at[there]], self.start[at[there] + 1]
        lengths = last - first
        where = np.repeat(first - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
        return np.bincount(self.texts[where], np.repeat(weights[there], lengths), minlength=len(self.ids))

    def features_of(self, text: int) -> Array:
        """Return the features of the text with this id; empty if unknown."""
        import numpy as np

        position = np.flatnonzero(self.ids == text)
        if not len(position):
            return np.zeros(0, np.uint32)
        found: Array = np.repeat(self.keys, np.diff(self.start))[self.texts == position[0]]
        return found


@dataclass(frozen=True)
class TextIndex:
    """All transcripts, or all articles: the ``base`` of the last full linking, and the ``fresh`` texts since, by id."""

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
        """Return the ids of the ``keep`` texts with the highest scores (None: all with any of these features), best first."""
        import numpy as np

        known = self.base.scores(features, weights)
        if self.fresh:
            known[np.isin(self.base.ids, list(self.fresh))] = 0.0  # changed since: ``_fresh`` has the new features
        scores = np.concatenate([known, self._fresh.scores(features, weights)])
        ids = np.concatenate([self.base.ids, self._fresh.ids])
        best = np.argsort(-scores, kind="stable")[:keep]
        found: list[int] = ids[best[scores[best] > 0]].tolist()
        return found

    def difference(self) -> tuple[Array, Array]:
        """Return the features added by fresh texts and those removed with their earlier versions, with repetition."""
        import numpy as np

        none = np.zeros(0, np.uint32)
        added = np.concatenate([none, *self.fresh.values()])
        removed = np.concatenate([none, *(self.base.features_of(text) for text in self.fresh)])
        return added, removed


@dataclass(frozen=True)
class LinkingState:
    """The state of a whole catalog. ``names`` are the case-folded show names that were searched for in the articles."""

    names: frozenset[str]
    features: DocumentCounts
    phrases: DocumentCounts
    episodes: TextIndex
    articles: TextIndex

    def with_texts(self, episodes: Mapping[int, Array], articles: Mapping[int, Array]) -> LinkingState:
        """Return the state with these new or changed texts, by id."""
        return replace(
            self,
            episodes=TextIndex(self.episodes.base, {**self.episodes.fresh, **episodes}),
            articles=TextIndex(self.articles.base, {**self.articles.fresh, **articles}),
        )

    @property
    def stale_share(self) -> float:
        """The share of texts added or changed since the last full linking."""
        known = len(self.episodes.base.ids) + len(self.articles.base.ids)
        return (len(self.episodes.fresh) + len(self.articles.fresh)) / max(known, 1)

    @cached_property
    def statistics(self) -> CatalogStatistics:
        """Current document counts."""
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
        """Return the candidate articles of an episode."""
        return self._near(episode, self.articles, BY_WORDS)

    def episodes_for(self, article: Features, keep: int = BY_WORDS) -> list[int]:
        """Return the candidate episodes of an article."""
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
        found: Array = references[(spoken if index is self.episodes else written) <= _MOST_REFERENCED]
        return found

    def _weights(self, features: Array) -> Array:
        """Weigh each feature as ``text_overlap`` weighs words, but by IDF alone, without the prior."""
        import numpy as np

        spoken, written = self.statistics.features.of(features)
        shared = np.maximum(spoken, 1) * np.maximum(written, 1)
        total = self.statistics.episodes + self.statistics.articles
        rare = np.maximum(np.log((total + 1) / (spoken + written + 0.5)), 0.0)
        return np.where(shared <= _COMMON, rare / shared, 0.0)


def build_state(
    names: Iterable[str], episodes: Mapping[int, Array], articles: Mapping[int, Array], phrases: DocumentCounts
) -> LinkingState:
    """Build the state of a whole catalog from the features of every text, by id, and the counts of phrases."""
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
    """Keep the phrases common enough to matter for a new text; if there are too many, the most common ones."""
    import numpy as np

    shared = np.maximum(phrases.spoken, 1) * phrases.written
    least = _SHARED
    if len(shared) > _PHRASES:
        least = max(least, int(np.partition(shared, -_PHRASES)[-_PHRASES]))
    kept = shared >= least
    return DocumentCounts(phrases.keys[kept], phrases.spoken[kept], phrases.written[kept])
