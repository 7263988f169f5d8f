"""The first rung: who points to whom. Video ids and addresses in the article, article addresses in the episode's description.

A pointer is strong when it points to little else: a page that shows one video is about it, a round-up of ten is about none of them, and
an address that stands in every description is the show's own furniture. A video that is shown counts for more than one that is merely
linked, which may be last year's; beside a shown video a link is a remark. A page that points to other episodes of the catalog and not to
this one speaks against this one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from episodes.linking.catalog_statistics import CatalogStatistics
from episodes.linking.values import ArticleCandidate, EpisodeText, Kind, Pair
from episodes.urls import addresses_in, key
from episodes.values import Evidence

_FEW, _SOME = 2, 4  # videos on one page; addresses of articles in one description
_FURNITURE = 3  # descriptions that hold the same address
_STRONG, _LATER, _AMONG_SOME, _AMONG_MANY, _ELSEWHERE = 7.0, 5.0, 4.0, 2.0, -5.0
_LINKED, _LINKED_LATER, _REMARK, _LINKS_ELSEWHERE = 4.5, 3.0, 2.0, -2.5


def url_keys_in(text: str) -> list[str]:
    """The keys of the addresses that stand in a text."""
    return [page for address in addresses_in(text) if (page := key(address))]


def episode_keys(episode: EpisodeText) -> set[str]:
    """Where an episode is at home, as keys: its video and its page."""
    return {f"video:{episode.video_id}" if episode.video_id else "", key(episode.url)} - {""}


def referenced_keys(article: ArticleCandidate) -> list[str]:
    """What an article shows and links to, as keys: the videos that it shows first, each once."""
    videos = sorted(article.video_ids, key=article.only_linked.__contains__)
    linked = [*map(key, article.links), *url_keys_in(article.text)]
    return [one for one in dict.fromkeys([*(f"video:{video}" for video in videos), *linked]) if one]


def references(
    episodes: Sequence[EpisodeText], articles: Sequence[ArticleCandidate], statistics: CatalogStatistics | None = None
) -> dict[Pair, list[Evidence]]:
    """What videos and addresses say for each pair of which one points to the other."""
    found: defaultdict[Pair, list[Evidence]] = defaultdict(list)
    by_key = _episodes_by_key(episodes, statistics)
    for article in articles:
        for episode_id, evidence in _from_article(article, by_key):
            found[episode_id, article.id].append(evidence)
    for pair, evidence in _from_descriptions(episodes, articles, statistics):
        found[pair].append(evidence)
    return dict(found)


def references_elsewhere(pointed: Mapping[Pair, Iterable[Evidence]]) -> dict[int, Evidence]:
    """For each article that shows the video of some episode, or links to it: what this says against every other episode."""
    most: defaultdict[int, float] = defaultdict(float)
    for (_, article), some in pointed.items():
        most[article] = max([most[article], *(one.weight for one in some if one.kind == Kind.VIDEO)])
    shows = Evidence(Kind.VIDEO, "the article shows the video of another episode", _ELSEWHERE)
    links = Evidence(Kind.VIDEO, "the article links to another episode, and not to this one", _LINKS_ELSEWHERE)
    return {article: shows if weight >= _LATER else links for article, weight in most.items() if weight >= _LINKED}


def _episodes_by_key(
    episodes: Sequence[EpisodeText], statistics: CatalogStatistics | None
) -> dict[str, list[EpisodeText]]:
    """Who is at home where. Of a page shared by all (a channel) nothing can be learnt."""
    by_key: defaultdict[str, list[EpisodeText]] = defaultdict(list)
    for episode in episodes:
        for one in episode_keys(episode):
            by_key[one].append(episode)
    counts = statistics.episode_counts([f"home:{one}" for one in by_key]) if statistics else map(len, by_key.values())
    return {one: some for (one, some), count in zip(by_key.items(), counts, strict=True) if count <= _FEW}


def _from_article(
    article: ArticleCandidate, by_key: Mapping[str, Sequence[EpisodeText]]
) -> Iterable[tuple[int, Evidence]]:
    """The episodes that an article embeds or links, each once, with what that weighs."""
    embedded = {f"video:{video}" for video in article.video_ids if video not in article.only_linked}
    keys = referenced_keys(article)
    known = list(dict.fromkeys(episode.id for one in keys for episode in by_key.get(one, ())))
    shown = max(len(known), len({one for one in keys if one.startswith("video:")}))
    seen: set[int] = set()
    for one in keys:
        for episode in by_key.get(one, ()):
            if episode.id not in seen:
                seen.add(episode.id)
                first = episode.id == known[0]
                beside = bool(embedded) and one not in embedded
                yield episode.id, _shows(episode, shown, first=first, embeds=one in embedded, beside=beside)


def _shows(episode: EpisodeText, shown: int, *, first: bool, embeds: bool, beside: bool) -> Evidence:
    """That an article points to an episode, among so many; ``beside`` says that it shows others and only links to this one."""
    what = (
        f"this episode's video ({episode.video_id})" if embeds else f"this episode ({episode.url or episode.video_id})"
    )
    among = f", one of {shown} on the page" if shown > 1 else ""
    weight = (_STRONG if first else _LATER) if embeds else (_LINKED if first else _LINKED_LATER)
    if shown > _FEW:
        weight = min(weight, _AMONG_SOME if shown <= _SOME else _AMONG_MANY)
    if beside:
        weight = min(weight, _REMARK)
    return Evidence(Kind.VIDEO, f"the article {'embeds' if embeds else 'links to'} {what}{among}", weight)


def _from_descriptions(
    episodes: Sequence[EpisodeText], articles: Sequence[ArticleCandidate], statistics: CatalogStatistics | None
) -> Iterable[tuple[Pair, Evidence]]:
    """The articles whose address stands in an episode's description."""
    pages = {key(article.url): article for article in articles if article.url}
    named = {
        episode.id: [a for a in dict.fromkeys(url_keys_in(episode.description)) if a in pages] for episode in episodes
    }
    uses = Counter(address for addresses in named.values() for address in addresses)
    if statistics:
        uses = Counter(dict(zip(uses, statistics.episode_counts([f"page:{address}" for address in uses]), strict=True)))
    for episode_id, addresses in named.items():
        for address in addresses:
            weight = _STRONG if len(addresses) <= _FEW else _AMONG_SOME if len(addresses) <= _SOME else _AMONG_MANY
            if uses[address] > _FURNITURE:
                weight = 0.5
            article = pages[address]
            yield (
                (episode_id, article.id),
                Evidence(
                    Kind.ADDRESS, f"the episode's description gives the article's address ({article.url})", weight
                ),
            )
