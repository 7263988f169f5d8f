"""The search itself: words in, moments out.

    parse -> candidates (the database's index and order) -> scored (ours, in Python) -> moments, one hit each, rolled up -> hits

The database says which passages answer; the order and all else is decided here, over the texts of those that look best, so that both
databases give the same hits in the same order. They may differ in one thing: which passages look best, where more answer than are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement
from sqlmodel import Session

from episodes.search import documents
from episodes.search.candidates import candidates, weights
from episodes.search.databases import Candidate
from episodes.search.deep_link import deep_link
from episodes.search.documents import Document, DocumentId, document_id
from episodes.search.filters import conditions, of_show
from episodes.search.grammar import parse
from episodes.search.matching import matches
from episodes.search.moments import Moment, Scored, moments
from episodes.search.query import SIDES, Node, Query, Side, Term, relaxed, wanted
from episodes.search.ranking import score
from episodes.search.snippets import densest
from episodes.search.tokens import tokens


@dataclass(frozen=True, slots=True)
class Hit:
    """A moment of an episode or a place in an article, as ``nir search --json`` gives it.

    ``start`` and ``end`` are seconds, None for what was written; ``highlights`` are from-to offsets in characters of ``snippet``.
    ``position``, of the segment or paragraph, is for our own pages.
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

    def document(self) -> dict[str, Any]:
        """Plain JSON values, the keys of the contract in its order."""
        values = asdict(self)
        del values["position"]
        return values | {
            "date": self.date.isoformat() if self.date else None,
            "highlights": [list(span) for span in self.highlights],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """Hits, best first. ``query`` is how the words were read; ``partial``: some of them were enough; ``note`` is for the reader."""

    hits: tuple[Hit, ...]
    query: str
    partial: bool = False
    note: str = ""


def find(
    session: Session,
    words: str,
    *,
    where: Literal["all", "said", "written"] = "all",
    show: str | None = None,
    after: date | None = None,
    before: date | None = None,
    limit: int = 10,
) -> Answer:
    """The best ``limit`` moments for what a reader typed. Nothing is refused: what cannot be answered gives no hits and a note."""
    query = _narrowed(parse(words), where, after, before)
    showing = of_show(session, show) if show else None
    if note := _unanswerable(query, show, known=not show or showing is not None):
        return Answer((), str(query), note=note)
    assert query.node is not None
    filters = conditions(query, showing)
    hits = _search(session, query.node, filters, limit)
    loose = None if hits else relaxed(query.node)
    if loose is not None:
        hits = _search(session, loose, filters, limit)
    partial = bool(loose and hits)
    note = " ".join(
        filter(None, [query.note, "Nothing has all the words; these have some of them." if partial else ""])
    )
    return Answer(tuple(hits), str(query), partial, note)


def _narrowed(query: Query, where: str, after: date | None, before: date | None) -> Query:
    """The query with what the caller asks for besides; the narrower counts."""
    sides = query.sides & ({side for side in SIDES if where in (side, "all")})
    starts, stops = [day for day in (query.after, after) if day], [day for day in (query.before, before) if day]
    return replace(query, sides=frozenset(sides), after=max(starts, default=None), before=min(stops, default=None))


def _unanswerable(query: Query, show: str | None, *, known: bool) -> str:
    """Why there can be no hit, or nothing."""
    if query.node is None:
        return query.note
    if not query.sides:
        return "Nothing is on no side: what was said and what was written are both left out."
    return "" if known else f"No show is called {show}."


def _search(session: Session, node: Node, filters: Sequence[ColumnElement[bool]], limit: int) -> list[Hit]:
    telling = weights(session, list(dict.fromkeys(wanted(node))))
    chosen = candidates(session, node, telling, filters, limit)
    about = documents.documents(session, {document_id(each.transcript_id, each.article_id) for each in chosen})
    scored = _scored(session, chosen, about, telling)
    found = moments(scored, lambda ids: documents.units(session, ids), limit)
    return [_hit(moment, about[moment.document]) for moment in found]


def _scored(
    session: Session, chosen: Sequence[Candidate], about: Mapping[DocumentId, Document], telling: Mapping[Term, float]
) -> list[Scored]:
    """The candidates' texts, best first; what is equal stands newest first and as in its document."""
    titles = {each: matches(telling, tokens(document.title)) for each, document in about.items()}
    scored = []
    for passage in documents.passages(session, [each.passage_id for each in chosen]):
        if passage.document not in titles:
            continue  # it went while we were reading
        words = tokens(passage.text)
        found = matches(telling, words)
        around = densest(found, telling)
        points = score(telling, found, titles[passage.document], length=len(words), together=around.weight)
        scored.append(Scored(passage, words, found, around, points))
    return sorted(scored, key=lambda each: _order(each, about[each.passage.document].date))


def _order(each: Scored, day: date | None) -> tuple[float, int, str, int, float, int]:
    side, number = each.passage.document
    return -each.score, -day.toordinal() if day else 0, side, number, each.passage.start or 0.0, each.passage.id


def _hit(moment: Moment, about: Document) -> Hit:
    url = deep_link(about.url, moment.start) if moment.start is not None else about.url
    text, highlights = moment.snippet
    return Hit(
        about.episode, about.article, moment.document.side, moment.start, moment.end, url, about.title, about.date,
        text, highlights, moment.score, moment.position,
    )  # fmt: skip
