"""New and changed texts linked among a catalog that was linked before: only what they touch is read and decided anew.

A new episode is compared with its candidates, and each of these with its own best other episodes, so that its leads are those that it
would have among all. Where it takes or shares an article that another episode was linked to, that one is decided anew as well. What is
decided so equals what linking everything would say but for the counts of common phrases, which are those of the last time that all was
linked; so it is linked whole again when a twentieth of it is new (``WORN``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from episodes.linking.catalog_statistics import codes
from episodes.linking.features import of_article, of_episode
from episodes.linking.linking_state import Memory, Traits
from episodes.linking.number_mentions import called, claims, names, of_show
from episodes.linking.values import ArticleCandidate, Decisions, EpisodeText, Pair
from episodes.linking.verdicts import link
from episodes.values import Verdict
from transcripts.tokens import stems

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

#: The share of new and changed texts from which on all is linked anew; smaller catalogs than this many texts always are.
WORN, SMALL = 0.05, 200
#: Other episodes that each candidate is compared with.
_RIVALS = 2
#: Rounds in which episodes are drawn in, and how many of them at most.
_ROUNDS, _MOST = 3, 200


class Library(Protocol):
    """Where texts and links are looked up by their ids; ids that nobody has are passed over."""

    def episodes(self, ids: Collection[int]) -> list[EpisodeText]:
        """Episodes with their words."""

    def articles(self, ids: Collection[int]) -> list[ArticleCandidate]:
        """Articles with their text."""

    def linked(self, *, episodes: Collection[int] = (), articles: Collection[int] = ()) -> set[Pair]:
        """The links that there are by now of these episodes, or of these articles."""


@dataclass(frozen=True, slots=True)
class Relinked:
    """Verdicts on those episodes that were decided anew, ``due``, and the memory with what is new in it."""

    verdicts: list[Verdict]
    due: frozenset[int]
    memory: Memory


def relink(
    memory: Memory, library: Library, episodes: Collection[int], articles: Collection[int], decided: Decisions
) -> Relinked | None:
    """Link what has come or changed; None where that touches so much that all has to be linked."""
    learnt = _learn(memory, library, episodes, articles)
    if learnt is None or learnt.worn > WORN:
        return None
    near = _Nearby(learnt, library, decided)
    due = {*episodes, *(episode for episode, _ in library.linked(articles=articles)), *near.taken_by(articles)}
    for _ in range(_ROUNDS):
        if len(due) > _MOST:
            return None
        verdicts, decided_on = near.verdicts(due), frozenset(due)
        contested = {one.article_id for one in verdicts} | {article for _, article in library.linked(episodes=due)}
        due |= {episode for episode, _ in library.linked(articles=contested)}
        if due == decided_on:
            break
    return Relinked(verdicts, decided_on, learnt)


def _learn(memory: Memory, library: Library, episodes: Collection[int], articles: Collection[int]) -> Memory | None:
    """The memory with these texts; None where a show has a name that no article was searched for."""
    ours, theirs = library.episodes(episodes), library.articles(articles)
    counted = memory.learn({one.id: codes(of_show(one)) for one in ours}, {})
    known = called(ours, counted.background)
    if not memory.names.issuperset(names(known)):
        return None
    made = claims({name: name for name in memory.names}, theirs)
    said = {one.id: of_episode(one, known[one.id], _words(one.spoken)).all for one in ours}
    written = {one.id: of_article(one, made.get(one.id, {}), _words(one.written)).all for one in theirs}
    return memory.learn(said, written)


def _words(text: str) -> Array:
    import numpy as np

    return np.unique(codes(set(stems(text))))


@dataclass(frozen=True)
class _Nearby:
    """A catalog seen from a few of its texts."""

    memory: Memory
    library: Library
    decided: Decisions

    def verdicts(self, due: Collection[int]) -> list[Verdict]:
        """Verdicts on these episodes, as they would be among all."""
        ours = self.library.episodes(due)
        near = self._articles_for(ours) | {article for _, article in self.library.linked(episodes=due)}
        theirs = self.library.articles(near)
        rivals = self._episodes_for(theirs, _RIVALS) | {one for one, _ in self.library.linked(articles=near)}
        others = self.library.episodes(rivals - set(due))
        more = {article for _, article in self.library.linked(episodes=rivals)} - near
        return self._link([*ours, *others], [*theirs, *self.library.articles(more)], due)

    def taken_by(self, articles: Collection[int]) -> set[int]:
        """The episodes to which new or changed articles may belong."""
        theirs = self.library.articles(articles)
        ours = self.library.episodes(self._episodes_for(theirs))
        others = {one for _, one in self.library.linked(episodes=[one.id for one in ours])} - set(articles)
        verdicts = self._link(ours, [*theirs, *self.library.articles(others)]) if theirs else []
        return {one.episode_id for one in verdicts if one.article_id in articles}

    def _link(
        self,
        episodes: Iterable[EpisodeText],
        articles: Iterable[ArticleCandidate],
        only: Collection[int] | None = None,
    ) -> list[Verdict]:
        return link(episodes, articles, self.decided, self.memory.background, only)

    def _articles_for(self, episodes: Collection[EpisodeText]) -> set[int]:
        known = called(list(episodes), self.memory.background)
        traits = (of_episode(one, known[one.id], _words(one.spoken)) for one in episodes)
        return {article for one in traits for article in self.memory.articles_for(one)}

    def _episodes_for(self, articles: Collection[ArticleCandidate], keep: int | None = None) -> set[int]:
        made = claims({name: name for name in self.memory.names}, articles)
        traits = [of_article(one, made.get(one.id, {}), _words(one.written)) for one in articles]
        if keep is None:
            return {episode for one in traits for episode in self.memory.episodes_for(one)}
        bare = [Traits(one.words, one.pointing, one.titled[:0], one.rest) for one in traits]  # rivals are so by text
        return {episode for one in bare for episode in self.memory.episodes_for(one, keep)}
