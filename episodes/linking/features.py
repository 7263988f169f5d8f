"""The features of an episode and of an article: everything that makes a pair worth a comparison, in a form to count and look up.

    home:A    a URL or video of the episode; in an article, one it references
    page:A    the article's URL; in an episode, one in its description
    number:N  the show's name with a number: the episode's own, or one that the article mentions
    title:W   a stem of the title (of an episode's without its show's names)
    show:…, part:…   an episode's show and the parts of its title, from which the show's names are derived

Each stem of the text is a feature, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from episodes.linking.catalog_statistics import feature_hashes
from episodes.linking.linking_state import Features
from episodes.linking.number_mentions import EpisodeLabel, NumberMention, show_features
from episodes.linking.references import episode_keys, referenced_keys, url_keys_in
from episodes.linking.titles_and_dates import title_stems
from episodes.linking.values import ArticleCandidate, EpisodeText
from episodes.urls import key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


def episode_features(episode: EpisodeText, label: EpisodeLabel, words: Array) -> Features:
    """Return the features of an episode; ``words`` are the hashes of its stems."""
    numbers = [f"number:{name.casefold()}#{label.number}" for name in label.names if label.number is not None]
    pages = [f"page:{address}" for address in url_keys_in(episode.description)]
    homes = [f"home:{home}" for home in episode_keys(episode)]
    titled = [f"title:{word}" for word in title_stems(episode.title, label.standing)]
    return Features(words, _sorted([*numbers, *pages, *homes]), _sorted(titled), _sorted(show_features(episode)))


def article_features(article: ArticleCandidate, mentions: Mapping[str, NumberMention], words: Array) -> Features:
    """Return the features of an article; ``mentions`` are its number mentions by show name."""
    numbers = [f"number:{name}#{number}" for name, mention in mentions.items() for number in mention.numbers]
    homes = [f"home:{place}" for place in referenced_keys(article)]
    titled = [f"title:{word}" for word in title_stems(article.title)]
    pages = [f"page:{key(article.url)}"] if article.url else []
    return Features(words, _sorted([*numbers, *homes, *pages]), _sorted(titled), _sorted([]))


def _sorted(features: Iterable[str]) -> Array:
    import numpy as np

    return np.unique(feature_hashes(features))
