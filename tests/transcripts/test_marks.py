"""Quality marks: each check finds its kind, ordinary talk has no marks, and the better of two attempts is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.quality import (
    better_attempt,
    compare_with_captions,
    mark_missing_words,
    marks_of_transcript,
    marks_of_window,
    needs_retry,
)
from transcripts.quality.loops import found_in
from transcripts.words import Mark, Segment, Source, Transcript

TALK = (
    Segment(0.0, 4.5, "Good evening, and welcome to the programme from the harbour."),
    Segment(4.5, 9.0, "The council voted last night, nine to four, for the bridge."),
    Segment(9.0, 13.0, "It is very, very expensive, says the mayor; others agree."),
)
LOOP = (Segment(0.0, 20.0, "The ferry was late. " * 8),)


def kinds(segments: tuple[Segment, ...]) -> list[list[str]]:
    return [[mark.kind for mark in segment.marks] for segment in segments]


def marked(*segments: Segment, end: float = 30.0, speech: float | None = None, prompt: str = "") -> list[list[str]]:
    return kinds(marks_of_window(segments, 0.0, end, speech, prompt))


def test_ordinary_talk_has_no_marks() -> None:
    assert marked(*TALK, speech=12.5, prompt="Ilse Varga, Port of Tafolla, Jonas Beck, Odile Renard.") == [[], [], []]
    assert not needs_retry(TALK)


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (LOOP, [["loop"]]),
        (tuple(Segment(at, at + 2, "Thank you, thank you.") for at in range(4)), [["loop"]] * 4),
        ((Segment(0, 9, "Word after word.", compression_ratio=3.1),), [["loop"]]),
        ((Segment(0, 1.5, TALK[0].text + TALK[1].text),), [["fast"]]),
        ((Segment(3, 2.5, "The ferry."),), [["times"]]),
        ((Segment(8, 9, "The ferry."), Segment(2, 3, "Was late.")), [[], ["times"]]),
        ((Segment(28, 33, "The ferry was late."),), [["times"]]),
        ((Segment(0, 5, "The ferry was late.", avg_logprob=-1.4),), [["unsure"]]),
        ((Segment(0, 5, "The ferry was late.", avg_logprob=-0.9, no_speech_prob=0.8),), [["silence"]]),
        ((Segment(0, 5, " Thanks for watching!", avg_logprob=-0.2, no_speech_prob=0.4),), [["silence"]]),
        ((Segment(0, 5, " Thanks for watching!", avg_logprob=-0.2, no_speech_prob=0.01),), [[]]),
        ((Segment(0, 30, " ".join(f"w{a}{b}" for a in "abcdefgh" for b in "abcdefgh")),), [["punctuation"]]),
    ],
)
def test_marks_from_words_and_figures(segments: tuple[Segment, ...], expected: list[list[str]]) -> None:
    assert marked(*segments) == expected


def test_marks_that_need_the_audio() -> None:
    assert marked(*TALK, speech=0.0) == [["silence"]] * 3
    assert marked(TALK[0], speech=25.0) == [["sparse"]]
    assert marked(*TALK, speech=1.2) == [["fast"], [], []]


def test_speech_without_words_gives_an_empty_marked_segment() -> None:
    (gap,) = marks_of_window((), 60.0, 90.0, 21.0, "")

    assert (gap.start, gap.end, gap.text) == (60.0, 90.0, "")
    assert gap.marks == (Mark("sparse", "21 s of speech and no words"),)
    assert needs_retry((gap,))
    assert marks_of_window((), 60.0, 90.0, 1.0, "") == ()


def test_an_echo_of_the_prompt_is_distinguished_from_names_said() -> None:
    prompt = "Ilse Varga, Port of Tafolla, Jonas Beck, Odile Renard."
    echo = Segment(0, 4, "Ilse Varga, Port of Tafolla,"), Segment(4, 6, "Jonas Beck.")

    assert marked(*echo, prompt=prompt) == [["echo"], ["echo"]]
    assert marked(Segment(0, 4, "With us is Ilse Varga from the Port of Tafolla."), prompt=prompt) == [[]]


def test_a_mark_quotes_what_is_repeated_and_how_often() -> None:
    (segment,) = marks_of_window(LOOP, 0.0, 20.0, None, "")

    assert segment.marks == (Mark("loop", "“the ferry was late” is said 8 times in a row"),)


def test_the_attempt_with_fewer_marks_is_kept_then_the_likelier() -> None:
    loop = marks_of_window(LOOP, 0.0, 30.0, 20.0, "")
    sure, less_sure = (tuple(replace(one, avg_logprob=figure) for one in TALK) for figure in (-0.2, -0.5))

    assert better_attempt(loop, TALK) == better_attempt(TALK, loop) == TALK
    assert better_attempt(less_sure, sure) == better_attempt(sure, less_sure) == sure
    assert better_attempt(TALK, sure) == sure
    assert better_attempt(sure, sure) is sure


def test_marks_that_need_the_audio_survive_and_others_are_remade() -> None:
    once = Segment(0.0, 5.0, "All is well.", marks=(Mark("silence", "no speech"), Mark("loop", "an earlier rule")))
    heard = Transcript((once,), Source.WHISPER)

    assert kinds(marks_of_transcript(heard)) == [["silence"]]
    assert kinds(marks_of_transcript(replace(heard, source=Source.CAPTIONS))) == [[]]


def test_automatic_captions_need_no_punctuation() -> None:
    text = " ".join(f"w{a}{b}" for a in "abcdefgh" for b in "abcdefgh")
    plain = Transcript((Segment(0.0, 60.0, text),), Source.AUTO_CAPTIONS)

    assert kinds(marks_of_transcript(plain)) == [[]]
    assert kinds(marks_of_transcript(replace(plain, source=Source.WHISPER))) == [["punctuation"]]


SPOKEN = tuple(
    Segment(at * 5.0, at * 5.0 + 5, f"Here item {letter * 3} of the {letter * 4} list comes with {letter * 5} now.")
    for at, letter in enumerate("abcdefghijkl")
)


def agreeing(segments: tuple[Segment, ...], captions: tuple[Segment, ...], **more: str) -> list[list[str]]:
    published = Transcript(captions, Source.CAPTIONS, language=more.get("language"))
    return kinds(compare_with_captions(Transcript(segments, language="en"), published).segments)


def test_equal_captions_give_no_mark_even_if_they_lag() -> None:
    lagging = tuple(replace(one, start=one.start + 3, end=one.end + 3) for one in SPOKEN)

    assert agreeing(SPOKEN, SPOKEN) == agreeing(SPOKEN, lagging) == [[]] * 12


def test_different_captions_are_marked_where_they_differ() -> None:
    other = tuple(replace(one, text="Nobody expected such rain before evening, they told us.") for one in SPOKEN[4:6])
    told = agreeing((*SPOKEN[:4], *other, *SPOKEN[6:]), SPOKEN)

    assert [at for at, found in enumerate(told) if found] == [4, 5]
    assert [at for at, found in enumerate(agreeing((*SPOKEN[:4], *SPOKEN[8:]), SPOKEN)) if found] == [3]


def test_captions_in_another_language_remove_the_marks_of_an_earlier_comparison() -> None:
    other = tuple(replace(one, text="Niemand erwartete so viel Regen vor dem Abend, sagten sie uns.") for one in SPOKEN)
    before = tuple(replace(one, marks=(Mark("captions", "differs"), Mark("loop", "again"))) for one in SPOKEN)

    assert agreeing(before, other, language="de") == [["loop"]] * 12


words = st.lists(st.sampled_from("abc"), max_size=60)
segments = st.lists(
    st.builds(
        Segment,
        st.floats(-5, 40),
        st.floats(-5, 40),
        st.text(st.sampled_from("ab .,!\n語é"), max_size=80),
        avg_logprob=st.none() | st.floats(-3, 0),
        compression_ratio=st.none() | st.floats(0, 9),
        no_speech_prob=st.none() | st.floats(0, 1),
    ),
    max_size=6,
).map(tuple)


@given(words)
def test_loops_equal_those_of_a_plain_search(row: list[str]) -> None:
    plain = set()
    for unit in range(1, 31):
        at, enough = 0, 2 if unit >= 10 else 3 if unit > 1 else 5
        while at + unit < len(row):
            until = at
            while until + unit < len(row) and row[until] == row[until + unit]:
                until += 1
            if until > at and until - at >= unit * (enough - 1):
                plain.add((at, unit, (until - at) // unit + 1))
            at = until + 1

    assert {(loop.first, loop.unit, loop.times) for loop in found_in(row)} == plain


@given(segments, st.none() | st.floats(0, 40), st.text(st.sampled_from("ab ,"), max_size=40))
def test_marking_only_adds_marks_and_is_idempotent(
    heard: tuple[Segment, ...], speech: float | None, prompt: str
) -> None:
    once = marks_of_window(heard, 0.0, 30.0, speech, prompt)

    assert [replace(one, marks=()) for one in once if one.text or heard] == list(heard)
    assert marks_of_window(once, 0.0, 30.0, speech, prompt) == once
    assert better_attempt(heard, once) in (heard, once)
    again = marks_of_transcript(Transcript(once))
    assert marks_of_transcript(Transcript(again)) == again


@given(segments, segments)
def test_comparison_is_idempotent(heard: tuple[Segment, ...], read: tuple[Segment, ...]) -> None:
    captions = Transcript(read, Source.CAPTIONS)
    once = compare_with_captions(Transcript(heard), captions)

    assert compare_with_captions(once, captions) == once
    assert [replace(one, marks=()) for one in once.segments] == list(heard)


def test_the_segment_before_speech_without_words_is_marked_once() -> None:
    said = (Segment(0.0, 4.0, "The ferry sails."), Segment(5.0, 8.0, "It is late."), Segment(14.0, 16.0, "Good night."))
    marked = mark_missing_words(mark_missing_words(said, [(8.2, 13.8)]), [(8.2, 13.8)])
    assert kinds(marked) == [[], ["sparse"], []]
    assert marked[1].marks[0].detail.startswith("6 s of speech")
    assert mark_missing_words((), [(1.0, 3.0)]) == ()
    assert kinds(mark_missing_words(said, [])) == [[], [], []]
