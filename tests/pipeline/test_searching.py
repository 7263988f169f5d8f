"""A hit has its counterpart, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from episodes.catalog import alignments
from episodes.database import writing
from episodes.documents.search import Hit
from episodes.models import Article, Link, Paragraph
from episodes.pipeline.searching import Counterpart, searched
from episodes.values import AlignedSpan, AlignmentKind, LinkStatus
from tests.search.town import Newsroom, fill

BRIDGE = "https://paper.example/bridge"
PLACES = (
    AlignedSpan(0, 0, 63, 12.0, 26.0, AlignmentKind.PARAPHRASE, 0.8),
    AlignedSpan(1, 0, 21, 20.0, 23.5, AlignmentKind.QUOTE, 0.9, "nine councillors were in favour"),
    AlignedSpan(1, 22, 76, 40.0, 58.0, AlignmentKind.PARAPHRASE, 0.7),
)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with writing(engine) as session:
        fill(Newsroom(session))
        alignments.put(session, 1, PLACES, checksum="as it was")
        yield session


def across(session: Session, words: str, **narrowed: object) -> list[Counterpart | None]:
    return [met.counterpart for met in searched(session, words, **narrowed)[1]]


def test_a_moment_leads_to_its_paragraph(session: Session) -> None:
    [found] = across(session, "toll crowns", where="said")

    assert found is not None
    assert (found.source, found.article, found.url, found.paragraph) == ("written", BRIDGE, BRIDGE, 1)
    assert found.title == "Council votes for the harbour bridge"
    assert found.text == "The toll, two crowns for each car, pays for the upkeep"


def test_the_shortest_place_that_holds_the_moment_is_taken(session: Session) -> None:
    [found] = across(session, '"nine councillors"', where="said")

    assert found is not None
    assert (found.start, found.kind) == (20.0, "quote")
    assert found.text == "Nine voted in favour."


def test_a_paragraph_leads_to_its_minute(session: Session) -> None:
    [found] = across(session, "voted favour", where="written")

    assert found is not None
    assert (found.source, found.episode, found.start) == ("said", "54", 20.0)
    assert found.url == "https://www.youtube.com/watch?v=harbourbrdg&t=20s"
    assert found.text == "nine councillors were in favour"
    assert found.title.endswith("The bridge vote")


def test_the_part_of_the_paragraph_that_has_the_words_leads(session: Session) -> None:
    [found] = across(session, "upkeep", where="written")

    assert found is not None
    assert (found.start, found.kind) == (40.0, "paraphrase")


def test_of_a_paraphrase_the_first_seconds_are_shown(session: Session) -> None:
    [found] = across(session, "decided", where="written")

    assert found is not None
    assert found.text.startswith("Tonight the harbour bridge: after eleven years")


def test_what_has_no_place_leads_nowhere(session: Session) -> None:
    assert across(session, "piles") == [None]
    assert across(session, "volunteers", where="written") == [None]


def test_only_sure_links_and_paragraphs_that_are_there(session: Session) -> None:
    paragraph = session.exec(
        select(Paragraph).join(Article).where(Article.url == BRIDGE, Paragraph.position == 1)
    ).one()
    session.delete(paragraph)
    session.flush()
    assert across(session, "toll crowns", where="said") == [None]
    session.get_one(Link, 1).status = LinkStatus.PROPOSED
    session.flush()

    assert across(session, "decided", where="written") == [None]


def test_the_document_has_one_more_key(session: Session) -> None:
    answer, met = searched(session, "toll crowns OR library", where="said")
    given = [Hit.of(one).as_dict() for one in met]

    assert len(given) == len(answer.hits)
    assert {list(one)[-1] for one in given} == {"aligned"}
    assert json.loads(json.dumps(given)) == given
    assert {one["start"]: one["aligned"] and one["aligned"]["paragraph"] for one in given} == {40.0: 1, 90.0: None}
