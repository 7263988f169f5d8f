"""The second rung of evidence: the show's name with an episode number, as in "Some Channel – News in Review – Episode 55.".

The position of the number decides its weight. In the title or the dek (the line under the title), the article names its own episode; in
its first or last lines, nearly so; in the middle, the mention may be a remark about an older episode. An article that names episode 55
is evidence against 54 and 56.

A show is known by its given name and by what its episode titles have in common, because imported episodes often come without a show name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from episodes.episode_numbers import episode_number, show_mentions
from episodes.linking.catalog_statistics import CatalogStatistics
from episodes.linking.values import ArticleCandidate, EpisodeText, EvidenceKind, Pair
from episodes.values import Evidence
from transcripts.tokens import surface

_EDGE = 240  # characters at the beginning and at the end of an article
_LIST = 3  # this many numbers are a list of episodes: weak evidence for each of them
_STANDING = 10  # a part found in one title of ten, and in two at least, is a standing name
#: Limits on how many characters and parts of a title are read.
_LONGEST_TITLE, _MOST_PARTS = 1000, 20
_SEPARATORS = re.compile(r"\s[-–—|•·]\s|[–—|•·()\[\]]|[:,]\s")

#: Positions, the most reliable first: wording, weight for the episode named, weight against the others.
_PLACES = (
    ("its title", 7.0, -6.0),
    ("the line under its title", 7.0, -6.0),
    ("its first or last lines", 6.0, -5.0),
    ("passing", 3.0, -2.0),
)
_LISTED = (2.0, -1.0)


@dataclass(frozen=True, slots=True)
class NumberMention:
    """The episode numbers beside a show's name at the most reliable position in an article; weights for and against."""

    name: str
    numbers: tuple[int, ...]
    place: str
    weight: float
    against: float


#: article id -> case-folded show name -> mention
NumberMentions: TypeAlias = Mapping[int, Mapping[str, NumberMention]]


@dataclass(frozen=True, slots=True)
class EpisodeLabel:
    """An episode's number and the names of its show, the most specific first.

    If a show has one episode only, any part of its title may be the show's name. ``standing`` are the names known not to be the
    episode's own title.
    """

    number: int | None
    names: tuple[str, ...]
    standing: tuple[str, ...]


def show_features(episode: EpisodeText) -> list[str]:
    """Return the features from which a show's names are derived: the show itself and the parts of the title."""
    return [f"show:{episode.show}", *(f"part:{episode.show}|{part}" for part in _parts(episode.title))]


def episode_labels(
    episodes: Sequence[EpisodeText], statistics: CatalogStatistics | None = None
) -> dict[int, EpisodeLabel]:
    """Label each episode, by id. Names are the title parts shared with other episodes of the show, and the show's name."""
    parts = {episode.id: _parts(episode.title) for episode in episodes}
    features = Counter(feature for episode in episodes for feature in show_features(episode))
    if statistics:
        features = Counter(dict(zip(features, statistics.episode_counts(list(features)), strict=True)))
    shared = {(one.show, part): features[f"part:{one.show}|{part}"] for one in episodes for part in parts[one.id]}
    size = {one.show: features[f"show:{one.show}"] for one in episodes}
    result = {}
    for episode in episodes:
        show = episode.show
        least = min(size[show], max(2, size[show] // _STANDING))
        common = sorted((-shared[show, part], part) for part in parts[episode.id] if shared[show, part] >= least)
        names = tuple(dict.fromkeys(name for name in (*(part for _, part in common), show.strip()) if name))
        standing = names if size[show] > 1 else ((show.strip(),) if show.strip() else ())
        result[episode.id] = EpisodeLabel(_number(episode, names), names, standing)
    return result


def show_names(labels: Mapping[int, EpisodeLabel]) -> dict[str, str]:
    """Map each case-folded name that may precede a number of these episodes to its spelling."""
    return {name.casefold(): name for one in labels.values() if one.number is not None for name in one.names}


def number_mentions(
    wanted: Mapping[str, str], articles: Iterable[ArticleCandidate]
) -> dict[int, dict[str, NumberMention]]:
    """Find the numbers beside these names (see ``show_names``) in each article; leave out articles without any."""
    result = {}
    for article in articles:
        folded = f"{article.title} {article.dek} {article.text}".casefold()
        present = (name for key, name in wanted.items() if all(word in folded for word in surface(key)))
        mentions = {
            name.casefold(): mention for name in present if (mention := _number_mention(name, article)) is not None
        }
        if mentions:
            result[article.id] = mentions
    return result


def pairs_by_number(labels: Mapping[int, EpisodeLabel], mentions: NumberMentions) -> set[Pair]:
    """Return the pairs in which the article names the episode's number beside one of its show's names."""
    owners: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for episode, one in labels.items():
        for name in one.names:
            if one.number is not None:
                owners[name.casefold(), one.number].append(episode)
    return {
        (episode, article)
        for article, of_article in mentions.items()
        for name, mention in of_article.items()
        for number in mention.numbers
        for episode in owners[name, number]
    }


def number_evidence(one: EpisodeLabel, of_article: Mapping[str, NumberMention]) -> Evidence | None:
    """Return the evidence of an article's numbers for or against an episode, by its most specific name with a number."""
    mention = next((of_article[name.casefold()] for name in one.names if name.casefold() in of_article), None)
    if mention is None or one.number is None:
        return None
    if one.number in mention.numbers:
        return Evidence(
            EvidenceKind.NUMBER,
            f"the article mentions “{mention.name}” number {one.number} in {mention.place}",
            mention.weight,
        )
    others = ", ".join(map(str, mention.numbers))
    return Evidence(
        EvidenceKind.NUMBER,
        f"the article mentions “{mention.name}” number {others}, but this is {one.number}",
        mention.against,
    )


def _number(episode: EpisodeText, names: Iterable[str]) -> int | None:
    """Return the known number of an episode, or else the number beside a show's name in its title."""
    if episode.number is not None:
        return episode.number
    read = (episode_number(episode.title, name) for name in (*names, ""))
    return next((number for number in read if number is not None), None)


def _parts(title: str) -> tuple[str, ...]:
    """Split a title at separators; cut each part at its number, and drop parts with fewer than three letters."""
    # Single spaces only: on a run of spaces the expression below would backtrack from each of them.
    plain = " ".join(title[:_LONGEST_TITLE].split())
    parts = (
        re.sub(r"\s?(?:\b(?:episode|ep|no|nr|folge)\b\.?)?\s?#?\s?\d.*$", "", part, flags=re.IGNORECASE)
        for part in _SEPARATORS.split(plain, _MOST_PARTS)
    )
    return tuple(dict.fromkeys(part.strip(" .-") for part in parts if sum(map(str.isalpha, part)) > 2))


def _number_mention(name: str, article: ArticleCandidate) -> NumberMention | None:
    """Return the numbers beside a show's name at the most reliable position in an article, or None."""
    edges = f"{article.text[:_EDGE]}\n\n{article.text[-_EDGE:]}"
    for text, (place, weight, against) in zip((article.title, article.dek, edges, article.text), _PLACES, strict=True):
        numbers = show_mentions(text, name)
        if numbers:
            listed = len(numbers) >= _LIST
            return NumberMention(name, numbers, place, *(_LISTED if listed else (weight, against)))
    return None
