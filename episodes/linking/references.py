"""The first rung of evidence: explicit references. Video IDs and URLs in the article, article URLs in the episode's description.

A reference is strong if there are few others beside it. A page that embeds one video is about that video; a round-up of ten is about
none of them; a URL in every description is boilerplate. An embedded video counts for more than a linked one, which may be last year's;
beside an embedded video, a link is only a remark. A page that references other episodes of the catalog, but not this one, is evidence
against this one.

URLs are compared by their canonical key (``episodes.urls.key``): "video:ID" for videos.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from episodes.linking.catalog_statistics import CatalogStatistics
from episodes.linking.values import ArticleCandidate, EpisodeText, EvidenceKind, Pair
from episodes.urls import addresses_in, key
from episodes.values import Evidence

_FEW, _SOME = 2, 4  # videos on one page; article URLs in one description
_BOILERPLATE = 3  # a URL in more descriptions than this is boilerplate
#: Weights of an embedded video, or a URL in a description: alone (for videos, the first), a later video, one of some, one of many.
_STRONG, _LATER, _AMONG_SOME, _AMONG_MANY, _WEAK = 7.0, 5.0, 4.0, 2.0, 0.5
#: Weights of a link to an episode: the first on the page, a later one, one beside an embedded video.
_LINKED, _LINKED_LATER, _REMARK = 4.5, 3.0, 2.0
#: Weights against an episode if the article embeds, or links to, another one.
_ELSEWHERE, _LINKS_ELSEWHERE = -5.0, -2.5


def url_keys_in(text: str) -> list[str]:
    """Return the keys of all URLs in a text."""
    return [page for address in addresses_in(text) if (page := key(address))]


def episode_keys(episode: EpisodeText) -> set[str]:
    """Return the keys that identify an episode: its video and its page."""
    return {f"video:{episode.video_id}" if episode.video_id else "", key(episode.url)} - {""}


def referenced_keys(article: ArticleCandidate) -> list[str]:
    """Return the keys of everything an article embeds or links to, embedded videos first, without duplicates."""
    videos = sorted(article.video_ids, key=article.only_linked.__contains__)
    linked = [*map(key, article.links), *url_keys_in(article.text)]
    return [one for one in dict.fromkeys([*(f"video:{video}" for video in videos), *linked]) if one]


def references(
    episodes: Sequence[EpisodeText], articles: Sequence[ArticleCandidate], statistics: CatalogStatistics | None = None
) -> dict[Pair, list[Evidence]]:
    """Return the evidence for each pair in which one references the other."""
    found: defaultdict[Pair, list[Evidence]] = defaultdict(list)
    by_key = _episodes_by_key(episodes, statistics)
    for article in articles:
        for episode_id, evidence in _from_article(article, by_key):
            found[episode_id, article.id].append(evidence)
    for pair, evidence in _from_descriptions(episodes, articles, statistics):
        found[pair].append(evidence)
    return dict(found)


def references_elsewhere(found: Mapping[Pair, Iterable[Evidence]]) -> dict[int, Evidence]:
    """Map each article that references some episode to the evidence against all other episodes."""
    most: defaultdict[int, float] = defaultdict(float)
    for (_, article), some in found.items():
        most[article] = max([most[article], *(one.weight for one in some if one.kind == EvidenceKind.VIDEO)])
    shows = Evidence(EvidenceKind.VIDEO, "the article embeds the video of another episode", _ELSEWHERE)
    links = Evidence(EvidenceKind.VIDEO, "the article links to another episode, not to this one", _LINKS_ELSEWHERE)
    return {article: shows if weight >= _LATER else links for article, weight in most.items() if weight >= _LINKED}


def _episodes_by_key(
    episodes: Sequence[EpisodeText], statistics: CatalogStatistics | None
) -> dict[str, list[EpisodeText]]:
    """Map each key to its episodes. Leave out keys shared by many, such as the page of a channel: they tell nothing."""
    by_key: defaultdict[str, list[EpisodeText]] = defaultdict(list)
    for episode in episodes:
        for one in episode_keys(episode):
            by_key[one].append(episode)
    counts = statistics.episode_counts([f"home:{one}" for one in by_key]) if statistics else map(len, by_key.values())
    return {one: some for (one, some), count in zip(by_key.items(), counts, strict=True) if count <= _FEW}


def _from_article(
    article: ArticleCandidate, by_key: Mapping[str, Sequence[EpisodeText]]
) -> Iterable[tuple[int, Evidence]]:
    """Yield each episode that an article embeds or links to, once, with the evidence."""
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
                yield episode.id, _reference(episode, shown, first=first, embeds=one in embedded, beside=beside)


def _reference(episode: EpisodeText, shown: int, *, first: bool, embeds: bool, beside: bool) -> Evidence:
    """Return the evidence of one reference among ``shown``; ``beside``: the page embeds others and only links to this one."""
    what = (
        f"this episode's video ({episode.video_id})" if embeds else f"this episode ({episode.url or episode.video_id})"
    )
    among = f", one of {shown} on the page" if shown > 1 else ""
    weight = (_STRONG if first else _LATER) if embeds else (_LINKED if first else _LINKED_LATER)
    if shown > _FEW:
        weight = min(weight, _AMONG_SOME if shown <= _SOME else _AMONG_MANY)
    if beside:
        weight = min(weight, _REMARK)
    return Evidence(EvidenceKind.VIDEO, f"the article {'embeds' if embeds else 'links to'} {what}{among}", weight)


def _from_descriptions(
    episodes: Sequence[EpisodeText], articles: Sequence[ArticleCandidate], statistics: CatalogStatistics | None
) -> Iterable[tuple[Pair, Evidence]]:
    """Yield the pairs in which the episode's description contains the article's URL."""
    pages = {key(article.url): article for article in articles if article.url}
    named = {
        episode.id: [page for page in dict.fromkeys(url_keys_in(episode.description)) if page in pages]
        for episode in episodes
    }
    uses = Counter(page for found in named.values() for page in found)
    if statistics:
        uses = Counter(dict(zip(uses, statistics.episode_counts([f"page:{page}" for page in uses]), strict=True)))
    for episode_id, found in named.items():
        for page in found:
            weight = _STRONG if len(found) <= _FEW else _AMONG_SOME if len(found) <= _SOME else _AMONG_MANY
            if uses[page] > _BOILERPLATE:
                weight = _WEAK
            article = pages[page]
            detail = f"the episode's description links to the article ({article.url})"
            yield (episode_id, article.id), Evidence(EvidenceKind.ADDRESS, detail, weight)
