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
from episodes.linking.catalog_statistics import Background
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
class Claim:
    """The numbers of a show's episodes that an article names at its most telling place, and what that weighs for and against."""

    name: str
    numbers: tuple[int, ...]
    place: str
    weight: float
    against: float


#: article id -> show's name, folded -> claim
Claims: TypeAlias = Mapping[int, Mapping[str, Claim]]


@dataclass(frozen=True, slots=True)
class Called:
    """What an episode is called: its number, and its show's names, the most particular first.

    Of a show's only episode any part of the title may be the show's name; ``standing`` are the names that are surely not its own title.
    """

    number: int | None
    names: tuple[str, ...]
    standing: tuple[str, ...]


def of_show(episode: EpisodeText) -> list[str]:
    """The traits by which the names of an episode's show are found: the show itself, and the parts of the title."""
    return [f"show:{episode.show}", *(f"part:{episode.show}|{part}" for part in _parts(episode.title))]


def called(episodes: Sequence[EpisodeText], background: Background | None = None) -> dict[int, Called]:
    """What each episode is called, by id: names are the parts that its title shares with others of the show, and the show's name."""
    parts = {episode.id: _parts(episode.title) for episode in episodes}
    traits = Counter(trait for episode in episodes for trait in of_show(episode))
    if background:
        traits = Counter(dict(zip(traits, background.heard(list(traits)), strict=True)))
    shared = {(one.show, part): traits[f"part:{one.show}|{part}"] for one in episodes for part in parts[one.id]}
    size = {one.show: traits[f"show:{one.show}"] for one in episodes}
    result = {}
    for episode in episodes:
        show = episode.show
        least = min(size[show], max(2, size[show] // _STANDING))
        common = sorted((-shared[show, part], part) for part in parts[episode.id] if shared[show, part] >= least)
        names = tuple(dict.fromkeys(name for name in (*(part for _, part in common), show.strip()) if name))
        standing = names if size[show] > 1 else ((show.strip(),) if show.strip() else ())
        result[episode.id] = Called(_number(episode, names), names, standing)
    return result


def names(known: Mapping[int, Called]) -> dict[str, str]:
    """The names beside which numbers of these episodes may stand, by their folded form."""
    return {name.casefold(): name for one in known.values() if one.number is not None for name in one.names}


def claims(wanted: Mapping[str, str], articles: Iterable[ArticleCandidate]) -> dict[int, dict[str, Claim]]:
    """What each article says about numbers beside these names (see ``names``); articles that say nothing are left out."""
    result = {}
    for article in articles:
        folded = f"{article.title} {article.dek} {article.text}".casefold()
        present = (name for key, name in wanted.items() if all(word in folded for word in surface(key)))
        made = {name.casefold(): claim for name in present if (claim := _claim(name, article)) is not None}
        if made:
            result[article.id] = made
    return result


def named_pairs(known: Mapping[int, Called], made: Claims) -> set[Pair]:
    """The pairs in which the article names the episode's number beside one of its show's names."""
    owners: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for episode, one in known.items():
        for name in one.names:
            if one.number is not None:
                owners[name.casefold(), one.number].append(episode)
    return {
        (episode, article)
        for article, of_article in made.items()
        for name, claim in of_article.items()
        for number in claim.numbers
        for episode in owners[name, number]
    }


def naming(one: Called, of_article: Mapping[str, Claim]) -> Evidence | None:
    """What an article's numbers say for or against an episode: by the most particular of its names that the article gives a number to."""
    claim = next((of_article[name.casefold()] for name in one.names if name.casefold() in of_article), None)
    if claim is None or one.number is None:
        return None
    if one.number in claim.numbers:
        return Evidence(
            Kind.NUMBER, f"the article names “{claim.name}” with number {one.number} in {claim.place}", claim.weight
        )
    others = ", ".join(map(str, claim.numbers))
    return Evidence(
        Kind.NUMBER, f"the article names “{claim.name}” with number {others}, and this is {one.number}", claim.against
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


def _claim(name: str, article: ArticleCandidate) -> Claim | None:
    """The numbers beside a show's name at the most telling place of an article that has any."""
    edges = f"{article.text[:_EDGE]}\n\n{article.text[-_EDGE:]}"
    for text, (place, weight, against) in zip((article.title, article.dek, edges, article.text), _PLACES, strict=True):
        numbers = show_mentions(text, name)
        if numbers:
            listed = len(numbers) >= _LIST
            return Claim(name, numbers, place, *(_LISTED if listed else (weight, against)))
    return None
