"""Long segments are split into readable subtitles."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.test_formats import written
from transcripts.subtitles import LONGEST, cues
from transcripts.words import Segment, Transcript, Word

SAID = (
    "The ferry to the island leaves at seven, the harbour master says, unless the wind turns to the north before the evening, "
    "and then nobody sails until it is light again."
)


def spoken(text: str, start: float = 10.0) -> Segment:
    words = tuple(Word(start + at * 0.4, start + at * 0.4 + 0.3, word) for at, word in enumerate(text.split()))
    return Segment(words[0].start, words[-1].end, text, speaker="Host", words=words)


def test_a_long_segment_is_cut_at_its_commas_and_keeps_its_ends():
    found = list(cues(spoken(SAID)))
    assert [one.text for one in found] == [
        "The ferry to the island leaves at seven, the harbour master says,",
        "unless the wind turns to the north before the evening,",
        "and then nobody sails until it is light again.",
    ]
    assert (found[0].start, found[-1].end) == (10.0, spoken(SAID).end)
    assert [one.start for one in found[1:]] == [one.words[0].start for one in found[1:]]


def test_a_short_segment_and_one_without_word_times_stay_whole():
    short, plain = spoken("The ferry sails."), Segment(0, 9, SAID)
    assert list(cues(short)) == [short]
    assert list(cues(plain)) == [plain]


def test_a_corrected_text_has_the_times_of_the_original_words():
    heard = spoken(SAID)
    right = Segment(
        heard.start, heard.end, SAID.replace("harbour master", "harbourmaster"), words=heard.words, heard=SAID
    )
    assert " ".join(one.text for one in cues(right)) == right.text
    assert len(list(cues(right))) == 3


def test_vtt_and_srt_have_a_cue_for_each():
    transcript = Transcript((spoken(SAID),))
    assert written(transcript, "vtt").count(" --> ") == 3
    assert written(transcript, "srt").count(" --> ") == 3
    assert "<v Host>unless the wind" in written(transcript, "vtt")
    assert len(written(transcript, "txt").splitlines()) == 1


@given(st.lists(st.text("abc,.", min_size=1, max_size=40), min_size=1, max_size=60))
def test_no_word_is_lost_and_only_a_long_word_exceeds_the_limit(texts):
    segment = spoken(" ".join(texts))
    found = list(cues(segment))
    assert " ".join(one.text for one in found) == segment.text
    assert all(len(one.text) <= LONGEST for one in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
