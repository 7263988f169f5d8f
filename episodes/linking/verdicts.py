"""Evidence -> verdict: which article belongs to which episode, and why.

Every piece of evidence has a weight in log-odds. The confidence of a pair is the logistic function of their sum and ``text_score.BASE``.
Pure: values in, values out, independent of their order. Decisions made by people are final: such a pair is not judged again, a
confirmed pair is taken, a rejected one is ignored.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from episodes.linking.catalog_statistics import CatalogStatistics
from episodes.linking.features import article_features, episode_features
from episodes.linking.linking_state import LinkingState, build_state
from episodes.linking.metadata import MetadataEvidence, metadata_evidence
from episodes.linking.number_mentions import show_names
from episodes.linking.text_evidence import text_evidence
from episodes.linking.text_overlap import Overlap, TextOverlaps, text_overlaps
from episodes.linking.text_score import BASE, TextScore, text_scores
from episodes.linking.values import ArticleCandidate, Decisions, EpisodeText, EvidenceKind
from episodes.values import Evidence, LinkStatus, Verdict

#: Increase whenever the same texts would give other links or another linking state.
VERSION = 2

#: Minimum confidence of a link. On real episodes with half of the right articles withheld, no wrong pair exceeded 0.5.
LINKED = 0.8
#: Minimum confidence to propose an episode's best pair, and to propose others.
PROPOSED, ALSO_PROPOSED = 0.1, 0.3
_PROPOSALS = 3
_KEEP = 6  # articles to compare each episode with, at least

_ENOUGH_WORDS = 100  # the weight of a shorter text is reduced in proportion
_LINKING_WORDS = 80  # shorter texts alone never link a pair
_WORST_TEXT = -3.0  # an article may be written freely: dissimilar texts alone never outweigh a reference
_BEST_TEXT = 6.0  # 1 or 2% of the most confident 1% were wrong, so an explicit contradiction outweighs similar texts
_FOLLOWS = 4.0  # from this text score on, the article belongs to the episode
_NO_TEXT = Evidence(EvidenceKind.TEXT, "one of the two has no text to compare", -1.6)
_ANOTHERS_TEXT = Evidence(EvidenceKind.RIVAL, "the article's text matches another episode", -2.5)


def link(
    episodes: Iterable[EpisodeText],
    articles: Iterable[ArticleCandidate],
    decided: Decisions | None = None,
    statistics: CatalogStatistics | None = None,
    only: Collection[int] | None = None,
) -> list[Verdict]:
    """Return the pairs that belong together, or may: by episode, the most likely first. Some episodes have none.

    With ``statistics``, the texts are a part of the catalog it describes, and are judged as they would be among all. With ``only``,
    verdicts are returned for those episodes, and the others count as rivals.
    """
    all_episodes, all_articles = _ordered(episodes, articles)
    if not all_episodes or not all_articles:
        return []
    return _verdicts(_read(all_episodes, all_articles, decided or {}, statistics), decided or {}, only)


def link_catalog(
    episodes: Iterable[EpisodeText], articles: Iterable[ArticleCandidate], decided: Decisions | None = None
) -> tuple[list[Verdict], LinkingState | None]:
    """Link a whole catalog; return the verdicts, and the state for linking new texts later (None if nothing can be linked)."""
    all_episodes, all_articles = _ordered(episodes, articles)
    if not all_episodes or not all_articles:
        return [], None
    catalog = _read(all_episodes, all_articles, decided or {}, None)
    return _verdicts(catalog, decided or {}), _state(catalog)


def _state(catalog: _Catalog) -> LinkingState:
    metadata, shared = catalog.metadata, catalog.shared
    said = {
        one.id: episode_features(one, metadata.labels[one.id], words).all
        for one, words in zip(catalog.episodes, shared.spoken, strict=True)
    }
    written = {
        one.id: article_features(one, metadata.mentions.get(one.id, {}), words).all
        for one, words in zip(catalog.articles, shared.written, strict=True)
    }
    return build_state(show_names(metadata.labels), said, written, shared.phrases)


def _ordered(
    episodes: Iterable[EpisodeText], articles: Iterable[ArticleCandidate]
) -> tuple[list[EpisodeText], list[ArticleCandidate]]:
    return sorted(episodes, key=lambda one: one.id), sorted(articles, key=lambda one: one.id)


def _verdicts(catalog: _Catalog, decided: Decisions, only: Collection[int] | None = None) -> list[Verdict]:
    by_episode: defaultdict[int, list[_Judged]] = defaultdict(list)
    for one in _judged(catalog, decided):
        if only is None or one.episode.id in only:
            by_episode[one.episode.id].append(one)
    return [_verdict(one, status, catalog) for some in by_episode.values() for one, status in _chosen(some)]


@dataclass(frozen=True, slots=True)
class _Catalog:
    """All input and evidence of one catalog; texts and overlaps by position, the rest by id."""

    episodes: Sequence[EpisodeText]
    articles: Sequence[ArticleCandidate]
    spoken: Sequence[str]
    written: Sequence[str]
    metadata: MetadataEvidence
    shared: TextOverlaps


@dataclass(frozen=True, slots=True)
class _Judged:
    """One pair with its evidence. Text evidence is put in words later, for reported pairs only."""

    episode: EpisodeText
    article: ArticleCandidate
    place: tuple[int, int]
    evidence: Sequence[Evidence]
    score: TextScore
    scale: float
    confidence: float
    may_link: bool


def _read(
    episodes: Sequence[EpisodeText],
    articles: Sequence[ArticleCandidate],
    decided: Decisions,
    statistics: CatalogStatistics | None,
) -> _Catalog:
    """Gather metadata evidence and compare texts; leave out rejected pairs."""
    metadata = metadata_evidence(episodes, articles, decided, statistics)
    spoken, written = [one.spoken for one in episodes], [one.written for one in articles]
    rows, columns = {one.id: i for i, one in enumerate(episodes)}, {one.id: j for j, one in enumerate(articles)}
    also: defaultdict[int, set[int]] = defaultdict(set)
    for episode, article in {*metadata.pairs, *(pair for pair, yes in decided.items() if yes)}:
        if episode in rows and article in columns:
            also[rows[episode]].add(columns[article])
    rejected = {pair for pair, yes in decided.items() if not yes}
    most = max(Counter(episode for episode, _ in rejected).values(), default=0)
    shared = text_overlaps(spoken, written, also, _KEEP + most, statistics)
    kept = {(i, j): one for (i, j), one in shared.overlaps.items() if (episodes[i].id, articles[j].id) not in rejected}
    return _Catalog(episodes, articles, spoken, written, metadata, shared._replace(overlaps=kept))


def _judged(catalog: _Catalog, decided: Decisions) -> Iterable[_Judged]:
    """Yield every compared pair that no person has decided, with its confidence."""
    scores = text_scores(catalog.shared.overlaps)
    scales = {place: _scale(catalog.shared.overlaps[place], score) for place, score in scores.items()}
    followed = {j for (i, j), score in scores.items() if scales[i, j] * score.total >= _FOLLOWS}
    for (i, j), score in scores.items():
        episode, article, overlap = catalog.episodes[i], catalog.articles[j], catalog.shared.overlaps[i, j]
        if (episode.id, article.id) in decided:
            continue
        evidence, text = catalog.metadata.of(episode, article), scales[i, j] * score.total
        if not overlap.shorter:
            evidence.append(_NO_TEXT)
        elif text < 0 and j in followed:
            evidence.append(_ANOTHERS_TEXT)
        may_link = catalog.metadata.is_decisive((episode.id, article.id)) or (
            overlap.shorter >= _LINKING_WORDS and text >= -BASE
        )
        confidence = _logistic(BASE + text + sum(one.weight for one in evidence))
        yield _Judged(episode, article, (i, j), evidence, score, scales[i, j], confidence, may_link)


def _scale(overlap: Overlap, score: TextScore) -> float:
    """Return the factor for the text score: small for short texts, limited to ``_WORST_TEXT`` and ``_BEST_TEXT``."""
    scale, total = min(1.0, overlap.shorter / _ENOUGH_WORDS), score.total
    limit = _BEST_TEXT if total > 0 else _WORST_TEXT
    return min(scale, limit / total) if total else scale


def _chosen(judged: Sequence[_Judged]) -> list[tuple[_Judged, LinkStatus]]:
    """Return the pairs of one episode to report, the most likely first."""
    ranked = sorted(judged, key=lambda one: (-one.confidence, one.article.id))
    sure = [one.confidence >= LINKED and one.may_link for one in ranked]
    linked = [one for one, yes in zip(ranked, sure, strict=True) if yes]
    rest = [one for one, yes in zip(ranked, sure, strict=True) if not yes]
    first = rest[:1] if not linked and rest[0].confidence >= PROPOSED else []
    likely = [one for one in rest[len(first) :] if one.confidence >= ALSO_PROPOSED]
    proposed = [*first, *likely][:_PROPOSALS]
    return [*((one, LinkStatus.LINKED) for one in linked), *((one, LinkStatus.PROPOSED) for one in proposed)]


def _verdict(one: _Judged, status: LinkStatus, catalog: _Catalog) -> Verdict:
    """Return the verdict of a pair with all its evidence in words, the strongest first."""
    (i, j), evidence = one.place, list(one.evidence)
    overlap = catalog.shared.overlaps[i, j]
    if overlap.shorter:
        evidence += text_evidence(
            catalog.spoken[i], catalog.written[j], overlap, one.score, one.scale, catalog.shared.rarity
        )
    ranked = sorted(evidence, key=lambda reason: -abs(reason.weight))
    return Verdict(one.episode.id, one.article.id, status, round(one.confidence, 4), tuple(ranked))


def _logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
