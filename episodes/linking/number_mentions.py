"""The second rung: the show's name with an episode's number, "Some Channel – News in Review – Episode 55.".

Where the number stands says how much it means: in the title or the line under it the article names its own episode; at its beginning or
end nearly so; in the middle it may be a remark on an older one. An article that names episode 55 speaks against 54 and 56.
Shows are known by the name they were given and by what their titles have in common, since imported episodes often bring no name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from episodes.episode_numbers import episode_number, show_mentions
from episodes.linking.catalog_statistics import CatalogStatistics
from episodes.linking.values import ArticleCandidate, EpisodeText, Kind, Pair
from episodes.values import Evidence
from transcripts.tokens import surface

_EDGE = 240  # characters at the beginning and at the end of an article
_LIST = 3  # as many numbers are a list of episodes, which tells little about each
_STANDING = 10  # a part of every tenth title, and of two, is a standing name
#: Characters and parts of a title that are looked at.
_LONGEST_TITLE, _MOST_PARTS = 1000, 20
_SEPARATORS = re.compile(r"\s[-–—|•·]\s|[–—|•·()\[\]]|[:,]\s")

#: Places from the most to the least telling: how it reads, weight for the episode named, weight against the others.
_PLACES = (
    ("its title", 7.0, -6.0),
    ("the line under its title", 7.0, -6.0),
    ("its first or last lines", 6.0, -5.0),
    ("passing", 3.0, -2.0),
)
_LISTED = (2.0, -1.0)


@dataclass(frozen=True, slots=True)
class NumberMention:
    """The numbers of a show's episodes that an article names at its most telling place, and what that weighs for and against."""

    name: str
    numbers: tuple[int, ...]
    place: str
    weight: float
    against: float


#: article id -> show's name, folded -> mention
NumberMentions: TypeAlias = Mapping[int, Mapping[str, NumberMention]]


@dataclass(frozen=True, slots=True)
class EpisodeLabel:
    """What an episode is called: its number, and its show's names, the most particular first.

    Of a show's only episode any part of the title may be the show's name; ``standing`` are the names that are surely not its own title.
    """

    number: int | None
    names: tuple[str, ...]
    standing: tuple[str, ...]


def show_features(episode: EpisodeText) -> list[str]:
    """The features by which the names of an episode's show are found: the show itself, and the parts of the title."""
    return [f"show:{episode.show}", *(f"part:{episode.show}|{part}" for part in _parts(episode.title))]


def episode_labels(
    episodes: Sequence[EpisodeText], statistics: CatalogStatistics | None = None
) -> dict[int, EpisodeLabel]:
    """What each episode is called, by id: names are the parts that its title shares with others of the show, and the show's name."""
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
    """The names beside which numbers of these episodes may stand, by their folded form."""
    return {name.casefold(): name for one in labels.values() if one.number is not None for name in one.names}


def number_mentions(
    wanted: Mapping[str, str], articles: Iterable[ArticleCandidate]
) -> dict[int, dict[str, NumberMention]]:
    """What each article says about numbers beside these names (see ``show_names``); articles that say nothing are left out."""
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
    """The pairs in which the article names the episode's number beside one of its show's names."""
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
    """What an article's numbers say for or against an episode: by the most particular of its names that the article gives a number to."""
    mention = next((of_article[name.casefold()] for name in one.names if name.casefold() in of_article), None)
    if mention is None or one.number is None:
        return None
    if one.number in mention.numbers:
        return Evidence(
            Kind.NUMBER,
            f"the article names “{mention.name}” with number {one.number} in {mention.place}",
            mention.weight,
        )
    others = ", ".join(map(str, mention.numbers))
    return Evidence(
        Kind.NUMBER,
        f"the article names “{mention.name}” with number {others}, and this is {one.number}",
        mention.against,
    )


def _number(episode: EpisodeText, names: Iterable[str]) -> int | None:
    """The episode's number as it is known, else as its title says beside one of the show's names."""
    if episode.number is not None:
        return episode.number
    read = (episode_number(episode.title, name) for name in (*names, ""))
    return next((number for number in read if number is not None), None)


def _parts(title: str) -> tuple[str, ...]:
    """The parts of a title between separators, without those that hold a number or less than a word; what stands before it is kept."""
    plain = " ".join(
        title[:_LONGEST_TITLE].split()
    )  # single spaces: the expression below tries each of a row of them anew
    parts = (
        re.sub(r"\s?(?:\b(?:episode|ep|no|nr|folge)\b\.?)?\s?#?\s?\d.*$", "", part, flags=re.IGNORECASE)
        for part in _SEPARATORS.split(plain, _MOST_PARTS)
    )
    return tuple(dict.fromkeys(part.strip(" .-") for part in parts if sum(map(str.isalpha, part)) > 2))


def _number_mention(name: str, article: ArticleCandidate) -> NumberMention | None:
    """The numbers beside a show's name at the most telling place of an article that has any."""
    edges = f"{article.text[:_EDGE]}\n\n{article.text[-_EDGE:]}"
    for text, (place, weight, against) in zip((article.title, article.dek, edges, article.text), _PLACES, strict=True):
        numbers = show_mentions(text, name)
        if numbers:
            listed = len(numbers) >= _LIST
            return NumberMention(name, numbers, place, *(_LISTED if listed else (weight, against)))
    return None
