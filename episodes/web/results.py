"""Hits -> what the search page shows: documents with their moments, a sentence on how many, pages to turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlmodel import Session

from episodes.catalog import browsing
from episodes.pipeline.searching import Counterpart, counterparts
from episodes.search.find import Hit, SearchResults, find
from episodes.web import addresses
from episodes.web.asked import ON_A_PAGE, PAGES, Asked
from episodes.web.marking import Piece, pieces
from episodes.web.templating import count
from transcripts.clock import short_clock

#: So many moments can be turned to; whether there are more is seen by one more.
REACHED = ON_A_PAGE * PAGES
#: While somebody types, each letter asks anew: how many there are is told less exactly then.
REACHED_TYPING = 2 * ON_A_PAGE


@dataclass(frozen=True, slots=True)
class Across:
    """The other side of a place: the paragraph about a moment, or the minute of a paragraph; ``text`` is what stands there."""

    href: str
    label: str
    said: bool
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A moment or a paragraph: where it leads, how it is called, its text with what matched marked, its other side, words it lacks."""

    href: str
    label: str
    pieces: list[Piece]
    across: Across | None
    missing: str


@dataclass(frozen=True, slots=True)
class Other:
    """The other side of a document: what was written about an episode, or said about what an article tells."""

    title: str
    href: str


@dataclass(slots=True)
class Found:
    """An episode or an article with its places."""

    said: bool
    title: str
    href: str
    day: date | None
    other: Other | None
    places: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results; ``earlier`` and ``later`` are query strings of the neighbouring pages, empty where there is none.

    ``better`` is the same search in words that the catalog has, where it lacks some of those that were typed.
    """

    asked: Asked
    found: list[Found]
    summary: str
    notes: list[str]
    earlier: str = ""
    later: str = ""
    better: Asked | None = None


def results(session: Session, asked: Asked, *, typing: bool = False) -> Results:
    """Search, and what the page shows of it; nothing asked gives nothing. ``typing``: the words may not be whole yet."""
    if not asked.words.strip():
        return Results(asked, [], "", list(asked.notes))
    reached = REACHED_TYPING if typing and asked.page == 1 else REACHED
    answer = find(
        session,
        asked.words,
        where=asked.where,
        show=asked.show or None,
        after=asked.after,
        before=asked.before,
        limit=reached + 1,
    )
    begin = (asked.page - 1) * ON_A_PAGE
    stop = begin + ON_A_PAGE
    return Results(
        asked,
        _grouped(session, answer.hits[begin:stop], answer.words),
        _summary(answer, asked.page, reached),
        [*asked.notes, *([answer.note] if answer.note else [])],
        asked.turned(asked.page - 1).address if asked.page > 1 else "",
        asked.turned(asked.page + 1).address if stop < min(len(answer.hits), reached) else "",
        _better(asked, answer.suggestion),
    )


def _better(asked: Asked, suggestion: str) -> Asked | None:
    """The suggestion as a search; what was chosen besides the words is chosen still, and need not stand in the box as well."""
    chosen = {f"in:{asked.where}", f"after:{asked.after}", f"before:{asked.before}"}
    words = " ".join(word for word in suggestion.split(" ") if word not in chosen)
    return replace(asked, words=words, page=1) if words else None


def _summary(answer: SearchResults, page: int, reached: int) -> str:
    """What a screen reader is told when the results change."""
    hits = answer.hits
    if not hits:
        return "Nothing found"
    said = len({hit.episode for hit in hits if hit.source == "said"})
    written = len({hit.article for hit in hits if hit.source == "written"})
    where = " and ".join(([count(said, "episode")] if said else []) + ([count(written, "article")] if written else []))
    many = f"More than {reached} moments" if len(hits) > reached else f"{count(len(hits), 'moment')} in {where}"
    return f"{many}, page {page}" if page > 1 else many


def _grouped(session: Session, hits: Sequence[Hit], words: str) -> list[Found]:
    """Hits under their documents, which stand in the order of their best hit."""
    met = counterparts(session, hits)
    urls = [hit.article for hit in hits] + [one.counterpart.article for one in met if one.counterpart]
    numbers = browsing.article_ids(session, filter(None, urls))
    titles = browsing.titles(session, [hit.episode for hit in hits if hit.episode])
    names = browsing.article_titles(session, numbers.values())
    groups: dict[str, Found] = {}
    for one in met:
        hit = one.hit
        said = hit.source == "said"
        name = f"{hit.source} {hit.episode if said else hit.article}"
        if name not in groups:
            other = _written(hit, numbers, names) if said else _said(hit, titles)
            groups[name] = Found(said, hit.title, _place(hit, numbers, words, whole=True), hit.date, other)
        label = short_clock(hit.start) if hit.start is not None else f"¶ {hit.position + 1}"
        across = _across(one.counterpart, numbers, words) if one.counterpart else None
        place = Place(
            _place(hit, numbers, words), label, pieces(hit.snippet, hit.highlights), across, ", ".join(hit.missing)
        )
        groups[name].places.append(place)
    return list(groups.values())


def _place(hit: Hit, numbers: Mapping[str, int], words: str, *, whole: bool = False) -> str:
    if hit.source == "said":
        return addresses.of_episode(hit.episode or "", at=None if whole else hit.start, words=words)
    return addresses.of_article(
        numbers.get(hit.article or "", 0), paragraph=None if whole else hit.position, words=words
    )


def _across(other: Counterpart, numbers: Mapping[str, int], words: str) -> Across | None:
    number = numbers.get(other.article)
    if number is None:  # it went meanwhile
        return None
    if other.source == "written":
        href = addresses.of_article(number, paragraph=other.paragraph, words=words)
        return Across(href, f"¶ {other.paragraph + 1}", said=False, text=other.text)
    href = addresses.of_episode(other.episode, at=other.start, words=words, beside=(number, other.paragraph))
    return Across(href, short_clock(other.start), said=True, text=other.text)


def _written(hit: Hit, numbers: Mapping[str, int], names: Mapping[int, str]) -> Other | None:
    number = numbers.get(hit.article or "")
    return Other(names.get(number, ""), addresses.of_article(number)) if number else None


def _said(hit: Hit, titles: Mapping[str, str]) -> Other | None:
    key = hit.episode or ""
    return Other(titles[key], addresses.of_episode(key)) if key in titles else None
