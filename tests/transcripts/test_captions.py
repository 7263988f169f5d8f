"""Captions of every format become a transcript; bad ones are refused with the line; no other error is raised."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcripts.captions import FORMATS, read_captions
from transcripts.errors import FormatError
from transcripts.words import Segment, Source, Transcript, Word


def read(content: str | bytes, stated: str | None = None) -> Transcript:
    return read_captions(content, stated, source=Source.CAPTIONS)


def said(content: str | bytes) -> list[tuple[float, float, str]]:
    return [(segment.start, segment.end, segment.text) for segment in read(content).segments]


VTT = """WEBVTT - the harbour
Kind: captions
Language: en

NOTE the arrow --> in a comment means nothing

STYLE
::cue { color: white }

REGION
id:low

first
00:00.500 --> 00:02.000 align:start position:0%
The <i>harbour</i> bridge &amp; the port,
it costs &lt;eighty&gt; million.

00:00:02.000 --> 00:00:03.250
<v.loud Ann Oakes>Half of it &#39;comes</v> from the region.

30:00:01.000 --> 30:00:02.000
A long stream.
"""


def test_vtt_comments_styles_names_settings_tags_and_entities():
    assert said(VTT) == [
        (0.5, 2.0, "The harbour bridge & the port, it costs <eighty> million."),
        (2.0, 3.25, "Half of it 'comes"),
        (2.0, 3.25, "from the region."),
        (108001.0, 108002.0, "A long stream."),
    ]
    assert [segment.speaker for segment in read(VTT).segments] == [None, "Ann Oakes", None, None]
    assert read(VTT).language == "en"
    assert read(VTT).source is Source.CAPTIONS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_line_ends_and_encodings(end, encoding):
    content = "WEBVTT\n\n00:01.000 --> 00:02.000\nThe café – open.\n".replace("\n", end)
    assert said(content.encode(encoding)) == [(1.0, 2.0, "The café – open.")]


def test_windows_encoding():
    assert said("1\n00:00:01,000 --> 00:00:02,000\nThe café\n".encode("cp1252")) == [(1.0, 2.0, "The café")]


def test_two_speakers_in_a_cue_are_two_segments_and_one_over_two_lines_is_one():
    segments = read(
        "WEBVTT\n\n00:00.000 --> 00:04.000\n<v Ann>Is it open?\n<v Ann>Really?</v>\n<v Bob>It is.\n"
    ).segments
    assert [(s.speaker, s.text) for s in segments] == [("Ann", "Is it open? Really?"), ("Bob", "It is.")]


def test_a_line_of_spaces_does_not_end_a_cue_and_an_empty_line_does():
    assert said("WEBVTT\n\n00:00.000 --> 00:04.000\n \nGood evening\n\nnot shown\n") == [(0.0, 4.0, "Good evening")]


def test_word_times_of_a_vtt_cue():
    cue = "WEBVTT\n\n00:01.000 --> 00:03.000\nGood<00:01.400><c> evening</c><00:02.000><c> to all</c>\n"
    (segment,) = read(cue).segments
    assert segment.text == "Good evening to all"
    assert segment.words == (
        Word(1.0, 1.4, "Good"),
        Word(1.4, 2.0, "evening"),
        Word(2.0, 2.5, "to"),
        Word(2.5, 3.0, "all"),
    )


def test_word_times_outside_the_cue_or_backwards_are_clamped():
    cue = "WEBVTT\n\n00:01.000 --> 00:03.000\none<00:02.000> two<00:01.500> three<00:09.000> four\n"
    words = read(cue).segments[0].words
    assert [(word.start, word.end) for word in words] == [(1.0, 2.0), (2.0, 2.0), (2.0, 3.0), (3.0, 3.0)]


def test_srt_with_everything():
    srt = """1
00:00:01,000 --> 00:00:02,500 X1:40 X2:600 Y1:20 Y2:50
{\\an8}<font color="#fff">Good</font> <b>evening</b>

and welcome: 3 < 4 &amp; 5 > 2

2
00:00:02.500-->00:00:03.9
2024

3
0:00:04,000 --> 0:00:03,000
ends before it starts
"""
    assert said(srt) == [
        (1.0, 2.5, "Good evening and welcome: 3 < 4 & 5 > 2"),
        (2.5, 3.9, "2024"),
        (4.0, 4.0, "ends before it starts"),
    ]


def test_an_arrow_in_the_text_of_srt_is_text():
    assert said("1\n00:00:01,000 --> 00:00:02,000\nfrom here --> there\n") == [(1.0, 2.0, "from here --> there")]


def test_cues_are_sorted_and_empty_ones_left_out():
    vtt = "WEBVTT\n\n00:05.000 --> 00:06.000\nlater\n\n00:01.000 --> 00:02.000\nsooner\n\n00:03.000 --> 00:04.000\n<b></b>\n"
    assert [text for _, _, text in said(vtt)] == ["sooner", "later"]


def json3(*events: dict[str, object]) -> str:
    return json.dumps({"wireMagic": "pb3", "events": list(events)})


def test_json3_of_automatic_captions():
    document = json3(
        {"tStartMs": 0, "dDurationMs": 9000, "id": 1, "wpWinPosId": 1},
        {
            "tStartMs": 1000,
            "dDurationMs": 4000,
            "segs": [{"utf8": "good", "acAsrConf": 255}, {"utf8": " evening", "tOffsetMs": 400, "acAsrConf": 0}],
        },
        {"tStartMs": 2990, "dDurationMs": 1010, "aAppend": 1, "segs": [{"utf8": "\n"}]},
        {"tStartMs": 3000, "dDurationMs": 2500, "segs": [{"utf8": "and"}, {"utf8": " welcome", "tOffsetMs": 320}]},
    )
    assert read(document).segments == (
        Segment(1.0, 3.0, "good evening", words=(Word(1.0, 1.4, "good", 1.0), Word(1.4, 3.0, "evening"))),
        Segment(3.0, 5.5, "and welcome", words=(Word(3.0, 3.32, "and"), Word(3.32, 5.5, "welcome"))),
    )


def test_json3_of_written_captions_has_lines_and_no_word_times():
    document = json3({"tStartMs": 120, "dDurationMs": 2000, "segs": [{"utf8": "Our first story\nis the bridge."}]})
    assert read(document).segments == (Segment(0.12, 2.12, "Our first story is the bridge."),)


def test_json3_after_a_day():
    assert (
        said(json3({"tStartMs": 200_000_000, "dDurationMs": 1000, "segs": [{"utf8": "still here"}]}))[0][0] == 200_000
    )


def test_feed_json():
    document = {
        "version": "1.0.0",
        "segments": [
            {"speaker": "Ann", "startTime": 0.5, "endTime": 2.75, "body": "Good evening."},
            {"startTime": "3.5", "body": "Thank you."},
            {"startTime": "00:00:04.000", "endTime": 5, "body": " "},
            {"startTime": 6, "endTime": 7, "body": "Next."},
        ],
    }
    assert read(json.dumps(document)).segments == (
        Segment(0.5, 2.75, "Good evening.", "Ann"),
        Segment(3.5, 6.0, "Thank you."),
        Segment(6.0, 7.0, "Next."),
    )


def test_the_json_of_whisper_and_a_bare_list_of_segments():
    segment = {"id": 0, "seek": 0, "start": 0.0, "end": 2.0, "text": " Good evening.", "avg_logprob": -0.2}
    word = {"word": " Good", "start": 0.0, "end": 1.0, "probability": 0.9}
    whisper = read(json.dumps({"text": "…", "language": "en", "segments": [{**segment, "words": [word]}]}))
    assert whisper.segments[0].text == "Good evening."
    assert whisper.segments[0].words == (Word(0.0, 1.0, "Good", 0.9),)
    assert whisper.language == "en"
    assert said(json.dumps([{"start": 1, "duration": 2, "text": "a"}, {"start": 5, "text": "b"}])) == [
        (1.0, 3.0, "a"),
        (5.0, 5.0, "b"),
    ]


def test_the_format_is_detected_from_the_content():
    assert read("WEBVTT\n\n00:01.000 --> 00:02.000\nhello\n", "srt").segments[0].text == "hello"
    assert read("1\n00:00:01,000 --> 00:00:02,000\nhello\n", "vtt").segments[0].text == "hello"


def test_a_vtt_file_without_cues_is_an_empty_transcript():
    assert read("WEBVTT\n").segments == ()


def test_nul_is_removed_and_a_lone_surrogate_replaced():
    vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nA\u200b\x00\ufeffB\u00a0C\n"
    assert said(vtt) == [(1.0, 2.0, "AB C")]
    assert said('[{"start": 0, "end": 1, "text": "A\\ud800\\u0000B"}]') == [(0.0, 1.0, "A\ufffdB")]


@pytest.mark.parametrize(
    ("content", "stated", "where"),
    [
        ("", None, "line 1"),
        ("Just some text.", None, "line 1"),
        ("Just some text.", "vtt", "line 1: WEBVTT"),
        ("Just some text.", "srt", "line 1"),
        ("WEBVTTX\n\n00:01.000 -> 00:02.000\n", None, "line 1"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\na\n\n00:0x.000 --> 00:04.000\nb\n", None, "line 6"),
        ("1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:03,000 --> soon\nb\n", None, "line 6"),
        ('{"events": [\n{"tStartMs": }]}', None, "line 2"),
        ('{"events": 3}', None, "events"),
        ('{"events": [{"tStartMs": 1, "segs": [{"utf8": 7}]}]}', None, "event 1"),
        ('{"segments": [{"startTime": 1, "body": "a"}, {"startTime": "soon", "body": "b"}]}', None, "segment 2"),
        (
            '{"segments": [{"start": 1, "end": 2, "text": "a"}, {"start": true, "end": 3, "text": "b"}]}',
            None,
            "segment 2",
        ),
        ('{"segments": [{"start": NaN, "end": 2, "text": "a"}]}', None, "segment 1"),
        ('{"segments": [{"start": 1e300, "end": 2, "text": "a"}]}', None, "segment 1"),
        ('{"segments": [{"start": 1' + "0" * 400 + ', "end": 2, "text": "a"}]}', None, "segment 1"),
        ('{"start": 1' + "0" * 5000 + "}", None, "JSON"),
        ("[" * 100_000, None, "JSON"),
        ("{}", None, "segments"),
        ("[1]", None, "segment 1"),
    ],
)
def test_bad_input_is_refused_with_its_position(content, stated, where):
    with pytest.raises(FormatError) as refused:
        read_captions(content, stated, source=Source.CAPTIONS, name="episode.vtt")
    assert where in refused.value.detail
    assert str(refused.value).startswith("episode.vtt: ")


CLOCKS = st.sampled_from(["00:01.000", "00:00:02,5", "1:00:00.000", "99:99.999", "00:00:03", "x", ""])
TIMINGS = st.builds("{} --> {} {}".format, CLOCKS, CLOCKS, st.sampled_from(["", "align:start", "-->"]))
LINES = st.sampled_from(
    ["WEBVTT", "NOTE", "STYLE", "", " ", "1", "<v Ann>hello", "<00:00:01.500>x", "<v", "&amp;&#0;&", "-->", "{"]
)


@settings(deadline=None)
@given(
    st.one_of(
        st.text(),
        st.binary(),
        st.lists(LINES | TIMINGS | st.text(max_size=8)).map("\n".join),
        st.lists(LINES | TIMINGS | st.text(max_size=8)).map(lambda lines: "\n".join(["WEBVTT", "", *lines])),
    ),
    st.sampled_from([None, *FORMATS]),
)
def test_any_text_raises_only_format_errors(content, stated):
    try:
        transcript = read(content, stated)
    except FormatError:
        return
    starts = [segment.start for segment in transcript.segments]
    assert starts == sorted(starts)
    assert all(segment.end >= segment.start >= 0 and segment.text.strip() for segment in transcript.segments)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=3,
)
KEYS = ["start", "end", "text", "startTime", "endTime", "body", "speaker", "duration", "words", "word", "probability"]
KEYS += ["tStartMs", "dDurationMs", "segs", "utf8", "tOffsetMs", "acAsrConf", "format", "version", "notes", "source"]
INNER = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=3)
RECORDS = st.dictionaries(st.sampled_from(KEYS), VALUES | st.lists(INNER, max_size=2), max_size=4)
LISTED = st.lists(RECORDS, max_size=3)


@settings(deadline=None)
@given(
    st.one_of(
        VALUES,
        LISTED,
        st.builds(lambda key, value: {key: value}, st.sampled_from(["events", "segments"]), LISTED | VALUES),
        st.builds(
            lambda record, segments: (
                record | {"format": "news-in-review transcript", "version": 1, "segments": segments}
            ),
            RECORDS,
            LISTED,
        ),
    )
)
def test_any_json_raises_only_format_errors(value):
    try:
        transcript = read(json.dumps(value), "json")
    except FormatError:
        return
    assert all(isinstance(segment.text, str) for segment in transcript.segments)
