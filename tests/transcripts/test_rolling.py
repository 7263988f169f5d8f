"""Rolling captions: every word once, true repetitions kept, other captions unchanged."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from transcripts.captions import read_captions
from transcripts.clock import format_clock
from transcripts.words import Source, Transcript

HEADER = "WEBVTT\nKind: captions\nLanguage: en\n"


def read(vtt: str) -> Transcript:
    return read_captions(vtt, source=Source.AUTO_CAPTIONS)


def cue(start: float, end: float, *lines: str) -> str:
    return f"\n{format_clock(start)} --> {format_clock(end)} align:start position:0%\n" + "\n".join(lines) + "\n"


def timed(words: list[str], start: float) -> str:
    """Return a line as YouTube writes it: the first word without a time, every other after its time."""
    rest = [f"<{format_clock(start + number * 0.25)}><c> {word}</c>" for number, word in enumerate(words[1:], 1)]
    return words[0] + "".join(rest)


def roll(lines: list[list[str]], *, tags: bool = True) -> str:
    """Return automatic captions: each line is shown for 2 s below the one before, with a cue of 10 ms between."""
    cues, before, start = [HEADER], " ", 0.0
    for words in lines:
        plain = " ".join(words)
        cues.append(cue(start, start + 1.99, before, timed(words, start) if tags else plain))
        cues.append(cue(start + 1.99, start + 2.0, plain, " "))
        before, start = plain, start + 2.0
    return "".join(cues)


def test_rolling_captions_give_each_line_once_with_word_times():
    transcript = read(roll([["Good", "evening"], ["and", "welcome", "to"], ["News", "in", "Review"]]))
    assert [segment.text for segment in transcript.segments] == ["Good evening", "and welcome to", "News in Review"]
    assert [segment.start for segment in transcript.segments] == [0.0, 2.0, 4.0]
    assert [word.text for word in transcript.segments[1].words] == ["and", "welcome", "to"]
    assert [word.start for word in transcript.segments[1].words] == [2.0, 2.25, 2.5]


WORD = st.sampled_from(["no", "yes", "the", "bridge", "Ann's", "4%", "—"])
ROLLED = st.lists(st.lists(WORD, min_size=1, max_size=4), min_size=2, max_size=12)


@settings(deadline=None)
@given(ROLLED)
def test_every_word_occurs_once_however_people_repeat_themselves(lines):
    transcript = read(roll(lines))
    assert [segment.text.split() for segment in transcript.segments] == lines
    assert [[word.text for word in segment.words] for segment in transcript.segments if segment.words] == [
        words for words in lines if len(words) > 1
    ]


@settings(deadline=None)
@given(ROLLED)
def test_the_same_without_word_times(lines):
    assert [segment.text.split() for segment in read(roll(lines, tags=False)).segments] == lines


def test_a_display_of_three_lines():
    vtt = HEADER + cue(0, 2, "a one") + cue(2, 4, "a one", "b two") + cue(4, 6, "a one", "b two", "c three")
    vtt += cue(6, 8, "b two", "c three", "d four") + cue(8, 10, "c three", "d four", "a one")
    assert [segment.text for segment in read(vtt).segments] == ["a one", "b two", "c three", "d four", "a one"]


def test_captions_that_do_not_roll_keep_their_repetitions_and_their_short_cues():
    vtt = HEADER + cue(0, 1, "No.") + cue(1, 2, "No.") + cue(2, 2.04, "Yes.") + cue(3, 5, "The bridge", "is open.")
    vtt += cue(5, 6, "is open.") + cue(7, 8, "Really.")
    assert [segment.text for segment in read(vtt).segments] == [
        "No.",
        "No.",
        "Yes.",
        "The bridge is open.",
        "is open.",
        "Really.",
    ]
