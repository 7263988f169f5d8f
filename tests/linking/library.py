"""An in-memory catalog of texts and links, as ``linking.incremental`` reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from episodes.linking import ArticleCandidate, EpisodeText, Verdict
from episodes.linking.values import Pair


class Shelf:
    """All texts of a catalog by id, and its links; ``read`` counts the texts returned."""

    def __init__(
        self, episodes: Iterable[EpisodeText], articles: Iterable[ArticleCandidate], links: Iterable[Verdict] = ()
    ) -> None:
        self.all_episodes = {one.id: one for one in episodes}
        self.all_articles = {one.id: one for one in articles}
        self.links = {(one.episode_id, one.article_id): one for one in links}
        self.read = 0

    def episodes(self, ids: Collection[int]) -> list[EpisodeText]:
        self.read += len(ids)
        return [self.all_episodes[one] for one in sorted(ids) if one in self.all_episodes]

    def articles(self, ids: Collection[int]) -> list[ArticleCandidate]:
        self.read += len(ids)
        return [self.all_articles[one] for one in sorted(ids) if one in self.all_articles]

    def linked(self, *, episodes: Collection[int] = (), articles: Collection[int] = ()) -> set[Pair]:
        return {pair for pair in self.links if pair[0] in episodes or pair[1] in articles}

    def put(self, verdicts: Iterable[Verdict], due: Collection[int]) -> None:
        """Replace the links of the episodes that are due."""
        self.links = {pair: one for pair, one in self.links.items() if pair[0] not in due}
        self.links |= {(one.episode_id, one.article_id): one for one in verdicts}
