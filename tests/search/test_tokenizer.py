from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from episodes.search.spelling import american
from episodes.search.tokenizer import MAX_TOKEN, folded_tokens, token_offsets, token_spans, tokens


def forms(text: str) -> list[str]:
    return [token.form for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Harbour BRIDGE", ["the", "harbour", "bridge"]),
        ("don't DON’T dont", ["dont", "dont", "dont"]),
        ("'tis 'quoted' rock 'n' roll", ["tis", "quoted", "rock", "n", "roll"]),
        ("l’école d'Angelo O'Brien", ["l", "ecole", "d", "angelo", "obrien"]),
        ("covid-19 c++ snake_case 24/7", ["covid", "19", "c", "snake", "case", "24", "7"]),
        ("10,000 1,200,300 1,2 12,3456", ["10000", "1200300", "1", "2", "12", "3456"]),
        ("Straße café cafe\u0301 Łódź ﬁne", ["strasse", "cafe", "cafe", "lodz", "fine"]),
        ("Ёлка ΣΊΣΥΦΟΣ שָׁלוֹם مُحَمَّد", ["елка", "σισυφοσ", "שלום", "محمد"]),
        ("हिन्दी", ["हिन्दी"]),
        ("한국어", ["한국어"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("\uff76\uff9e\uff77", ["ガ", "キ"]),  # of half a width, the voicing a letter of its own
        ("ab㊀", ["ab", "一"]),
        ("infor\u00admation 1\ufe0f\u20e3", ["information", "1"]),
        ("\U0001f600 — … ? \x00 \ud800", []),
    ],
)
def test_words_as_a_reader_sees_them(text: str, expected: list[str]) -> None:
    assert forms(text) == expected


@pytest.mark.parametrize(
    "alike", [("bridge", "bridges", "Bridge’s"), ("vote", "voted", "votes", "voting"), ("mayor", "mayor's", "mayors'")]
)
def test_forms_of_a_word_have_one_stem(alike: tuple[str, ...]) -> None:
    assert len({token.stem for text in alike for token in tokens(text)}) == 1


@pytest.mark.parametrize(
    "alike",
    [
        ("neighbour", "neighbors", "neighbour's"),
        ("unfavourable", "unfavorable"),
        ("organisation", "organized", "organising"),
        ("analyse", "analyzed"),
        ("theatre", "theaters"),
        ("kilometres", "kilometer"),
        ("defence", "defense"),
        ("programmes", "program"),
    ],
)
def test_both_spellings_are_one_word(alike: tuple[str, ...]) -> None:
    assert len({token.stem for text in alike for token in tokens(text)[:1]}) == 1


@pytest.mark.parametrize(
    "word", ["hour", "four", "tour", "otherwise", "rising", "surprised", "exercise", "genre", "science"]
)
def test_what_only_looks_british_stays(word: str) -> None:
    assert american(word) == word


@given(st.text() | st.text("aAlLqu0129'’, _-é"))
def test_without_places_they_are_the_same(text: str) -> None:
    assert folded_tokens(text) == [token[2:] for token in tokens(text)]
    assert token_spans(text) == [token[:2] for token in tokens(text)]


@given(st.text() | st.text("aAlLqu0129'’, _-é"), st.integers(0, 30), st.integers(0, 30))
def test_two_words_begin_where_all_of_them_do(text: str, first: int, further: int) -> None:
    words = tokens(text)
    assume(words)
    first %= len(words)
    last = min(first + further, len(words) - 1)

    assert token_offsets(text, first, last) == (words[first].start, words[last].start)


def test_long_words_are_cut_alike() -> None:
    long = "a" * 5000

    assert tokens(long)[0].form == tokens(long + "b")[0].form == "a" * MAX_TOKEN


@given(st.text())
def test_offsets_are_in_order_and_hold_the_word(text: str) -> None:
    found = tokens(text)

    assert all(0 <= token.start < token.end <= len(text) for token in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    for token in found:
        assert token.form[:1] in forms(text[token.start : token.end])[0]


@given(st.text())
def test_tokens_are_plain(text: str) -> None:
    for token in tokens(text):
        for part in (token.form, token.stem):
            assert part
            assert len(part) <= MAX_TOKEN
            assert not set(part) & set("'\"\\ ¦*:\t\n\x00")
            assert not [character for character in part if character.isascii() and not character.isalnum()]


@given(st.text(), st.text())
def test_a_space_parts_words(one: str, other: str) -> None:
    assert forms(f"{one} {other}") == forms(one) + forms(other)
