"""The search itself: words in, hits out.

    parse -> candidates (the database's index) -> rerank (BM25 in Python) -> dedup to moments -> hits

The database decides which passages match. The order and everything after it is decided here, over the texts of the most promising
passages: so SQLite and PostgreSQL return the same hits in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session

from episodes.search import documents
from episodes.search.dedup import moments
from episodes.search.filters import filter_conditions, segment_conditions, show_condition, speakers_named
from episodes.search.query import SIDES, Query
from episodes.search.query_parser import parse
from episodes.search.results import SearchResults, hit_of, note_on
from episodes.search.retrieval import prefix_fallback, retrieve
from episodes.search.snippets import SNIPPET_WORDS
from episodes.search.suggestions import suggestion
from episodes.search.word_times import at_words
from transcripts.quality.kinds import MarkKind


def find(
    session: Session,
    words: str,
    *,
    where: Literal["all", "said", "written"] = "all",
    show: str | None = None,
    after: date | None = None,
    before: date | None = None,
    limit: int = 10,
    context: int = SNIPPET_WORDS,
) -> SearchResults:
    """Return the best ``limit`` hits for what a reader typed, each with a snippet of ``context`` words.

    Nothing is refused: a query that cannot be answered returns no hits and a note that says why.
    """
    query = _narrowed(parse(words), where, after, before)
    shows = [_any_show(session, names) for names in ([show] if show else [], query.shows) if names]
    speakers = speakers_named(session, query.speakers) if query.speakers else []
    kinds = [kind for kind in query.marks if kind in set(MarkKind)]
    if note := _unknown_mark(query, kinds) or _why_no_hits(query, show, shows, speakers):
        return SearchResults((), str(query), note=note, words=words)
    assert query.node is not None
    narrow = segment_conditions(session, speakers, kinds)
    filters = filter_conditions(query, [condition for condition in shows if condition is not None], narrow)
    found = retrieve(session, query.node, filters, narrow, limit)
    if all(each.absent for each in found.passages) and (fallback := prefix_fallback(session, query.node)):
        node, note = fallback
        words = str(replace(parse(words), node=node))
        query = replace(query, node=node, note=" ".join(filter(None, [query.note, note])))
        found = retrieve(session, node, filters, narrow, limit)
    best = moments(
        found.passages, lambda passages: documents.units(session, passages), limit, context, found.first_mention
    )
    hits = [hit_of(moment, found.about[moment.document]) for moment in at_words(session, best)]
    better = suggestion(session, query) if all(hit.missing for hit in hits) else ""
    return SearchResults(tuple(hits), str(query), any(hit.missing for hit in hits), note_on(query, hits), better, words)


def _any_show(session: Session, names: Sequence[str]) -> ColumnElement[bool] | None:
    """Return the condition on ``episode`` for any of these shows; None if no show has one of these names."""
    found = [condition for name in names if (condition := show_condition(session, name)) is not None]
    return or_(*found) if found else None


def _narrowed(query: Query, where: str, after: date | None, before: date | None) -> Query:
    """Combine the query with the caller's own filters; the narrower counts."""
    sides = query.sides & ({side for side in SIDES if where in (side, "all")})
    starts, stops = [day for day in (query.after, after) if day], [day for day in (query.before, before) if day]
    return replace(query, sides=frozenset(sides), after=max(starts, default=None), before=min(stops, default=None))


def _why_no_hits(
    query: Query, show: str | None, shows: Sequence[ColumnElement[bool] | None], speakers: Sequence[str]
) -> str:
    """Return why there can be no hit, or an empty string."""
    if not query.sides:
        return "Both sides are excluded: what was said and what was written."
    if query.speakers and not speakers:
        return f"No speaker is called {' or '.join(query.speakers)}."
    if any(each is None for each in shows):
        return f"No show is called {' or '.join(filter(None, [show, *query.shows]))}."
    return query.note if query.node is None else ""


def _unknown_mark(query: Query, kinds: Sequence[str]) -> str:
    """Return a note if no quality mark has the name asked for, else an empty string."""
    if not query.marks or kinds:
        return ""
    return f"No quality mark is called {' or '.join(query.marks)}; the marks are {', '.join(MarkKind)}."
