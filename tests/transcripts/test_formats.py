"""Written transcripts are valid in each format, and reading them returns what was written."""

from __future__ import annotations

import io
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcripts.captions import read_captions
from transcripts.clock import LONGEST
from transcripts.errors import FormatError
from transcripts.formats import FORMATS, read_json, write
from transcripts.words import Segment, Source, Transcript, Word

EVENING = Transcript(
    (
        Segment(0.4, 2.0, "Good evening.", "Ann Oakes"),
        Segment(2.0, 2.5, " "),
        Segment(2.4996, 3661.0004, "The port &\nthe <bridge>\t– 80 million.", "Bob"),
        Segment(3661.5, 3662.0, "Really?", "Bob"),
    ),
    Source.WHISPER,
    "base.en",
    "en",
    3662.0,
)


def written(transcript: Transcript, format_: str) -> str:
    file = io.StringIO()
    write(transcript, format_, file)
    return file.getvalue()


def test_vtt():
    assert written(EVENING, "vtt") == (
        "WEBVTT\n\n"
        "00:00:00.400 --> 00:00:02.000\n<v Ann Oakes>Good evening.\n\n"
        "00:00:02.500 --> 01:01:01.000\n<v Bob>The port &amp; the &lt;bridge&gt; – 80 million.\n\n"
        "01:01:01.500 --> 01:01:02.000\n<v Bob>Really?\n"
    )


def test_srt():
    assert written(EVENING, "srt") == (
        "1\n00:00:00,400 --> 00:00:02,000\nGood evening.\n\n"
        "2\n00:00:02,500 --> 01:01:01,000\nThe port & the <bridge> – 80 million.\n\n"
        "3\n01:01:01,500 --> 01:01:02,000\nReally?\n\n"
    )


def test_txt_names_the_speaker_where_it_changes():
    assert written(EVENING, "txt") == "Ann Oakes: Good evening.\nBob: The port & the <bridge> – 80 million.\nReally?\n"


def test_tsv_has_whole_milliseconds_and_no_stray_tab():
    assert written(EVENING, "tsv") == (
        "start\tend\ttext\n"
        "400\t2000\tGood evening.\n"
        "2500\t3661000\tThe port & the <bridge> – 80 million.\n"
        "3661500\t3662000\tReally?\n"
    )


def test_an_unknown_format_is_refused_by_name():
    with pytest.raises(FormatError, match=r"docx.*vtt"):
        written(EVENING, "docx")


def test_an_empty_transcript_can_be_written_and_read():
    for format_ in FORMATS:
        assert isinstance(written(Transcript(()), format_), str)
    assert read_json(written(Transcript(()), "json")) == Transcript(())
    assert read_captions(written(Transcript(()), "vtt"), source=Source.IMPORT).segments == ()


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
FIGURES = st.none() | NUMBERS
TIMES = st.floats(0, LONGEST)
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
WORDS = st.builds(Word, TIMES, TIMES, TEXTS, FIGURES)
SEGMENTS = st.builds(
    Segment,
    TIMES,
    TIMES,
    TEXTS,
    st.none() | TEXTS,
    st.lists(WORDS, max_size=3).map(tuple),
    FIGURES,
    FIGURES,
    FIGURES,
    FIGURES,
)
TRANSCRIPTS = st.builds(
    Transcript,
    st.lists(SEGMENTS, max_size=4).map(tuple),
    st.sampled_from(Source),
    TEXTS,
    st.none() | TEXTS,
    FIGURES,
    st.lists(TEXTS, max_size=2).map(tuple),
)


@settings(deadline=None)
@given(TRANSCRIPTS)
def test_json_loses_nothing(transcript):
    content = written(transcript, "json")
    assert read_json(content) == transcript
    assert read_captions(content, source=Source.CAPTIONS) == transcript


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('"version": 1', '"version": 2', "another version"),
        ('"source": "whisper"', '"source": "hearsay"', "hearsay"),
        ('"start": 0.4', '"start": null', "segment 1"),
        ('"end": 2.0,', "", "segment 1"),
        ('"notes": []', '"notes": [1]', "notes"),
    ],
)
def test_invalid_json_of_this_format_is_refused(old, new, where):
    content = written(EVENING, "json")
    assert old in content
    with pytest.raises(FormatError, match=where):
        read_json(content.replace(old, new))


SPOKEN = st.lists(
    st.text(string.ascii_letters + string.digits + "<>&;/-{}\\'\".,:é—", min_size=1)
    | st.sampled_from(["&amp;", "<b>", "</i>", "<v", "Ann>", "-->", "00:01.000", "NOTE", "{\\an8}", "2", "&#39;"]),
    min_size=1,
    max_size=8,
).map(" ".join)
MOMENTS = st.integers(0, 400_000_000).map(lambda thousandths: thousandths / 1000)
CUES = st.lists(st.tuples(MOMENTS, st.integers(0, 60_000), SPOKEN, st.none() | SPOKEN), max_size=6)


def timed(cues: list[tuple[float, int, str, str | None]]) -> Transcript:
    cues.sort(key=lambda cue: cue[0])
    return Transcript(
        tuple(Segment(start, round(start + length / 1000, 3), text, speaker) for start, length, text, speaker in cues)
    )


@settings(deadline=None)
@given(CUES)
def test_vtt_keeps_milliseconds_words_and_speakers(cues):
    transcript = timed(cues)
    assert read_captions(written(transcript, "vtt"), source=Source.WHISPER) == transcript


@settings(deadline=None)
@given(CUES)
def test_srt_keeps_milliseconds_and_words(cues):
    transcript = timed([(start, length, text, None) for start, length, text, _ in cues])
    content = written(transcript, "srt")
    if transcript.segments:
        assert read_captions(content, source=Source.WHISPER) == transcript
