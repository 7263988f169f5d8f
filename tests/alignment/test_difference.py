"""The differences of a misquote: which words were written, and which were said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.alignment.difference import Change, difference
from episodes.alignment.quotes import is_quotation


@pytest.mark.parametrize(
    ("written", "said", "changes"),
    [
        ("We need 900 nurses.", "We need 400 nurses", [("900", "400")]),
        ("It will not rain.", "It will rain", [("not", "")]),
        ("We all agree on the plan", "We all, all of us, agree on the plan", [("", "all of us")]),
        ("the Mayor’s well-known dog", "The mayor's well known dog!", []),
        ("It is late, I think", "It is, uh, late, um, I think", []),
        ("10,000 people came", "10000 people came", []),
        ("", "Nobody wrote this", [("", "Nobody wrote this")]),
    ],
)
def test_changes_are_pairs_of_words(written: str, said: str, changes: list[tuple[str, str]]) -> None:
    assert difference(written, said) == tuple(Change(*one) for one in changes)


@given(st.text(max_size=80))
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert difference(text, text) == ()
    assert difference(text, text.upper().lower()) == difference(text, text.lower())


@pytest.mark.parametrize("marks", ["“{}”", '"{}"', "«{}»", "„{}“", "»{}«"])
def test_quotation_marks_of_many_countries(marks: str) -> None:
    text = "She said: " + marks.format("Come in.")

    assert is_quotation(text, 11, 19)
    assert not is_quotation(text, 0, len(text))
