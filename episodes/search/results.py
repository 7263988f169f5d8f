"""What a search returns: hits, and how the query was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from episodes.search.dedup import Moment
from episodes.search.documents import Document
from episodes.search.query import Query, Side
from episodes.urls import deep_link


@dataclass(frozen=True, slots=True)
class Hit:
    """A moment of an episode or a place in an article, in the shape of ``nir search --json``.

    ``start`` and ``end`` are seconds, None in an article. ``highlights`` are [from, to] character offsets in ``snippet``.
    ``position`` (of the segment or paragraph) and ``missing`` (query words that the hit lacks) are for the web page and the terminal,
    not part of the JSON contract.
    """

    episode: str | None
    article: str | None
    source: Side
    start: float | None
    end: float | None
    url: str
    title: str
    date: date | None
    snippet: str
    highlights: tuple[tuple[int, int], ...]
    score: float
    position: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResults:
    """Hits, best first, and how the query was read.

    ``query`` is the query as parsed, in the grammar itself. ``partial`` is true if some hits lack some of the words. ``note`` is a
    sentence for the reader. ``suggestion`` is a corrected query ("did you mean"), or empty. ``words`` are the words that were searched:
    as typed, or with the last one as a prefix.
    """

    hits: tuple[Hit, ...]
    query: str
    partial: bool = False
    note: str = ""
    suggestion: str = ""
    words: str = ""


def hit_of(moment: Moment, about: Document) -> Hit:
    """Make a hit of a moment and its document."""
    url = deep_link(about.url, moment.start) if moment.start is not None else about.url
    text, highlights = moment.snippet
    return Hit(
        about.episode, about.article, moment.document.side, moment.start, moment.end, url, about.title, about.date,
        text, highlights, moment.score, moment.position, moment.absent,
    )  # fmt: skip


def note_on(query: Query, hits: Sequence[Hit]) -> str:
    """Return what the reader should know: the parser's note, and how many hits have all the words."""
    whole = sum(not hit.missing for hit in hits)
    some = ""
    if hits and not whole:
        some = "Nothing has all the words; these have some of them."
    elif whole < len(hits):
        some = f"{whole} of these {len(hits)} have all the words, the others some of them."
    return " ".join(filter(None, [query.note, some]))
