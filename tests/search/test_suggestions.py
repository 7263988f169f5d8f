"""Did you mean."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from episodes import database
from episodes.search.find import find
from episodes.search.suggestions import one_edit_away


@pytest.fixture(params=[0, 1], ids=["sqlite", "postgres"])
def session(both: tuple[Engine, Engine], request: pytest.FixtureRequest) -> Iterator[Session]:
    with database.reading(both[request.param]) as session:
        yield session


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("brigde", "bridge"),
        ("harbour brigde toll", "harbour bridge toll"),
        ("engineeer", "engineer"),
        ("fihsermen", "fishermen"),
        ("volunteerz in:said", "volunteers in:said"),
        ('"turning poimt"', '"turning point"'),
        ("title:lighthuose", "title:lighthouse"),
        ("icyroads", "icy roads"),
        ("brulée -icyroads", ""),
        ("bridge", ""),
        ("bridges", ""),
        ("giraffe", ""),
        ("zzz", ""),
        ("-brigde", ""),
        ("bridgs", ""),  # stems to what is there
        ("bridgse", "bridge"),
        ("x" * 5000, ""),
    ],
)
def test_what_was_meant(session: Session, typed: str, meant: str) -> None:
    assert find(session, typed).suggestion == meant


def test_the_suggestion_finds_something(session: Session) -> None:
    answer = find(session, "brigde tole coucil")

    assert answer.suggestion == "bridge toll council"
    assert not find(session, answer.suggestion).hits[0].missing


def test_no_word_is_offered_that_nobody_wrote(newsroom) -> None:
    newsroom.article(
        "https://paper.example/1", "News", ["Bridges were opened, and more bridges, and yet more bridges."]
    )

    assert find(newsroom.session, "bridgse").suggestion == "bridges"
    assert find(newsroom.session, "bridgx").suggestion == ""  # bridg is in the index, but only as a stem


@given(st.text(alphabet="abcé", min_size=1, max_size=8), st.integers(0, 7))
def test_slips_lead_back(word: str, at: int) -> None:
    at = min(at, len(word) - 1)
    swapped = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]

    assert word in set(one_edit_away(word[:at] + word[at + 1 :] + "x")) | set(one_edit_away(word + "x"))
    assert word in set(one_edit_away(swapped)) | {swapped}
    assert word.replace("é", "e") in set(one_edit_away(word.replace("é", "e") + "q"))
