"""JSON lines: good ones become articles, bad ones are named by file and line, and nothing stops."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.articles.json_lines import read_json_lines
from episodes.values import ArticleText, ParagraphKind, State

GOOD = {"url": "https://harbour.example/pier", "title": "The pier", "paragraphs": ["It is open."]}


def read(*items: object, name: str = "articles.jsonl"):
    return list(
        read_json_lines([(item if isinstance(item, bytes) else json.dumps(item).encode()) for item in items], name)
    )


def reason(item: object) -> str:
    (one,) = read(item)
    assert one.outcome
    assert one.outcome.state is State.FAILED
    return one.outcome.reason


def test_everything_a_line_can_tell():
    line = GOOD | {
        "url": "https://Harbour.example:443/pier?utm_source=x&id=7#top",
        "date": "2026-05-04T22:00:00Z",
        "authors": ["Ida  Fennwick", "Tomas Reedway"],
        "paragraphs": [
            "It is\nopen.",
            {"text": "What it cost", "kind": "heading"},
            {"text": "Much.", "kind": "quote"},
            {"text": "Well."},
        ],
        "site": "Harbour Channel",
        "dek": "News in Review – Episode 12.",
        "links": ["https://harbour.example/office"],
        "section": {"name": "City", "tags": ["sea", None, 1.5]},
    }

    (one,) = read(line)

    assert one.item == "articles.jsonl:1"
    assert isinstance(one.value, ArticleText)
    assert (one.value.url, one.value.title) == ("https://harbour.example/pier?id=7", "The pier")
    assert (one.value.published, one.value.authors) == (date(2026, 5, 4), ("Ida Fennwick", "Tomas Reedway"))
    assert (one.value.site, one.value.dek) == ("Harbour Channel", "News in Review – Episode 12.")
    assert one.value.links == ("https://harbour.example/office",)
    assert one.value.extra == {"section": {"name": "City", "tags": ["sea", None, 1.5]}}
    assert [(part.kind, part.text) for part in one.value.paragraphs] == [
        (ParagraphKind.TEXT, "It is open."),
        (ParagraphKind.HEADING, "What it cost"),
        (ParagraphKind.QUOTE, "Much."),
        (ParagraphKind.TEXT, "Well."),
    ]


def test_a_text_is_parted_into_paragraphs():
    (one,) = read({"url": "https://harbour.example/pier", "title": "The pier", "text": "It is\nopen.\n\nA band plays."})

    assert isinstance(one.value, ArticleText)
    assert [part.text for part in one.value.paragraphs] == ["It is open.", "A band plays."]


def test_videos_are_those_named_or_else_those_in_the_text():
    named, found = read(
        GOOD | {"video_ids": ["NiRpier0001"]},
        GOOD | {"paragraphs": ["Watch https://youtu.be/NiRpier0002 now."]},
    )

    assert isinstance(named.value, ArticleText)
    assert isinstance(found.value, ArticleText)
    assert (named.value.video_ids, found.value.video_ids) == (("NiRpier0001",), ("NiRpier0002",))


def test_bad_lines_are_named_and_stop_nothing():
    reads = read(GOOD, b"{", b"", b"   \n", GOOD | {"title": ""}, b"\xff\xfe", GOOD)

    assert [(one.item, one.value is not None) for one in reads] == [
        ("articles.jsonl:1", True),
        ("articles.jsonl:2", False),
        ("articles.jsonl:5", False),
        ("articles.jsonl:6", False),
        ("articles.jsonl:7", True),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "not valid JSON"),
        (b"[1]", "must be a JSON object"),
        (b"\xff", "not UTF-8"),
        (b'{"url": NaN}', "NaN"),
        (b"[" * 100_000, "nested more than 100 deep"),
        ({"title": "x", "paragraphs": ["y"]}, '"url" is missing'),
        (GOOD | {"url": "harbour.example/pier"}, "begins with http"),
        (GOOD | {"url": 7}, '"url" is not a text'),
        (GOOD | {"title": " "}, '"title" is missing'),
        (GOOD | {"date": "last week"}, "'last week'"),
        (GOOD | {"date": 20260504}, '"date" is not a text'),
        (GOOD | {"authors": [1]}, '"authors" is not a list of texts'),
        (GOOD | {"paragraphs": None}, '"paragraphs" (a list) or "text" is missing'),
        (GOOD | {"paragraphs": "It is open."}, "(a list)"),
        (GOOD | {"paragraphs": []}, "no text"),
        (GOOD | {"paragraphs": [" "]}, "no text"),
        (GOOD | {"paragraphs": [1]}, "a paragraph is a text"),
        (GOOD | {"paragraphs": [{"text": "x", "kind": "poem"}]}, "'poem'"),
        (GOOD | {"links": ["mailto:x"]}, "mailto:x"),
    ],
)
def test_the_reason_says_what_is_wrong(line, words):
    assert words in reason(line)


def test_a_byte_order_mark_is_no_fault():
    (one,) = read(b"\xef\xbb\xbf" + json.dumps(GOOD).encode())

    assert one.value


def test_what_no_database_takes_is_taken_out():
    (one,) = read(
        GOOD | {"title": "The\0 pier\ud800", "paragraphs": ["It is\0 open."], "note\0": ["a\0b", {"c": "\udfff"}]}
    )

    assert isinstance(one.value, ArticleText)
    assert (one.value.title, one.value.text) == ("The pier\ufffd", "It is open.")
    assert one.value.extra == {"note": ["ab", {"c": "\ufffd"}]}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.one_of(
        st.binary(max_size=80),
        st.fixed_dictionaries({}, optional=dict.fromkeys([*GOOD, "date", "authors", "text", "links", "x"], JSON)),
    )
)
def test_no_line_is_too_odd(item):
    for one in read(item):
        assert (one.value is None) != (one.outcome is None)


def test_an_empty_paragraph_keeps_its_place_so_that_others_can_count():
    (one,) = read(GOOD | {"paragraphs": ["First.", "", " ", "Fourth."]})

    assert isinstance(one.value, ArticleText)
    assert [part.text for part in one.value.paragraphs] == ["First.", "", "", "Fourth."]
    assert one.value.text == "First.\n\nFourth."
