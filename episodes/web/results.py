"""Turn hits into what the search page shows: groups with their matches, a summary, page links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlmodel import Session

from episodes.catalog import browsing
from episodes.pipeline.searching import Counterpart, counterparts
from episodes.search.find import find
from episodes.search.results import Hit, SearchResults
from episodes.web import addresses
from episodes.web.highlighting import Piece, pieces
from episodes.web.search_params import MAX_PAGES, PER_PAGE, SearchParams
from episodes.web.templating import count
from transcripts.clock import short_clock

#: Maximum results over all pages; one more is searched to see whether there are more.
MAX_MOMENTS = PER_PAGE * MAX_PAGES
#: The same during search as you type: each letter searches again, and a less exact count will do.
MAX_MOMENTS_TYPING = 2 * PER_PAGE


@dataclass(frozen=True, slots=True)
class OtherSide:
    """The counterpart of a match: the paragraph about a moment, or the minute a paragraph was said."""

    href: str
    label: str
    said: bool
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """A moment or paragraph: link, label, text with highlights, counterpart, and the query words it lacks."""

    href: str
    label: str
    pieces: list[Piece]
    other_side: OtherSide | None
    missing: str


@dataclass(frozen=True, slots=True)
class RelatedDocument:
    """The linked article of an episode, or the linked episode of an article."""

    title: str
    href: str


@dataclass(slots=True)
class ResultGroup:
    """An episode or article with its matches."""

    said: bool
    title: str
    href: str
    day: date | None
    related: RelatedDocument | None
    matches: list[Match] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results. ``earlier`` and ``later`` are query strings of the neighbouring pages, or "".

    ``corrected`` is the suggested search if some of the typed words do not occur in the catalog.
    """

    params: SearchParams
    groups: list[ResultGroup]
    summary: str
    notes: list[str]
    earlier: str = ""
    later: str = ""
    corrected: SearchParams | None = None


def results(session: Session, params: SearchParams, *, typing: bool = False) -> Results:
    """Search, and prepare what the page shows. ``typing``: the last word may be unfinished."""
    if not params.words.strip():
        return Results(params, [], "", list(params.notes))
    max_moments = MAX_MOMENTS_TYPING if typing and params.page == 1 else MAX_MOMENTS
    answer = find(
        session,
        params.words,
        where=params.where,
        show=params.show or None,
        after=params.after,
        before=params.before,
        limit=max_moments + 1,
    )
    begin = (params.page - 1) * PER_PAGE
    stop = begin + PER_PAGE
    return Results(
        params,
        _groups(session, answer.hits[begin:stop], answer.words),
        _summary(answer, params.page, max_moments),
        [*params.notes, *([answer.note] if answer.note else [])],
        params.on_page(params.page - 1).query_string if params.page > 1 else "",
        params.on_page(params.page + 1).query_string if stop < min(len(answer.hits), max_moments) else "",
        _corrected(params, answer.suggestion),
    )


def _corrected(params: SearchParams, suggestion: str) -> SearchParams | None:
    """Return the suggestion as a search.

    Filters chosen in the form stay in the form and are not repeated in the query.
    """
    chosen = {f"in:{params.where}", f"after:{params.after}", f"before:{params.before}"}
    words = " ".join(word for word in suggestion.split(" ") if word not in chosen)
    return replace(params, words=words, page=1) if words else None


def _summary(answer: SearchResults, page: int, max_moments: int) -> str:
    """Return the count of results, announced by screen readers."""
    hits = answer.hits
    if not hits:
        return "No results"
    said = len({hit.episode for hit in hits if hit.source == "said"})
    written = len({hit.article for hit in hits if hit.source == "written"})
    where = " and ".join(([count(said, "episode")] if said else []) + ([count(written, "article")] if written else []))
    many = f"More than {max_moments} results" if len(hits) > max_moments else f"{count(len(hits), 'result')} in {where}"
    return f"{many}, page {page}" if page > 1 else many


def _groups(session: Session, hits: Sequence[Hit], words: str) -> list[ResultGroup]:
    """Group hits by document, in the order of the best hit of each."""
    search_results = counterparts(session, hits)
    urls = [hit.article for hit in hits] + [one.counterpart.article for one in search_results if one.counterpart]
    numbers = browsing.article_ids(session, filter(None, urls))
    titles = browsing.titles(session, [hit.episode for hit in hits if hit.episode])
    names = browsing.article_titles(session, numbers.values())
    groups: dict[str, ResultGroup] = {}
    for one in search_results:
        hit = one.hit
        said = hit.source == "said"
        name = f"{hit.source} {hit.episode if said else hit.article}"
        if name not in groups:
            related = _related_article(hit, numbers, names) if said else _related_episode(hit, titles)
            groups[name] = ResultGroup(said, hit.title, _href(hit, numbers, words, whole=True), hit.date, related)
        label = short_clock(hit.start) if hit.start is not None else f"¶ {hit.position + 1}"
        other_side = _other_side(one.counterpart, numbers, words) if one.counterpart else None
        match = Match(
            _href(hit, numbers, words), label, pieces(hit.snippet, hit.highlights), other_side, ", ".join(hit.missing)
        )
        groups[name].matches.append(match)
    return list(groups.values())


def _href(hit: Hit, numbers: Mapping[str, int], words: str, *, whole: bool = False) -> str:
    if hit.source == "said":
        return addresses.of_episode(hit.episode or "", at=None if whole else hit.start, words=words)
    return addresses.of_article(
        numbers.get(hit.article or "", 0), paragraph=None if whole else hit.position, words=words
    )


def _other_side(counterpart: Counterpart, numbers: Mapping[str, int], words: str) -> OtherSide | None:
    number = numbers.get(counterpart.article)
    if number is None:  # deleted meanwhile
        return None
    if counterpart.source == "written":
        href = addresses.of_article(number, paragraph=counterpart.paragraph, words=words)
        return OtherSide(href, f"¶ {counterpart.paragraph + 1}", said=False, text=counterpart.text)
    href = addresses.of_episode(
        counterpart.episode, at=counterpart.start, words=words, paragraph=(number, counterpart.paragraph)
    )
    return OtherSide(href, short_clock(counterpart.start), said=True, text=counterpart.text)


def _related_article(hit: Hit, numbers: Mapping[str, int], names: Mapping[int, str]) -> RelatedDocument | None:
    number = numbers.get(hit.article or "")
    return RelatedDocument(names.get(number, ""), addresses.of_article(number)) if number else None


def _related_episode(hit: Hit, titles: Mapping[str, str]) -> RelatedDocument | None:
    key = hit.episode or ""
    return RelatedDocument(titles[key], addresses.of_episode(key)) if key in titles else None
