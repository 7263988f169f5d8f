"""The beginning of an item is among the hits, where its words fall together only minutes later."""

from __future__ import annotations

import pytest

from episodes.search.find import find
from episodes.search.results import SearchResults
from tests.search.town import Newsroom

QUESTION = "leasing a dredger for the silted marina basin"
TALK = "And so the evening went on with talk of this and that, nothing that anybody would have to remember for long."
ANNOUNCED, TOGETHER = 20.0, 600.0


@pytest.fixture
def harbour(newsroom: Newsroom) -> Newsroom:
    """An episode that announces its item and comes to it ten minutes later, and a dozen that have some of the words."""
    said = [TALK] * 62
    said[2] = "Our second item today is the dredger, but first the weather."
    said[60] = "Leasing it for the marina costs less than what the silted basin costs the town each year."
    newsroom.episode("71", "Evening news", said)
    for number in range(12):
        newsroom.episode(f"8{number:02}", "Evening news", [TALK, "Up the coast a marina has a basin of its own.", TALK])
    return newsroom


def places(answer: SearchResults) -> list[tuple[str | None, float | None]]:
    return [(hit.episode, hit.start) for hit in answer.hits]


def test_the_announcement_is_the_last_of_ten(harbour: Newsroom) -> None:
    answer = find(harbour.session, QUESTION)

    assert len(answer.hits) == 10
    assert places(answer).index(("71", TOGETHER)) < 9
    assert places(answer)[9] == ("71", ANNOUNCED)
    assert [answer.hits[9].snippet[a:b] for a, b in answer.hits[9].highlights] == ["dredger"]
    assert "leasing" in answer.hits[9].missing


def test_more_hits_begin_with_the_same(harbour: Newsroom) -> None:
    ten, more = (places(find(harbour.session, QUESTION, limit=limit)) for limit in (10, 14))

    assert more[:10] == ten
    assert len(more) == len(set(more)) == 14
    assert ("71", ANNOUNCED) not in places(find(harbour.session, QUESTION, limit=5))


def test_nothing_gives_way_that_has_all_the_words(harbour: Newsroom) -> None:
    for number in range(10):
        harbour.episode(f"9{number:02}", "Evening news", [TALK, f"{QUESTION}, again."])
    answer = find(harbour.session, QUESTION)

    assert [hit.missing for hit in answer.hits] == [()] * 10


@pytest.mark.parametrize("words", [f"({QUESTION}) -weather", "title:evening title:news silted"])
def test_no_beginning_is_shown(harbour: Newsroom, words: str) -> None:
    """Of what was to be absent, of words that such an episode does not have."""
    assert ("71", ANNOUNCED) not in places(find(harbour.session, words))


def test_a_word_of_the_title_begins_no_item(newsroom: Newsroom) -> None:
    newsroom.episode("72", "The dredger", [TALK] * 40 + ["Leasing for the marina: a dredger in the silted basin."])

    assert places(find(newsroom.session, f"{QUESTION} xylophone")) == [("72", 400.0)]
