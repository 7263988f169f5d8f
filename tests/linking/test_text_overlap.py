"""Text overlap against a plain count, the text score, and the text evidence in words."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes.linking.text_evidence import shared_names, shared_phrase
from episodes.linking.text_overlap import Overlap, text_overlaps
from episodes.linking.text_score import text_scores
from tests.linking.stories import BRIDGE, OTTERS, TOLD
from transcripts.tokens import stem, stems, surface

some_words = st.lists(
    st.sampled_from(["the", "old", "bridge", "over", "the", "river", "carries", "trams", "and", "otters", "swim"]),
    max_size=30,
)
some_texts = st.lists(some_words.map(" ".join), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(some_texts, some_texts)
def test_phrases_weigh_what_a_plain_count_says(spoken: list[str], written: list[str]) -> None:
    shared = text_overlaps(spoken, written, {i: range(len(written)) for i in range(len(spoken))})

    def phrases(text: str) -> set[tuple[str, ...]]:
        words = stems(text)
        return set(zip(words, words[1:], words[2:], strict=False))

    said, read = [phrases(text) for text in spoken], [phrases(text) for text in written]
    in_spoken, in_written = Counter(p for one in said for p in one), Counter(p for one in read for p in one)
    for (i, j), overlap in shared.overlaps.items():
        plain = sum(
            sum(shared.rarity[word] for word in phrase) / 3 / (in_spoken[phrase] * in_written[phrase])
            for phrase in said[i] & read[j]
        )
        assert overlap.phrases == pytest.approx(plain)
        assert -1e-9 <= overlap.cosine <= 1 + 1e-9
        assert overlap.shorter == min(len(surface(spoken[i])), len(surface(written[j])))


def test_the_best_partners_are_always_compared() -> None:
    shared = text_overlaps([story.spoken for story in TOLD], [story.written for story in TOLD], {}, keep=1)

    assert {(i, i) for i in range(len(TOLD))} <= set(shared.overlaps)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Reopened", "reopening"), ("It’s", "it's"), ("4,500", "4500"), ("Straße", "STRASSE"), ("18:30.", "18:30")],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert [stem(word) for word in surface(one)] == [stem(word) for word in surface(other)]


def test_a_script_without_spaces_gives_one_stem_per_character() -> None:
    assert stems("橋が閉鎖") == ["橋", "が", "閉", "鎖"]


@given(st.text())
def test_stems_are_never_empty(text: str) -> None:
    assert all(stems(text))


def test_the_longest_shared_phrase_is_quoted_as_written() -> None:
    assert shared_phrase(stems(OTTERS.spoken), OTTERS.written).startswith(
        "would rather share with an otter than with a cormorant"
    )
    assert shared_phrase([], OTTERS.written) == ""


def test_shared_names_are_the_rare_ones() -> None:
    rarity = text_overlaps([BRIDGE.spoken, OTTERS.spoken], [BRIDGE.written, OTTERS.written], {}).rarity

    names = shared_names(stems(BRIDGE.spoken), BRIDGE.written, rarity)

    assert "Marchetti" in names
    assert "Brandvold" not in names


def overlap(amount: float) -> Overlap:
    return Overlap(phrases=amount, words=amount, cosine=amount / 100, shorter=400)


def test_a_margin_is_over_the_best_rival_of_both() -> None:
    found = text_scores({(0, 0): overlap(40), (0, 1): overlap(20), (1, 0): overlap(30), (1, 1): overlap(5)})

    assert found[0, 0].phrases > 0 > found[1, 0].phrases
    assert found[0, 0].total > found[1, 0].total > found[1, 1].total


def test_one_sibling_is_forgiven_and_two_are_not() -> None:
    pair = {(0, 0): overlap(40), (0, 1): overlap(40), (0, 2): overlap(2)}
    crowd = {(0, 0): overlap(40), (0, 1): overlap(40), (0, 2): overlap(40)}

    assert text_scores(pair)[0, 0].phrases_over_second > 1
    assert text_scores(crowd)[0, 0].phrases_over_second == 0


def test_two_texts_alone_in_a_catalog_have_no_margin_for_free() -> None:
    assert text_scores({(0, 0): overlap(0.5)})[0, 0].total < 0
    assert text_scores({(0, 0): overlap(50)})[0, 0].total > 0
