"""Words lie within their segment, whatever times were found for them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from transcripts.engine.clamp_words import clamp_words
from transcripts.words import Segment, Word


@st.composite
def heard(draw: st.DrawFn) -> Segment:
    """A segment, and words at moments that need not be in order nor in it."""
    start = draw(st.integers(6000, 9000))
    words = tuple(draw(st.lists(word(), max_size=6)))
    return Segment(start / 100, (start + draw(st.integers(2, 900))) / 100, "some words", words=words)


@st.composite
def word(draw: st.DrawFn) -> Word:
    start = draw(st.integers(5800, 10100))
    return Word(
        start / 100, (start + draw(st.integers(0, 300))) / 100, draw(st.text("ab", min_size=1, max_size=9)), 0.5
    )


@given(heard())
def test_words_lie_within_their_segment_and_follow_each_other(segment: Segment) -> None:
    found = clamp_words(segment)

    assert replace(found, words=segment.words) == segment
    assert [(one.text, one.probability) for one in found.words] == [(one.text, 0.5) for one in segment.words]
    assert all(segment.start <= one.start <= one.end <= segment.end for one in found.words)
    assert all(a.end <= b.start for a, b in pairwise(found.words))


@given(heard())
def test_words_that_lie_within_stay_where_they_are(segment: Segment) -> None:
    found = clamp_words(segment)
    roomy = all(one.start < one.end for one in found.words)

    assert not roomy or clamp_words(found) == found
    for before, after in zip(segment.words, found.words, strict=True):
        alone = clamp_words(replace(segment, words=(before,))).words[0]
        if segment.start <= before.start < before.end <= segment.end:
            assert alone == before
        assert len(segment.words) > 1 or after == alone


def times(segment: Segment) -> list[tuple[float, float]]:
    return [(one.start, one.end) for one in clamp_words(segment).words]


def said(*words: tuple[float, float, str]) -> Segment:
    return Segment(60.0, 63.0, "some words", words=tuple(Word(start, end, text) for start, end, text in words))


def test_the_first_word_gives_back_the_pause() -> None:
    assert times(said((59.6, 60.3, "Good"), (60.3, 62.8, "evening"))) == [(60.0, 60.3), (60.3, 62.8)]


def test_words_that_lie_before_share_the_time_of_the_first_that_does_not() -> None:
    assert times(said((59.4, 59.7, "I"), (59.7, 60.0, "am"), (60.0, 60.8, "a"), (60.8, 62.0, "host"))) == [
        (60.0, 60.2),
        (60.2, 60.6),
        (60.6, 60.8),
        (60.8, 62.0),
    ]
    assert times(said((58.0, 58.5, "old"), (58.5, 59.0, "men"))) == [(60.0, 61.5), (61.5, 63.0)]


def test_words_that_lie_behind_share_the_time_of_the_last_that_does_not() -> None:
    assert times(said((60.0, 62.0, "all"), (62.0, 63.0, "is"), (63.0, 63.4, "ok"))) == [
        (60.0, 62.0),
        (62.0, 62.5),
        (62.5, 63.0),
    ]
