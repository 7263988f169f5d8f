"""Names: extracted from texts, put into the prompt, corrected where misheard, and restored."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.names.corrections import Correction, corrected, original, spoken_words
from transcripts.names.expected import LONGEST_PROMPT, names_in, prompt_of
from transcripts.names.lexicon import known_words
from transcripts.names.near_misses import near_misses
from transcripts.names.phonetics import edit_distance, phonetic_key, sounds_alike
from transcripts.words import Segment, Word

GLOSSARY = ["Tafolla", "Ilse Varga", "Port of Quenell", "Odile Renard"]
ABOUT = (
    "News in Review – Episode 55: Who Pays for the Dry Fields?",
    (
        "In this episode Ilse Varga talks with Jonas Beck about the Port of Tafolla. Tafolla has waited long. Yesterday was Monday.\n"
        "Guests: Jonas Beck, Petra O'Neil\n00:00 Intro\nMore at https://www.harbour.example/News and from Jonas Beck."
    ),
)


def is_known(word: str) -> bool:
    return word in known_words() or word.casefold() in known_words()


def mended(text: str, *glossary: str) -> list[tuple[str, str]]:
    found = near_misses([Segment(0.0, 5.0, text)], glossary or GLOSSARY, is_known)
    return [(one.heard, one.right) for one in found]


def test_names_are_found_most_frequent_first_without_parts_of_longer_ones() -> None:
    assert names_in(ABOUT) == ["Jonas Beck", "Ilse Varga", "Port of Tafolla", "Petra O'Neil"]


@pytest.mark.parametrize(
    "text", ["", "nothing here has a name.", "He said so. They agreed. 2026 55 12:30", "I, I'm, Monday"]
)
def test_texts_without_names_give_none(text: str) -> None:
    assert names_in([text]) == []


def test_the_prompt_begins_with_the_glossary_and_is_limited() -> None:
    assert prompt_of(["Tafolla", "ilse varga"], ["Ilse Varga", "Beck"]) == "Tafolla, ilse varga, Beck."
    assert prompt_of([], []) == ""
    many = prompt_of(["Tafolla"], [f"Name Number{at}" for at in range(200)])
    assert len(many) <= LONGEST_PROMPT
    assert many.startswith("Tafolla, Name Number0, ")


@pytest.mark.parametrize(
    ("heard", "right"),
    [
        ("Tofolla", "Tafolla"),
        ("Tafola", "Tafolla"),
        ("Tafolla's", ""),
        ("Farga", "Varga"),
        ("Quenel", "Quenell"),
        ("Renart", "Renard"),
    ],
)
def test_near_misses_are_corrected(heard: str, right: str) -> None:
    assert mended(f"Then {heard} spoke of the harbour.") == ([(heard, right)] if right else [])


@pytest.mark.parametrize(
    "text",
    [
        "The tofolla was there, and a Tofolla came.",  # lower case elsewhere: an ordinary word
        "Then the Vargas came.",  # sounds different
        "Bring the Part to the Port.",  # known words
        "Tafolli, Odilia and Renault spoke.",  # other names
        "Elsa and Varga spoke.",
    ],
)
def test_possibly_correct_words_are_not_corrected(text: str) -> None:
    assert mended(text) == []


def test_a_word_near_two_names_or_in_the_glossary_is_not_corrected() -> None:
    assert mended("Then Tofolla spoke.", "Tafolla", "Tufolla") == []
    assert mended("Then Tofolla spoke.", "Tafolla", "Tofolla") == []


def test_transcripts_without_capitals_are_corrected_too() -> None:
    assert mended("then tofolla spoke of the harbour") == [("tofolla", "Tafolla")]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Tafolla", "Tofolla", True),
        ("Schmidt", "Schmitt", True),
        ("Filip", "Philipp", True),
        ("Beck", "Bach", True),
        ("Varga", "Vargas", False),
    ],
)
def test_sounds(one: str, other: str, same: bool) -> None:
    assert sounds_alike(one, other) is same


def test_distances() -> None:
    assert [edit_distance("tafolla", slip) for slip in ("tofolla", "tafola", "taoflla")] == [1, 1, 1]
    assert edit_distance("hellman", "heilman") == 2


@given(st.text(max_size=12), st.text(max_size=12))
def test_the_edit_distance_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert edit_distance(one, other) == edit_distance(other, one)
    assert (edit_distance(one, other) == 0) is (one == other)
    assert abs(len(one) - len(other)) <= edit_distance(one, other) <= 2 * max(len(one), len(other))
    assert phonetic_key(one) == phonetic_key(one.upper()) or one.upper().casefold() != one.casefold()


SAID = (Segment(0.0, 4.0, "Tofolla votes; TOFOLLA'S mayor waits."), Segment(30.0, 34.0, "In Tofolla it rains."))


def texts(segments: tuple[Segment, ...]) -> list[str]:
    return [segment.text for segment in segments]


def test_corrections_apply_at_their_moment_and_keep_the_original() -> None:
    here = corrected(SAID, [Correction("tofolla", "Tafolla", 2.0)])

    assert texts(here) == ["Tafolla votes; TAFOLLA'S mayor waits.", "In Tofolla it rains."]
    assert [segment.heard for segment in here] == [SAID[0].text, None]
    assert texts(corrected(SAID, [Correction("Tofolla", "Tafolla")]))[1] == "In Tafolla it rains."
    assert corrected(here, []) == SAID


def test_timed_words_follow_a_correction() -> None:
    timed = Segment(0.0, 3.0, "To folla votes.", words=(Word(0, 1, "To"), Word(1, 2, "folla"), Word(2, 3, "votes.")))
    (one,) = corrected([timed], [Correction("To folla", "Tafolla")])

    assert one.words == timed.words
    assert spoken_words(one) == (Word(0, 2, "Tafolla"), Word(2, 3, "votes."))
    assert spoken_words(timed) == timed.words


some_words = st.sampled_from(["Tofolla", "tafolla", "the", "Harbour.", "(Tofolla)", "x+", "Tofollas", "a|b"])
rows = st.lists(st.lists(some_words, max_size=6).map(" ".join), max_size=4)
asked = st.lists(
    st.builds(Correction, some_words, some_words, st.none() | st.floats(0, 20), st.sampled_from([0.0, 3.0])), max_size=4
)


@given(rows, asked, asked)
def test_corrections_can_be_undone_and_are_idempotent(
    said: list[str], first: list[Correction], then: list[Correction]
) -> None:
    heard = tuple(Segment(at * 5.0, at * 5.0 + 5, text) for at, text in enumerate(said))
    once = corrected(heard, first)

    assert tuple(map(original, once)) == heard
    assert corrected(once, first) == once
    assert corrected(once, then) == corrected(heard, then)
    assert all(one.heard is None or one.heard != one.text for one in once)
    assert tuple(replace(one, heard=None) for one in corrected(once, [])) == heard
