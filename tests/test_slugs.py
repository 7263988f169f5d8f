"""Slugs: what is stored in keys and addresses stays the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.slugs import ascii_slug, title_slug


@pytest.mark.parametrize(
    ("text", "ascii_form", "title_form"),
    [
        (
            "Who pays — “the ferry” or the Bürger?",
            "who-pays-the-ferry-or-the-burger",
            "who-pays-the-ferry-or-the-burger",
        ),
        ("Harbour's end", "harbours-end", "harbour-s-end"),
        ("Мост через реку", "", "мост-через-реку"),
        ("…", "", "untitled"),
        ("w" * 100, "w" * 40, "w" * 80),
        ("a " + "w" * 38 + " b", "a-" + "w" * 38, "a-" + "w" * 38 + "-b"),
        ("a " + "w" * 39, "a", "a-" + "w" * 39),
        ("a " + "w" * 78 + " b", "a", "a-" + "w" * 78),
        ("a " + "w" * 79, "a", "a"),
    ],
)
def test_words_are_joined_and_cut_between_words(text: str, ascii_form: str, title_form: str) -> None:
    assert (ascii_slug(text), title_slug(text)) == (ascii_form, title_form)


@given(st.text(max_size=300))
def test_any_text_has_a_short_slug(text: str) -> None:
    assert len(ascii_slug(text)) <= 40
    assert ascii_slug(text).isascii()
    assert 0 < len(title_slug(text)) <= 80
