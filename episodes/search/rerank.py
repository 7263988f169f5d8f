"""Re-rank the candidates: read their texts, find the matches, score each passage, sort best first."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement
from sqlmodel import Session

from episodes.deadline import check_deadline
from episodes.search import documents
from episodes.search.bm25 import passage_score, with_story_bonus
from episodes.search.documents import Document, DocumentId, FoundPassage
from episodes.search.matching import Match, Matcher, matcher, matches
from episodes.search.passages import located_pieces
from episodes.search.query import Term, Titled
from episodes.search.snippets import Cluster, densest_cluster
from episodes.search.tokenizer import folded_tokens, token_spans


class ScoredPassage(NamedTuple):
    """A passage with its matches (none if only its title matches), their densest cluster, and its score.

    ``absent`` are the terms that neither the passage nor its title has.
    """

    passage: FoundPassage
    matches: Sequence[Match]
    around: Cluster
    score: float
    absent: tuple[str, ...]


class RankingQuery(NamedTuple):
    """The terms to score by: their IDF, and the stop words among them, which count only for word order (``order_only``).

    With ``segment_conditions``, only text in segments that meet them counts.
    """

    idf: Mapping[Term, float]
    order_only: Collection[Term] = ()
    segment_conditions: Sequence[ColumnElement[bool]] = ()


def rerank(
    session: Session,
    passage_ids: Collection[int],
    about: Mapping[DocumentId, Document],
    query: RankingQuery,
    whole: Collection[int],
) -> list[ScoredPassage]:
    """Return these passages scored, best first; equal ones by date, newest first, then in document order.

    ``about`` has their documents. Passages in ``whole`` match the whole query and come before the others. A document of which only the
    title matches is represented once, by its first passage; if its text matches as well, passages without a match are dropped.
    """
    titles, in_text = matcher(query.idf, title=True), matcher(query.idf)
    named = {each: matches(titles, folded_tokens(document.title)) for each, document in about.items()}
    found = [
        one for one in documents.passages(session, passage_ids) if one.document in named
    ]  # some may have been deleted meanwhile
    said = _allowed_parts(session, found, query.segment_conditions) if query.segment_conditions else {}
    read = [
        _score(check_deadline(one), in_text, named[one.document], query, said.get(one.id), whole=one.id in whole)
        for one in found
    ]
    if not all(isinstance(term, Titled) for term in query.idf) and query.segment_conditions:
        read = [each for each in read if each.matches]
    scores = with_story_bonus([each.score for each in read], [_story(each, about) for each in read])
    with_bonus = [each._replace(score=points) for each, points in zip(read, scores, strict=True)]
    return sorted(_with_matches(session, with_bonus), key=lambda each: _order(each, about[each.passage.document]))


def score_one(passage: FoundPassage, about: Document, query: RankingQuery) -> ScoredPassage:
    """Score a single passage, without the bonus of its story."""
    return _score(passage, matcher(query.idf), _title_matches(query, about), query, None, whole=False)


def title_terms(query: RankingQuery, about: Document) -> set[Term]:
    """Return the terms that match in a document's title."""
    return {match.term for match in _title_matches(query, about)}


def _title_matches(query: RankingQuery, about: Document) -> list[Match]:
    return matches(matcher(query.idf, title=True), folded_tokens(about.title))


Stretches = Sequence[tuple[int, int]]


def _allowed_parts(
    session: Session, found: Sequence[FoundPassage], segment_conditions: Sequence[ColumnElement[bool]]
) -> dict[int, Stretches]:
    """Map passage ids to the parts of the text in segments that meet the conditions, as [from, to) offsets."""
    units = documents.units(session, found)
    theirs = documents.positions(session, [each.id for each in found], segment_conditions)
    return {
        each.id: [
            (at, at + len(unit.text))
            for at, unit in located_pieces(each.text, units.get(each.id, ()))
            if unit.position in theirs.get(each.id, ())
        ]
        for each in found
    }


def _score(
    passage: FoundPassage,
    what: Matcher,
    title: Sequence[Match],
    query: RankingQuery,
    said: Stretches | None,
    *,
    whole: bool,
) -> ScoredPassage:
    """Score a whole passage or, if given, only the parts ``said``."""
    words = folded_tokens(passage.text)
    found = matches(what, words)
    if said is not None:
        placed = token_spans(passage.text)
        found = [each for each in found if any(a <= placed[each.first][0] < b for a, b in said)]
    weighted = [match for match in found if match.term not in query.order_only] if query.order_only else found
    around = densest_cluster(weighted, query.idf)
    points = passage_score(query.idf, found, title, length=len(words), proximity=around.weight)
    present = {*query.order_only, *(match.term for match in (*found, *title))}
    absent = tuple(str(term) for term in query.idf if term not in present)
    return ScoredPassage(passage, weighted, around, points, () if whole and said is None else absent)


def _with_matches(session: Session, read: Sequence[ScoredPassage]) -> list[ScoredPassage]:
    """Return the passages with matches, and the first passage of each document of which only the title matches."""
    answering = [each for each in read if each.matches]
    titled = {each.passage.document: each for each in sorted(read, key=lambda each: each.score)}
    for each in answering:
        titled.pop(each.passage.document, None)
    first_passages = documents.first_passages(session, titled)
    return answering + [titled[passage.document]._replace(passage=passage) for passage in first_passages]


def _story(each: ScoredPassage, about: Mapping[DocumentId, Document]) -> Hashable:
    """Return the key of a story: an episode and its linked article are one."""
    return about[each.passage.document].episode or each.passage.document


def _order(each: ScoredPassage, about: Document) -> tuple[bool, float, int, str, int, float, int]:
    side, number = each.passage.document
    day = -about.date.toordinal() if about.date else 0
    return bool(each.absent), -each.score, day, side, number, each.passage.start or 0.0, each.passage.id
