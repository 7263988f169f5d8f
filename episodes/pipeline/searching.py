"""Search with counterparts: a hit in an episode with the paragraph about it, a hit in an article with the moment when it was said.

    searched(session, "harbour bridge", …)    ``search.find.find``, each hit with its counterpart, if there is one
    counterparts(session, hits)               counterparts of given hits: for pages that show only some of them

Both serve the command line, the API and the pages. ``documents.search.Hit`` is their JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from episodes.catalog import counterparts as counterpart_rows
from episodes.catalog.counterparts import CounterpartRow
from episodes.search.find import find
from episodes.search.query import Side
from episodes.search.results import Hit, SearchResults
from episodes.urls import deep_link


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The counterpart of a hit: the paragraph about a moment, or the moment when a paragraph was said.

    ``source`` is the side of the counterpart, ``url`` its URL: that of the second in the episode, or of the article. ``start`` and ``end``
    (seconds in the episode) and ``paragraph`` (position in the article) are set on both sides. ``text`` is what is said there, or the part
    of the paragraph that was said. ``kind`` and ``score``: see ``values.AlignedSpan``.
    """

    source: Side
    episode: str
    article: str
    title: str
    url: str
    paragraph: int
    start: float
    end: float
    kind: str
    score: float
    text: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A hit with its counterpart; None if it has none."""

    hit: Hit
    counterpart: Counterpart | None


def searched(session: Session, words: str, **narrowed: Any) -> tuple[SearchResults, list[SearchResult]]:  # noqa: ANN401 - those of find
    """Search as ``find`` does, with its arguments; returns its results, and the hits with their counterparts."""
    answer = find(session, words, **narrowed)
    return answer, counterparts(session, answer.hits)


def counterparts(session: Session, hits: Sequence[Hit]) -> list[SearchResult]:
    """Each hit with its counterpart from a link that holds: the span closest to its words."""
    said = counterpart_rows.of_episodes(session, {hit.episode for hit in hits if hit.source == "said" and hit.episode})
    paragraphs = {(hit.article, hit.position) for hit in hits if hit.source == "written" and hit.article}
    written = counterpart_rows.of_paragraphs(session, paragraphs)
    written_texts = counterpart_rows.paragraphs(session, written)
    chosen = [_moment(hit, said) if hit.source == "said" else _part(hit, written, written_texts) for hit in hits]
    moments = [one for hit, one in zip(hits, chosen, strict=True) if one and hit.source == "said"]
    texts = {**written_texts, **counterpart_rows.paragraphs(session, moments)}
    return [SearchResult(hit, _counterpart(session, hit, one, texts)) for hit, one in zip(hits, chosen, strict=True)]


def _part(hit: Hit, spans: Sequence[CounterpartRow], texts: Mapping[tuple[str, int], str]) -> CounterpartRow | None:
    """Choose the span of a paragraph with the most highlighted words; among equals the highest score."""
    found = {hit.snippet[begin:until].casefold() for begin, until in hit.highlights}

    def has(one: CounterpartRow) -> int:
        part = texts.get((one.article, one.paragraph), "")[one.begin : one.until].casefold()
        return sum(word in part for word in found)

    of_paragraph = (one for one in spans if (one.article, one.paragraph) == (hit.article, hit.position))
    return max(of_paragraph, key=lambda one: (has(one), one.score), default=None)


def _moment(hit: Hit, spans: Sequence[CounterpartRow]) -> CounterpartRow | None:
    """Choose the shortest span that contains the start of a moment, else one that the moment reaches."""
    start = hit.start or 0.0
    end = max(hit.end or 0.0, start + 1e-3)
    reached = (one for one in spans if one.episode == hit.episode and one.start < end and one.end > start)
    return min(reached, key=lambda one: (one.start > start, one.end - one.start, -one.score), default=None)


def _counterpart(
    session: Session, hit: Hit, span: CounterpartRow | None, texts: Mapping[tuple[str, int], str]
) -> Counterpart | None:
    paragraph = texts.get((span.article, span.paragraph)) if span else None
    if span is None or paragraph is None:  # removed since it was aligned
        return None
    said = hit.source == "said"
    return Counterpart(
        "written" if said else "said",
        span.episode,
        span.article,
        span.article_title if said else span.episode_title,
        span.article if said else deep_link(span.episode_url, span.start),
        span.paragraph,
        span.start,
        span.end,
        span.kind,
        span.score,
        " ".join(paragraph[span.begin : span.until].split()) if said else counterpart_rows.said(session, span),
    )
