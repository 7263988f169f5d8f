"""The judge of real speech, on made-up transcripts whose score is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quality.real_speech.judge import Score, aligned, errors, gaps, judge, loops, percentile, timed, within

WORDS = st.lists(st.sampled_from(["ferry", "harbour", "bridge", "toll", "mayor"]), max_size=12)


def segment(start, end, text, **more):
    return {"start": start, "end": end, "text": text, **more}


def words(*timed):
    return [{"start": start, "end": start + 0.3, "text": text} for start, text in timed]


FERRY = {
    "text": "The ferry is late again.",
    "segments": [
        segment(10, 12, "The ferry is late again.", words=words((10, "The"), (10.5, "ferry"), (11, "is"), (11.3, "late"), (11.7, "again")))
    ],
}  # fmt: skip


def test_what_was_said_is_without_fault() -> None:
    score = judge(FERRY, FERRY)

    assert score.word_error == 0
    assert (score.words, score.invented, score.misplaced, score.gaps, score.loops) == (5, (), 0, (), 0)
    assert score.starts == (0.0,) * 5
    assert score.segment_starts == (0.0,)


def test_spelling_that_nobody_hears_does_not_count() -> None:
    heard = {"segments": [segment(10, 12, "the FERRY, is late -- again!")]}

    assert judge(FERRY, heard).word_error == 0


def test_errors_are_of_three_kinds() -> None:
    assert errors(["a", "b", "c", "d"], ["a", "x", "c", "d", "e"]) == (1, 0, 1)
    assert errors(["a", "b", "c", "d"], ["a", "c", "d"]) == (0, 1, 0)
    assert errors([], ["a", "b"]) == (0, 0, 2)


def test_a_word_where_nobody_speaks_is_invented() -> None:
    heard = {"segments": [*FERRY["segments"], segment(40, 41, "Thank you.", words=words((40, "Thank"), (40.4, "you")))]}
    score = judge(FERRY, heard)

    assert score.invented == ((40.0, "thank"), (40.4, "you"))
    assert score.insertions == 2


def test_a_right_word_far_from_all_speech_is_misplaced_and_not_invented() -> None:
    heard = {"segments": [segment(2, 3, "The ferry"), segment(11, 12, "is late again.")]}
    score = judge(FERRY, heard)

    assert score.word_error == 0
    assert score.misplaced == 2
    assert score.invented == ()


def test_starts_are_how_much_too_late_words_and_segments_begin() -> None:
    late = words((10.1, "The"), (10.5, "ferry"), (11, "is"), (11.3, "late"), (13.7, "again"))
    heard = {"segments": [segment(9, 12, "The ferry is late again.", words=late)]}
    score = judge(FERRY, heard)

    assert score.starts == pytest.approx((0.1, 0, 0, 0, 2.0))
    assert score.segment_starts == (-1.0,)
    assert within(score.starts, 0.5) == 80
    assert percentile(score.segment_starts, 90) == 1


def test_coarse_truth_tells_no_starts() -> None:
    coarse = {"text": FERRY["text"], "segments": [{**FERRY["segments"][0], "coarse": True}]}

    assert judge(coarse, FERRY).starts == ()


def test_speech_without_a_word_is_a_gap() -> None:
    spoken = [(0.0, 8.0), (8.5, 16.0), (30.0, 33.0)]
    written = list(timed([segment(0, 3, "ferry late", words=words((0, "ferry"), (2.5, "late")))]))

    assert list(gaps(spoken, written)) == [(2.5, 16.0)]


def test_loops_are_runs_of_the_same_words() -> None:
    assert loops(["the", "ferry", "is", "late", "the", "ferry", "is", "late"]) == 0
    assert loops(["harbour"] * 6) == 1
    assert loops(["harbour"] * 5) == 0
    assert loops(["we", "go", "now", "we", "go", "now", "we", "go", "now", "we", "go", "now", "then", "home"]) == 1


@given(WORDS, WORDS)
def test_an_alignment_has_every_word_once_and_in_order(said: list[str], written: list[str]) -> None:
    path = aligned(said, written)

    assert [i for i, _ in path if i is not None] == list(range(len(said)))
    assert [j for _, j in path if j is not None] == list(range(len(written)))


@given(WORDS, WORDS)
def test_fewer_errors_than_words_replaced_one_by_one(said: list[str], written: list[str]) -> None:
    worst = sum(a != b for a, b in zip(said, written, strict=False)) + abs(len(said) - len(written))

    assert abs(len(said) - len(written)) <= sum(errors(said, written)) <= worst
    assert sum(errors(said, said)) == 0


def test_scores_add_up() -> None:
    both = judge(FERRY, FERRY) + judge(FERRY, {"segments": []})

    assert both.words == 10
    assert both.word_error == 50
    assert both + Score() == both
