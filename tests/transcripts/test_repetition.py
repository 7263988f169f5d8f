"""Text that only repeats itself is noticed while it grows, and nowhere else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from transcripts.engine.openai_whisper.repetition import MAX_PERIOD, MIN_REPEATED, MIN_TIMES, RepetitionDetector


def found(tokens: list[int]) -> tuple[int, int] | None:
    """After how many tokens a loop was noticed, and where it began."""
    repeats = RepetitionDetector()
    for at, token in enumerate(tokens):
        if (begun := repeats.add(token, at)) is not None:
            return at + 1, begun
    return None


@given(st.lists(st.integers(100, 200), max_size=40, unique=True), st.integers(1, MAX_PERIOD))
def test_a_loop_is_cut_behind_its_first_round(before: list[int], period: int):
    sentence = list(range(period))
    repeated = max(MIN_REPEATED, MIN_TIMES * period)
    assert found([*before, *sentence * 60]) == (len(before) + period + repeated, len(before) + period)


@given(st.lists(st.integers(0, 10_000), max_size=200, unique=True))
def test_text_that_never_says_a_thing_twice_is_no_loop(tokens: list[int]):
    assert found(tokens) is None


def test_who_says_a_sentence_three_times_or_a_word_twenty_times_is_not_cut_off():
    sentence = list(range(20))
    assert found([*sentence * 3, 99]) is None
    assert found([5] * 20 + [6]) is None
    assert found([5, 6] * 10 + [7] + [5, 6] * 10) is None
