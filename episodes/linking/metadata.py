"""What is known of a pair without reading the texts: pointers, numbers, titles, dates, and who is taken already.

Of any pair of a catalog ``Signs.of`` tells all such evidence, for and against; ``Signs.pairs`` are those worth a look because of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from episodes.linking.catalog_statistics import Background
from episodes.linking.number_mentions import Called, Claims, called, claims, named_pairs, names, naming
from episodes.linking.references import pointers, pointing_elsewhere
from episodes.linking.titles_and_dates import dates, titles
from episodes.linking.values import ArticleCandidate, Decisions, EpisodeText, Kind, Pair
from episodes.values import Evidence

#: Weight from which a pointer or a number settles to whom an article belongs.
FIRM = 4.0
_TAKEN = Evidence(Kind.RIVAL, "another article names or shows this episode", -2.5)
_CONFIRMED = Evidence(Kind.RIVAL, "a person has confirmed another article for this episode", -2.5)
_GIVEN = Evidence(Kind.RIVAL, "a person has confirmed this article for another episode", -2.5)


@dataclass(frozen=True, slots=True)
class Signs:
    """The evidence outside the texts of one catalog; made by ``read_signs``. Reads no transcript and decides nothing."""

    pointed: Mapping[Pair, Sequence[Evidence]]
    elsewhere: Mapping[int, Evidence]
    known: Mapping[int, Called]
    made: Claims
    titled: Mapping[Pair, Evidence]
    pairs: frozenset[Pair]
    firm: Mapping[int, frozenset[int]]
    confirmed: tuple[frozenset[int], frozenset[int]]

    def of(self, episode: EpisodeText, article: ArticleCandidate) -> list[Evidence]:
        """All evidence of a pair."""
        pair = episode.id, article.id
        found = [
            None if pair in self.pointed else self.elsewhere.get(article.id),
            naming(self.known[episode.id], self.made.get(article.id, {})),
            self.titled.get(pair),
            dates(episode.published, article.published),
            self._rival(pair),
        ]
        return [*self.pointed.get(pair, ()), *(one for one in found if one is not None)]

    def is_firm(self, pair: Pair) -> bool:
        """Whether a pointer or a number says that the two belong together."""
        return pair[1] in self.firm.get(pair[0], ())

    def _rival(self, pair: Pair) -> Evidence | None:
        """That one of the two belongs to somebody else, for all one can tell; a firm pair has no rival."""
        if self.is_firm(pair):
            return None
        if pair[0] in self.confirmed[0]:
            return _CONFIRMED
        if pair[1] in self.confirmed[1]:
            return _GIVEN
        return _TAKEN if self.firm.get(pair[0]) else None


def read_signs(
    episodes: Sequence[EpisodeText],
    articles: Sequence[ArticleCandidate],
    decided: Decisions,
    background: Background | None = None,
) -> Signs:
    """Look for every sign in a catalog, or in a part of the one that ``background`` tells of."""
    pointed, known = pointers(episodes, articles, background), called(episodes, background)
    made = claims(names(known), articles)
    named = {pair: naming(known[pair[0]], made[pair[1]]) for pair in named_pairs(known, made)}
    titled = titles(episodes, articles, {episode: one.standing for episode, one in known.items()}, background)
    strong = {pair for pair, some in pointed.items() if any(one.weight >= FIRM for one in some)}
    strong |= {pair for pair, one in named.items() if one is not None and one.weight >= FIRM}
    firm: defaultdict[int, set[int]] = defaultdict(set)
    for episode, article in strong:
        if decided.get((episode, article), True):
            firm[episode].add(article)
    sure = [pair for pair, yes in decided.items() if yes]
    return Signs(
        pointed=pointed,
        elsewhere=pointing_elsewhere(pointed),
        known=known,
        made=made,
        titled=titled,
        pairs=frozenset({*pointed, *named, *titled}),
        firm={episode: frozenset(some) for episode, some in firm.items()},
        confirmed=(frozenset(episode for episode, _ in sure), frozenset(article for _, article in sure)),
    )
