"""The candidates' texts, read and put in order: what matches in each, how well it answers, best first."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement
from sqlmodel import Session

from episodes.deadline import check_deadline
from episodes.search import documents
from episodes.search.bm25 import score, with_story
from episodes.search.documents import Document, DocumentId, Found
from episodes.search.matching import Match, Sought, matches, sought
from episodes.search.passages import laid
from episodes.search.query import Term, Titled
from episodes.search.snippets import Cluster, densest
from episodes.search.tokenizer import folded, spans


class Scored(NamedTuple):
    """A passage that answers: what matches in it (nothing, where only its title does), where most of that stands, its score.

    ``absent`` are the terms that neither it nor its title has.
    """

    passage: Found
    matches: Sequence[Match]
    around: Cluster
    score: float
    absent: tuple[str, ...]


class Asked(NamedTuple):
    """What is looked for: how much each term tells, and the terms that count only where they stand in order, saying nothing themselves.

    Where there are conditions ``of_segments``, only what stands in segments for which they hold is looked at.
    """

    telling: Mapping[Term, float]
    quiet: Collection[Term] = ()
    of_segments: Sequence[ColumnElement[bool]] = ()


def scored(
    session: Session,
    passage_ids: Collection[int],
    about: Mapping[DocumentId, Document],
    asked: Asked,
    whole: Collection[int],
) -> list[Scored]:
    """These passages, best first; what is equal stands newest first and as in its document.

    ``about`` has their documents. Passages in ``whole`` have all that was asked for and stand before the others. A document that only
    its title answers is there once, with its beginning; where its text answers, too, passages that do not are left out.
    """
    titles, in_text = sought(asked.telling, title=True), sought(asked.telling)
    named = {each: matches(titles, folded(document.title)) for each, document in about.items()}
    found = [
        one for one in documents.passages(session, passage_ids) if one.document in named
    ]  # some may have gone meanwhile
    said = _said(session, found, asked.of_segments) if asked.of_segments else {}
    read = [
        _scored(check_deadline(one), in_text, named[one.document], asked, said.get(one.id), whole=one.id in whole)
        for one in found
    ]
    if not all(isinstance(term, Titled) for term in asked.telling) and asked.of_segments:
        read = [each for each in read if each.matches]
    scores = with_story([each.score for each in read], [_story(each, about) for each in read])
    told = [each._replace(score=points) for each, points in zip(read, scores, strict=True)]
    return sorted(_answering(session, told), key=lambda each: _order(each, about[each.passage.document]))


def scored_alone(passage: Found, about: Document, asked: Asked) -> Scored:
    """One passage of the document that it is ``about``, without what the rest of its story is worth."""
    return _scored(passage, sought(asked.telling), _titled(asked, about), asked, None, whole=False)


def in_title(asked: Asked, about: Document) -> set[Term]:
    """The terms that stand in a document's title."""
    return {match.term for match in _titled(asked, about)}


def _titled(asked: Asked, about: Document) -> list[Match]:
    return matches(sought(asked.telling, title=True), folded(about.title))


Stretches = Sequence[tuple[int, int]]


def _said(session: Session, found: Sequence[Found], of_segments: Sequence[ColumnElement[bool]]) -> dict[int, Stretches]:
    """The stretches of each passage's text that stand in segments for which the conditions hold, as from-to offsets."""
    units = documents.units(session, found)
    theirs = documents.positions(session, [each.id for each in found], of_segments)
    return {
        each.id: [
            (at, at + len(unit.text))
            for at, unit in laid(each.text, units.get(each.id, ()))
            if unit.position in theirs.get(each.id, ())
        ]
        for each in found
    }


def _scored(
    passage: Found, what: Sought, title: Sequence[Match], asked: Asked, said: Stretches | None, *, whole: bool
) -> Scored:
    """What answers in all of a passage, or in the stretches that were asked for."""
    words = folded(passage.text)
    found = matches(what, words)
    if said is not None:
        placed = spans(passage.text)
        found = [each for each in found if any(a <= placed[each.first][0] < b for a, b in said)]
    speaking = [match for match in found if match.term not in asked.quiet] if asked.quiet else found
    around = densest(speaking, asked.telling)
    points = score(asked.telling, found, title, length=len(words), together=around.weight)
    present = {*asked.quiet, *(match.term for match in (*found, *title))}
    absent = tuple(str(term) for term in asked.telling if term not in present)
    return Scored(passage, speaking, around, points, () if whole and said is None else absent)


def _answering(session: Session, read: Sequence[Scored]) -> list[Scored]:
    """The passages whose text answers, and the first one of each document of which only the title does."""
    answering = [each for each in read if each.matches]
    titled = {each.passage.document: each for each in sorted(read, key=lambda each: each.score)}
    for each in answering:
        titled.pop(each.passage.document, None)
    beginnings = documents.beginnings(session, titled)
    return answering + [titled[passage.document]._replace(passage=passage) for passage in beginnings]


def _story(each: Scored, about: Mapping[DocumentId, Document]) -> Hashable:
    """An episode and its article are one story."""
    return about[each.passage.document].episode or each.passage.document


def _order(each: Scored, about: Document) -> tuple[bool, float, int, str, int, float, int]:
    side, number = each.passage.document
    day = -about.date.toordinal() if about.date else 0
    return bool(each.absent), -each.score, day, side, number, each.passage.start or 0.0, each.passage.id
