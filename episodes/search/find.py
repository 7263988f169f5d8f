"""The search itself: words in, moments out.

    parse -> candidates (the database's index) -> scored (ours, in Python) -> moments, one hit each, rolled up -> hits

The database says which passages answer; the order and all else is decided here, over the texts of those that look best, so that both
databases give the same hits in the same order. Where all words together find little, what has some of them follows, and among it where
the episode that answers best first speaks of it (``first_mention.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session

from episodes.dates import iso
from episodes.search import documents
from episodes.search.candidates import candidates
from episodes.search.dedup import Moment, moments
from episodes.search.documents import Document, DocumentId
from episodes.search.filters import filter_conditions, segment_conditions, show_condition, speakers_named
from episodes.search.first_mention import first_mention
from episodes.search.idf import term_stats
from episodes.search.query import SIDES, Node, Query, Side, positive_terms, positive_words, relaxed
from episodes.search.query_parser import parse
from episodes.search.rerank import RankingQuery, ScoredPassage, rerank
from episodes.search.snippets import SNIPPET_WORDS
from episodes.search.suggestions import suggestion
from episodes.search.unfinished import prefix_fallback
from episodes.search.word_times import at_words
from episodes.urls import deep_link
from transcripts.quality.kinds import Kind

#: Fewer passages than this for each hit that is wanted are little (they overlap by half): what has only some of the words follows.
FEW = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """A moment of an episode or a place in an article, as ``nir search --json`` gives it.

    ``start`` and ``end`` are seconds, None for what was written; ``highlights`` are from-to offsets in characters of ``snippet``.
    ``position``, of the segment or paragraph, and ``missing``, words of the question that are not there, are for our own pages.
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

    def document(self) -> dict[str, Any]:
        """Plain JSON values, the keys of the contract in its order."""
        values = asdict(self)
        del values["position"], values["missing"]
        return values | {
            "date": iso(self.date),
            "highlights": [list(span) for span in self.highlights],
        }


@dataclass(frozen=True, slots=True)
class SearchResults:
    """Hits, best first. ``query`` is how the words were read; ``partial``: some of them were enough; ``note`` is for the reader.

    ``suggestion`` is another query with words that the catalog has, where it lacks some of those that were typed. ``words`` are those that
    were looked for: as typed, or with the last one as the beginning of a word.
    """

    hits: tuple[Hit, ...]
    query: str
    partial: bool = False
    note: str = ""
    suggestion: str = ""
    words: str = ""


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
    """The best ``limit`` moments for what a reader typed, each with ``context`` words around what was found.

    Nothing is refused: what cannot be answered gives no hits and a note.
    """
    query = _narrowed(parse(words), where, after, before)
    shows = [_any_of(session, names) for names in ([show] if show else [], query.shows) if names]
    speakers = speakers_named(session, query.speakers) if query.speakers else []
    kinds = [kind for kind in query.marks if kind in set(Kind)]
    if note := _why_no_mark(query, kinds) or _why_unanswerable(query, show, shows, speakers):
        return SearchResults((), str(query), note=note, words=words)
    assert query.node is not None
    narrow = segment_conditions(session, speakers, kinds)
    filters = filter_conditions(query, [condition for condition in shows if condition is not None], narrow)
    read, about, first = _ranked(session, query.node, filters, narrow, limit)
    if all(each.absent for each in read) and (fallback := prefix_fallback(session, query.node)):
        node, note = fallback
        words = str(replace(parse(words), node=node))
        query = replace(query, node=node, note=" ".join(filter(None, [query.note, note])))
        read, about, first = _ranked(session, node, filters, narrow, limit)
    found = moments(read, lambda passages: documents.units(session, passages), limit, context, first)
    found = at_words(session, found)
    hits = [_hit(moment, about[moment.document]) for moment in found]
    better = suggestion(session, query) if all(hit.missing for hit in hits) else ""
    return SearchResults(tuple(hits), str(query), any(hit.missing for hit in hits), _note(query, hits), better, words)


def _any_of(session: Session, shows: Sequence[str]) -> ColumnElement[bool] | None:
    """The condition on ``episode`` for any of these shows; None if none is called so."""
    found = [condition for name in shows if (condition := show_condition(session, name)) is not None]
    return or_(*found) if found else None


def _note(query: Query, hits: Sequence[Hit]) -> str:
    """What the reader should know about the answer."""
    whole = sum(not hit.missing for hit in hits)
    some = ""
    if hits and not whole:
        some = "Nothing has all the words; these have some of them."
    elif whole < len(hits):
        some = f"{whole} of these {len(hits)} have all the words, the others most or some of them."
    return " ".join(filter(None, [query.note, some]))


def _narrowed(query: Query, where: str, after: date | None, before: date | None) -> Query:
    """The query with what the caller asks for besides; the narrower counts."""
    sides = query.sides & ({side for side in SIDES if where in (side, "all")})
    starts, stops = [day for day in (query.after, after) if day], [day for day in (query.before, before) if day]
    return replace(query, sides=frozenset(sides), after=max(starts, default=None), before=min(stops, default=None))


def _why_unanswerable(
    query: Query, show: str | None, shows: Sequence[ColumnElement[bool] | None], speakers: Sequence[str]
) -> str:
    """Why there can be no hit, or nothing."""
    if not query.sides:
        return "Nothing is on no side: what was said and what was written are both left out."
    if query.speakers and not speakers:
        return f"No speaker is called {' or '.join(query.speakers)}."
    if any(each is None for each in shows):
        return f"No show is called {' or '.join(filter(None, [show, *query.shows]))}."
    return query.note if query.node is None else ""


def _why_no_mark(query: Query, kinds: Sequence[str]) -> str:
    """Why nothing can be marked so, or nothing."""
    if not query.marks or kinds:
        return ""
    return f"No mark is called {' or '.join(query.marks)}: there are {', '.join(Kind)}."


def _ranked(
    session: Session,
    node: Node,
    filters: Sequence[ColumnElement[bool]],
    narrow: Sequence[ColumnElement[bool]],
    limit: int,
) -> tuple[list[ScoredPassage], Mapping[DocumentId, Document], ScoredPassage | None]:
    """The passages that answer, best first, their documents, and where the item begins.

    The last only where some of the words are enough.
    """
    stats = term_stats(session, list(dict.fromkeys(positive_terms(node))))
    ranking_query = RankingQuery(stats.idf, segment_conditions=narrow)
    chosen = candidates(session, node, stats, filters, limit)
    whole = {each.passage_id for each in chosen}
    relaxed_node = relaxed(node, least=3 if chosen else 2) if len(chosen) < FEW * limit else None
    if relaxed_node is not None:
        stats = term_stats(session, list(dict.fromkeys(positive_words(node))))
        ranking_query = RankingQuery(stats.idf, stats.idf.keys() - set(positive_terms(relaxed_node)), narrow)
        some = candidates(session, relaxed_node, stats, filters, limit)
        chosen += [each for each in some if each.passage_id not in whole]
    about = documents.documents(session, {each.document for each in chosen})
    read = rerank(session, [each.passage_id for each in chosen], about, ranking_query, whole)
    if relaxed_node is None:
        return read, about, None
    return read, about, first_mention(session, read, about, relaxed_node, stats, ranking_query)


def _hit(moment: Moment, about: Document) -> Hit:
    url = deep_link(about.url, moment.start) if moment.start is not None else about.url
    text, highlights = moment.snippet
    return Hit(
        about.episode, about.article, moment.document.side, moment.start, moment.end, url, about.title, about.date,
        text, highlights, moment.score, moment.position, moment.absent,
    )  # fmt: skip
