from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.search.passages import MAX_REST, MAX_WORDS, MIN_WORDS, Unit, windows
from episodes.search.tokenizer import tokens


def numbered(lengths: list[int], *, said: bool = True) -> list[Unit]:
    """Units of so many different words each."""
    count, found = 0, []
    for position, length in enumerate(lengths):
        text = " ".join(f"w{number}" for number in range(count, count + length))
        seconds = (float(count), float(count + length)) if said else (None, None)
        found.append(Unit(position, text, *seconds))
        count += length
    return found


def words(text: str) -> list[int]:
    return [int(word.removeprefix("w")) for word in text.split()]


lengths = st.lists(st.integers(0, 40) | st.integers(80, 400), min_size=1, max_size=25)


@given(lengths, st.booleans())
def test_every_stretch_of_thirty_words_is_in_one_passage(sizes: list[int], said: bool) -> None:
    made, total = windows(numbered(sizes, said=said)), sum(sizes)
    spans = [(words(window.text)[0], words(window.text)[-1]) for window in made if window.text]

    for first in range(max(0, total - 29)):
        assert any(begin <= first and first + 29 <= end for begin, end in spans)
    assert not total or (spans[0][0], spans[-1][1]) == (0, total - 1)


@given(lengths)
def test_passages_are_of_the_agreed_length(sizes: list[int]) -> None:
    made = windows(numbered(sizes))

    assert all(MIN_WORDS <= len(window.words) <= MAX_WORDS for window in made[:-1])
    assert len(made[-1].words) <= MAX_WORDS + MAX_REST
    for before, after in pairwise(made):
        shared = set(words(before.text)) & set(words(after.text))
        assert len(shared) * 2 >= len(before.words)


@given(lengths)
def test_positions_and_seconds_fit_the_words(sizes: list[int]) -> None:
    units = numbered(sizes)
    for window in windows(units):
        if window.text:
            first, last = words(window.text)[0], words(window.text)[-1]
            assert units[window.first].start <= first < units[window.first].end
            assert units[window.last].start <= last < units[window.last].end
            assert window.start == pytest.approx(first, abs=20)  # evenly over letters, and w99 is shorter than w100
            assert window.end == pytest.approx(last + 1, abs=20)


def test_the_tokens_are_those_of_the_text() -> None:
    units = [Unit(0, "It's covid-19,  said\nDr. O'Brien.", 0, 4), Unit(1, "10,000", 4, 5), Unit(2, "000 people!", 5, 7)]
    [window] = windows(units)

    assert window.text == "It's covid-19, said Dr. O'Brien. 10,000 000 people!"
    assert [token.stem for token in window.words] == [token.stem for token in tokens(window.text)]
    assert (window.first, window.last, window.start, window.end) == (0, 2, 0, 7)


def test_writing_is_cut_at_sentences() -> None:
    sentence = "Nine of the councillors voted in favour of the bridge on Tuesday night. "
    made = windows([Unit(0, sentence * 6), Unit(1, "“Why?” " + sentence * 6)])

    assert len(made) > 1
    assert all(window.text.startswith(("Nine", "“Why?”")) for window in made)
    assert all(window.text.endswith(("night.", "“Why?”")) for window in made)
    assert any("night.\n“Why?” Nine" in window.text for window in made)


def test_a_long_segment_is_cut_and_its_time_divided() -> None:
    made = windows([Unit(0, " ".join(f"w{number:03}" for number in range(300)), 60.0, 360.0)])

    for window in made:
        assert window.start == pytest.approx(60 + words(window.text)[0], abs=0.5)
    assert made[-1].end == 360.0


def test_a_short_rest_lengthens_the_last_passage() -> None:
    assert len(windows(numbered([10] * 9 + [5]))) == 1
    assert len(windows(numbered([10] * 9 + [20]))) == 2


@pytest.mark.parametrize("units", [[], [Unit(0, "♪ … ♪", 1.0, 2.0)], [Unit(0, "—")]])
def test_a_document_without_words_has_one_empty_passage(units: list[Unit]) -> None:
    [window] = windows(units)

    assert (window.text, window.words) == ("", [])
