"""What is kept of a catalog once it was linked, so that one new episode is compared with a few dozen texts and not with all.

``Memory`` knows for every text its traits (see ``background``): the stems that occur in it, the addresses it names, the words of its
title, its show and number. From them come both what linking asks of a whole catalog, how common each trait is, and the candidates of a
new text: those that share the most rare traits with it. Counts follow every text that comes or changes at once; the phrases that many
texts share are counted when all is linked anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from episodes.linking.catalog_statistics import Background, Counts

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
class Traits:
    """The traits of one text as sorted numbers: its ``words``, what it is ``pointing`` to or called, its title, and the rest."""

    words: Array
    pointing: Array
    titled: Array
    rest: Array

    @property
    def all(self) -> Array:
        """All of them, each once."""
        import numpy as np

        return np.unique(np.concatenate([self.words, self.pointing, self.titled, self.rest]))


class Postings(NamedTuple):
    """Which text has which trait: ``texts[start[n]:start[n + 1]]`` are the positions in ``ids`` of those that have ``keys[n]``."""

    ids: Array
    keys: Array
    start: Array
    texts: Array

    @classmethod
    def of(cls, traits: Mapping[int, Array], most: int | None = None) -> Postings:
        """From the traits of each text, by its id; those that more than ``most`` have are left out."""
        import numpy as np

        ids = np.array(sorted(traits), np.int64)
        sizes = [len(traits[one]) for one in ids.tolist()]
        found = np.concatenate([np.zeros(0, np.uint32), *(traits[one] for one in ids.tolist())])
        owners = np.repeat(np.arange(len(ids), dtype=np.int32), sizes)
        order = np.argsort(found, kind="stable")
        keys, counts = np.unique(found, return_counts=True)
        if most is not None:
            kept = counts <= most
            order, keys, counts = order[np.repeat(kept, counts)], keys[kept], counts[kept]
        return cls(ids, keys, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), owners[order])

    def scores(self, traits: Array, weights: Array) -> Array:
        """For each text the sum of the weights of those traits that it has."""
        import numpy as np

        at = np.searchsorted(self.keys, traits)
        there = at < len(self.keys)
        there[there] = self.keys[at[there]] == traits[there]
        first, last = self.start[at[there]], self.start[at[there] + 1]
        lengths = last - first
        where = np.repeat(first - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
        return np.bincount(self.texts[where], np.repeat(weights[there], lengths), minlength=len(self.ids))

    def traits_of(self, text: int) -> Array:
        """The traits of the text with this id; none where it is unknown."""
        import numpy as np

        position = np.flatnonzero(self.ids == text)
        if not len(position):
            return np.zeros(0, np.uint32)
        found: Array = np.repeat(self.keys, np.diff(self.start))[self.texts == position[0]]
        return found


@dataclass(frozen=True)
class Side:
    """All transcripts, or all articles: ``known`` when all was linked, and what has come or changed since, by id."""

    known: Postings
    fresh: Mapping[int, Array] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of texts."""
        return len(self.known.ids) + len(set(self.fresh) - set(self.known.ids.tolist()))

    @cached_property
    def _fresh(self) -> Postings:
        return Postings.of(self.fresh)

    def nearest(self, traits: Array, weights: Array, keep: int | None = None) -> list[int]:
        """The ids of the ``keep`` texts that have the most of these traits by weight (all that have any), the most first."""
        import numpy as np

        known = self.known.scores(traits, weights)
        if self.fresh:
            known[np.isin(self.known.ids, list(self.fresh))] = 0.0  # its traits are others by now
        scores = np.concatenate([known, self._fresh.scores(traits, weights)])
        ids = np.concatenate([self.known.ids, self._fresh.ids])
        best = np.argsort(-scores, kind="stable")[:keep]
        found: list[int] = ids[best[scores[best] > 0]].tolist()
        return found

    def difference(self) -> tuple[Array, Array]:
        """The traits that have come, and those that have gone with earlier texts, each as often as it did."""
        import numpy as np

        none = np.zeros(0, np.uint32)
        come = np.concatenate([none, *self.fresh.values()])
        gone = np.concatenate([none, *(self.known.traits_of(text) for text in self.fresh)])
        return come, gone


@dataclass(frozen=True)
class Memory:
    """What is known of a whole catalog; ``names`` are those of its shows, folded, that were looked for in the articles."""

    names: frozenset[str]
    traits: Counts
    phrases: Counts
    episodes: Side
    articles: Side

    def learn(self, episodes: Mapping[int, Array], articles: Mapping[int, Array]) -> Memory:
        """With these texts, new or changed, by their ids."""
        return replace(
            self,
            episodes=Side(self.episodes.known, {**self.episodes.fresh, **episodes}),
            articles=Side(self.articles.known, {**self.articles.fresh, **articles}),
        )

    @property
    def worn(self) -> float:
        """The share of texts that have come or changed since all was linked."""
        known = len(self.episodes.known.ids) + len(self.articles.known.ids)
        return (len(self.episodes.fresh) + len(self.articles.fresh)) / max(known, 1)

    @cached_property
    def background(self) -> Background:
        """How common everything is by now."""
        import numpy as np

        (heard, unheard), (read, unread) = self.episodes.difference(), self.articles.difference()
        keys = np.union1d(self.traits.keys, np.concatenate([heard, read]))
        counts = self.traits.of(keys)
        for column, come, gone in ((0, heard, unheard), (1, read, unread)):
            np.add.at(counts[column], np.searchsorted(keys, come), 1)
            np.subtract.at(counts[column], np.searchsorted(keys, gone), 1)
        return Background(self.episodes.size, self.articles.size, Counts(keys, *counts), self.phrases)

    def articles_for(self, episode: Traits) -> list[int]:
        """The articles that an episode is worth comparing with."""
        return self._near(episode, self.articles, BY_WORDS)

    def episodes_for(self, article: Traits, keep: int = BY_WORDS) -> list[int]:
        """The episodes that an article is worth comparing with."""
        return self._near(article, self.episodes, keep)

    def _near(self, traits: Traits, side: Side, keep: int) -> list[int]:
        pointing = self._shared_by_few(traits.pointing, side)
        return list(
            dict.fromkeys(
                [
                    *side.nearest(pointing, (pointing > 0).astype(float)),
                    *side.nearest(traits.words, self._weights(traits.words), keep),
                    *side.nearest(traits.titled, self._weights(traits.titled), BY_TITLE),
                ]
            )
        )

    def _shared_by_few(self, pointing: Array, side: Side) -> Array:
        heard, read = self.background.traits.of(pointing)
        found: Array = pointing[(heard if side is self.episodes else read) <= _MOST_POINTED]
        return found

    def _weights(self, traits: Array) -> Array:
        """How much sharing each trait tells: as linking weighs words, with the rarity by count alone."""
        import numpy as np

        heard, read = self.background.traits.of(traits)
        shared = np.maximum(heard, 1) * np.maximum(read, 1)
        total = self.background.episodes + self.background.articles
        rare = np.maximum(np.log((total + 1) / (heard + read + 0.5)), 0.0)
        return np.where(shared <= _COMMON, rare / shared, 0.0)


def remember(
    names: Iterable[str], episodes: Mapping[int, Array], articles: Mapping[int, Array], phrases: Counts
) -> Memory:
    """The memory of a whole catalog: the traits of every text by its id, and who has which phrase."""
    import numpy as np

    heard, read = Postings.of(episodes), Postings.of(articles)
    keys = np.union1d(heard.keys, read.keys)
    counts = [np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)]
    for column, side in ((0, heard), (1, read)):
        counts[column][np.searchsorted(keys, side.keys)] = np.diff(side.start)
    return Memory(
        frozenset(names),
        Counts(keys, *counts),
        _common(phrases),
        Side(Postings.of(episodes, _COMMON)),
        Side(Postings.of(articles, _COMMON)),
    )


def _common(phrases: Counts) -> Counts:
    """The phrases whose counts matter to a new text; of very many the most common."""
    import numpy as np

    shared = np.maximum(phrases.heard, 1) * phrases.read
    least = _SHARED
    if len(shared) > _PHRASES:
        least = max(least, int(np.partition(shared, -_PHRASES)[-_PHRASES]))
    kept = shared >= least
    return Counts(phrases.keys[kept], phrases.heard[kept], phrases.read[kept])
