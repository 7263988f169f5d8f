"""One tokenizer wherever two texts are compared: linking, alignment, quality marks, names, duplicate articles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.articles.text_comparison import is_near_duplicate
from transcripts.names.near_misses import near_misses
from transcripts.quality.loops import loops
from transcripts.quality.normalize import words
from transcripts.tokens import letters, matches, surface
from transcripts.words import Segment

TEXTS = {
    "The mayor’s ferry, and it's late.": ["The", "mayor’s", "ferry", "and", "it's", "late"],
    "4,500 people at 10:30, or 2.5 per seat": ["4,500", "people", "at", "10:30", "or", "2.5", "per", "seat"],
    "covid-19_news": ["covid", "19", "news"],
    "2nd A4": ["2", "nd", "A", "4"],
    "Über Čapek’s Straße": ["Über", "Čapek’s", "Straße"],
    "橋が開く toll": ["橋", "が", "開", "く", "toll"],
    "… — ?": [],
}


@pytest.mark.parametrize(("text", "found"), TEXTS.items(), ids=TEXTS)
def test_words_of_a_text(text: str, found: list[str]) -> None:
    assert surface(text) == found
    assert [match[0] for match in matches(text)] == found
    assert words(text) == [word.casefold().replace("’", "'") for word in found]


def test_letters_split_at_apostrophes() -> None:
    assert letters("The mayor’s O'Neill-Smith, 4,500 A4") == ["The", "mayor", "s", "O", "Neill", "Smith", "A"]


@given(st.text(max_size=60))
def test_no_word_is_lost_or_invented(text: str) -> None:
    assert all(word in text for word in surface(text))
    assert set("".join(letters(text))) <= set("".join(surface(text)))
    assert all(word and not any(map(str.isdecimal, word)) for word in letters(text))


def test_a_number_with_a_comma_is_one_word_that_is_repeated() -> None:
    (said,) = loops(["4,500 4,500 4,500 4,500 4,500 4,500 4,500 4,500"]).values()

    assert said.startswith("“4,500” is said 8 times")


def test_pages_in_a_script_without_spaces_are_one_article_but_for_a_character() -> None:
    text = "橋の工事は来年の春に終わり町の人々は再び川を渡れるようになると市長は述べた" * 3

    assert is_near_duplicate(text, text.replace("春", "秋", 1))
    assert not is_near_duplicate(text, "駅前の広場に新しい図書館が建ち子どもたちは放課後に本を読むことができる" * 3)


def test_a_name_is_corrected_before_an_apostrophe_and_a_hyphen() -> None:
    common = {"we", "met", "at", "pier", "and", "in", "on", "sea", "of", "us", "port", "s"}
    said = [Segment(0, 5, "We met at Tofolla's pier and in Tofolla-on-Sea, 12,000 of us.")]

    assert {
        (one.heard, one.right) for one in near_misses(said, ["Port of Tafolla"], lambda word: word.casefold() in common)
    } == {("Tofolla", "Tafolla")}
