"""The traits of an episode and of an article: whatever makes two of them worth comparing, in a form that can be counted and looked up.

    home:A    the episode is at home at this address; the article names it
    page:A    the article is at home there; the episode's description names it
    number:N  the show's name with a number: the episode's own, those that the article names
    title:W   a stem of the title (of an episode's without its show's names)
    show:…, part:…   an episode's show and the parts of its title, from which the show's names are found

A stem of the text is a trait by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from episodes.linking.catalog_statistics import codes
from episodes.linking.linking_state import Traits
from episodes.linking.number_mentions import Called, Claim, of_show
from episodes.linking.references import homes_of, pages_in, places_in
from episodes.linking.titles_and_dates import content
from episodes.linking.values import ArticleCandidate, EpisodeText
from episodes.urls import key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


def of_episode(episode: EpisodeText, known: Called, words: Array) -> Traits:
    """The traits of an episode; ``words`` are the numbers of its stems."""
    numbers = [f"number:{name.casefold()}#{known.number}" for name in known.names if known.number is not None]
    pages = [f"page:{address}" for address in pages_in(episode.description)]
    homes = [f"home:{home}" for home in homes_of(episode)]
    titled = [f"title:{word}" for word in content(episode.title, known.standing)]
    return Traits(words, _sorted([*numbers, *pages, *homes]), _sorted(titled), _sorted(of_show(episode)))


def of_article(article: ArticleCandidate, made: Mapping[str, Claim], words: Array) -> Traits:
    """The traits of an article; ``made`` is what it says of the numbers of shows."""
    numbers = [f"number:{name}#{number}" for name, claim in made.items() for number in claim.numbers]
    homes = [f"home:{place}" for place in places_in(article)]
    titled = [f"title:{word}" for word in content(article.title)]
    pages = [f"page:{key(article.url)}"] if article.url else []
    return Traits(words, _sorted([*numbers, *homes, *pages]), _sorted(titled), _sorted([]))


def _sorted(traits: Iterable[str]) -> Array:
    import numpy as np

    return np.unique(codes(traits))
