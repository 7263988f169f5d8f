"""Link new and changed texts against a catalog that was linked before: read and decide only what they touch.

A new episode is compared with its candidates, and each candidate with its own best other episodes, so the margins are those of a full
linking. If the episode takes or shares an article linked to another episode, that episode is decided anew, too. The result equals that of
a full linking, except for the counts of common phrases, which date from the last one; so everything is linked anew once a twentieth of
the texts is new (``MOST_STALE``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from episodes.linking.catalog_statistics import feature_hashes
from episodes.linking.features import article_features, episode_features
from episodes.linking.linking_state import Features, LinkingState
from episodes.linking.number_mentions import episode_labels, number_mentions, show_features, show_names
from episodes.linking.values import ArticleCandidate, Decisions, EpisodeText, Pair
from episodes.linking.verdicts import link
from episodes.values import Verdict
from transcripts.tokens import stems

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

#: Link everything anew above this share of new and changed texts, and always if the catalog has fewer texts than ``SMALL``.
MOST_STALE, SMALL = 0.05, 200
#: Other episodes to compare each candidate with.
_RIVALS = 2
#: Maximum rounds that draw in more episodes, and maximum number of episodes.
_ROUNDS, _MOST = 3, 200


class CatalogReader(Protocol):
    """Reads texts and links by id; unknown ids are ignored."""

    def episodes(self, ids: Collection[int]) -> list[EpisodeText]:
        """Return episodes with their transcripts."""

    def articles(self, ids: Collection[int]) -> list[ArticleCandidate]:
        """Return articles with their texts."""

    def linked(self, *, episodes: Collection[int] = (), articles: Collection[int] = ()) -> set[Pair]:
        """Return the current links of these episodes, or of these articles."""


@dataclass(frozen=True, slots=True)
class Relinked:
    """Verdicts on the episodes decided anew (``due``), and the updated state."""

    verdicts: list[Verdict]
    due: frozenset[int]
    state: LinkingState


def relink(
    state: LinkingState,
    catalog: CatalogReader,
    episodes: Collection[int],
    articles: Collection[int],
    decided: Decisions,
) -> Relinked | None:
    """Link new or changed texts; None if they touch so much that everything must be linked."""
    updated = _updated(state, catalog, episodes, articles)
    if updated is None or updated.stale_share > MOST_STALE:
        return None
    near = _Neighborhood(updated, catalog, decided)
    due = {*episodes, *(episode for episode, _ in catalog.linked(articles=articles)), *near.episodes_claiming(articles)}
    for _ in range(_ROUNDS):
        if len(due) > _MOST:
            return None
        verdicts, decided_on = near.verdicts(due), frozenset(due)
        contested = {one.article_id for one in verdicts} | {article for _, article in catalog.linked(episodes=due)}
        due |= {episode for episode, _ in catalog.linked(articles=contested)}
        if due == decided_on:
            break
    return Relinked(verdicts, decided_on, updated)


def _updated(
    state: LinkingState, catalog: CatalogReader, episodes: Collection[int], articles: Collection[int]
) -> LinkingState | None:
    """Return the state with these texts; None if a show has a new name: no article was searched for it yet."""
    new_episodes, new_articles = catalog.episodes(episodes), catalog.articles(articles)
    counted = state.with_texts({one.id: feature_hashes(show_features(one)) for one in new_episodes}, {})
    labels = episode_labels(new_episodes, counted.statistics)
    if not state.names.issuperset(show_names(labels)):
        return None
    mentions = number_mentions({name: name for name in state.names}, new_articles)
    said = {one.id: episode_features(one, labels[one.id], _words(one.spoken)).all for one in new_episodes}
    written = {one.id: article_features(one, mentions.get(one.id, {}), _words(one.written)).all for one in new_articles}
    return state.with_texts(said, written)


def _words(text: str) -> Array:
    import numpy as np

    return np.unique(feature_hashes(set(stems(text))))


@dataclass(frozen=True)
class _Neighborhood:
    """A few texts of a catalog with the texts that compete with them."""

    state: LinkingState
    catalog: CatalogReader
    decided: Decisions

    def verdicts(self, due: Collection[int]) -> list[Verdict]:
        """Return the verdicts on these episodes, as a full linking would."""
        due_episodes = self.catalog.episodes(due)
        near = self._articles_for(due_episodes) | {article for _, article in self.catalog.linked(episodes=due)}
        candidates = self.catalog.articles(near)
        rivals = self._episodes_for(candidates, _RIVALS) | {one for one, _ in self.catalog.linked(articles=near)}
        others = self.catalog.episodes(rivals - set(due))
        more = {article for _, article in self.catalog.linked(episodes=rivals)} - near
        return self._link([*due_episodes, *others], [*candidates, *self.catalog.articles(more)], due)

    def episodes_claiming(self, articles: Collection[int]) -> set[int]:
        """Return the episodes that new or changed articles may belong to."""
        changed = self.catalog.articles(articles)
        candidates = self.catalog.episodes(self._episodes_for(changed))
        others = {one for _, one in self.catalog.linked(episodes=[one.id for one in candidates])} - set(articles)
        verdicts = self._link(candidates, [*changed, *self.catalog.articles(others)]) if changed else []
        return {one.episode_id for one in verdicts if one.article_id in articles}

    def _link(
        self,
        episodes: Iterable[EpisodeText],
        articles: Iterable[ArticleCandidate],
        only: Collection[int] | None = None,
    ) -> list[Verdict]:
        return link(episodes, articles, self.decided, self.state.statistics, only)

    def _articles_for(self, episodes: Collection[EpisodeText]) -> set[int]:
        labels = episode_labels(list(episodes), self.state.statistics)
        features = (episode_features(one, labels[one.id], _words(one.spoken)) for one in episodes)
        return {article for one in features for article in self.state.articles_for(one)}

    def _episodes_for(self, articles: Collection[ArticleCandidate], keep: int | None = None) -> set[int]:
        mentions = number_mentions({name: name for name in self.state.names}, articles)
        features = [article_features(one, mentions.get(one.id, {}), _words(one.written)) for one in articles]
        if keep is None:
            return {episode for one in features for episode in self.state.episodes_for(one)}
        # Rivals compete by text only.
        bare = [Features(one.words, one.references, one.title[:0], one.other) for one in features]
        return {episode for one in bare for episode in self.state.episodes_for(one, keep)}
