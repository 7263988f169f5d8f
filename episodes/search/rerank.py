"""The candidates' texts, read and put in order: what matches in each, how well it answers, best first."""

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
    """A passage that answers: what matches in it (nothing, where only its title does), where most of that stands, its score.

    ``absent`` are the terms that neither it nor its title has.
    """

    passage: FoundPassage
    matches: Sequence[Match]
    around: Cluster
    score: float
    absent: tuple[str, ...]


class RankingQuery(NamedTuple):
    """What is looked for: how much each term tells, and the terms that count only where they stand in order, saying nothing themselves.

    Where there are conditions ``segment_conditions``, only what stands in segments for which they hold is looked at.
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
    """These passages, best first; what is equal stands newest first and as in its document.

    ``about`` has their documents. Passages in ``whole`` have all that was asked for and stand before the others. A document that only
    its title answers is there once, with its beginning; where its text answers, too, passages that do not are left out.
    """
    titles, in_text = matcher(query.idf, title=True), matcher(query.idf)
    named = {each: matches(titles, folded_tokens(document.title)) for each, document in about.items()}
    found = [
        one for one in documents.passages(session, passage_ids) if one.document in named
    ]  # some may have gone meanwhile
    said = _said(session, found, query.segment_conditions) if query.segment_conditions else {}
    read = [
        _score(check_deadline(one), in_text, named[one.document], query, said.get(one.id), whole=one.id in whole)
        for one in found
    ]
    if not all(isinstance(term, Titled) for term in query.idf) and query.segment_conditions:
        read = [each for each in read if each.matches]
    scores = with_story_bonus([each.score for each in read], [_story(each, about) for each in read])
    told = [each._replace(score=points) for each, points in zip(read, scores, strict=True)]
    return sorted(_answering(session, told), key=lambda each: _order(each, about[each.passage.document]))


def score_one(passage: FoundPassage, about: Document, query: RankingQuery) -> ScoredPassage:
    """One passage of the document that it is ``about``, without what the rest of its story is worth."""
    return _score(passage, matcher(query.idf), _title_matches(query, about), query, None, whole=False)


def title_terms(query: RankingQuery, about: Document) -> set[Term]:
    """The terms that stand in a document's title."""
    return {match.term for match in _title_matches(query, about)}


def _title_matches(query: RankingQuery, about: Document) -> list[Match]:
    return matches(matcher(query.idf, title=True), folded_tokens(about.title))


Stretches = Sequence[tuple[int, int]]


def _said(
    session: Session, found: Sequence[FoundPassage], segment_conditions: Sequence[ColumnElement[bool]]
) -> dict[int, Stretches]:
    """The stretches of each passage's text that stand in segments for which the conditions hold, as from-to offsets."""
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
    """What answers in all of a passage, or in the stretches that were asked for."""
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


def _answering(session: Session, read: Sequence[ScoredPassage]) -> list[ScoredPassage]:
    """The passages whose text answers, and the first one of each document of which only the title does."""
    answering = [each for each in read if each.matches]
    titled = {each.passage.document: each for each in sorted(read, key=lambda each: each.score)}
    for each in answering:
        titled.pop(each.passage.document, None)
    first_passages = documents.first_passages(session, titled)
    return answering + [titled[passage.document]._replace(passage=passage) for passage in first_passages]


def _story(each: ScoredPassage, about: Mapping[DocumentId, Document]) -> Hashable:
    """An episode and its article are one story."""
    return about[each.passage.document].episode or each.passage.document


def _order(each: ScoredPassage, about: Document) -> tuple[bool, float, int, str, int, float, int]:
    side, number = each.passage.document
    day = -about.date.toordinal() if about.date else 0
    return bool(each.absent), -each.score, day, side, number, each.passage.start or 0.0, each.passage.id
