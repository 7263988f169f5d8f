"""Untrusted text is cleaned the same way in every reader, and every database accepts it."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from episodes.articles.json_lines import read_json_lines
from episodes.articles.read import read
from episodes.names import bounded
from episodes.sources import feed_file, info_dict, json_lines
from transcripts.captions import read_captions
from transcripts.text import first_words, for_xml, one_line, storable, storable_json
from transcripts.words import Source

ODD = st.text(
    st.characters() | st.sampled_from("\x00\x1b\x1f\x85\u200b\u2060\ufeff\ufffe\ud800\udfff\u0301e \n"), max_size=40
)
TITLES = {
    "The new pier": "The new pier",
    " The\nnew \u00a0 pier ": "The new pier",
    "The\x00 new\x07 pier": "The new pier",
    "The\x1fnew\x85pier": "The new pier",
    "The n\u200bew\u2060 pier\ufeff": "The new pier",
    "Cafe\u0301 on the pier": "Café on the pier",
    "The pier \ud83d": "The pier \ufffd",
    "The \u202epier\u202c": "The \u202epier\u202c",
}


@pytest.mark.parametrize(("given", "kept"), TITLES.items(), ids=map(ascii, TITLES))
def test_every_reader_gives_the_same_line(tmp_path: Path, given: str, kept: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"id": "a", "title": given, "date": ""}), encoding="utf-8")
    [episode] = json_lines.read(file)
    line = {"url": "https://a.example/pier", "title": given, "text": given, "site": given}
    [article] = read_json_lines([json.dumps(line).encode()], "a.jsonl")
    captions = json.dumps({"segments": [{"start": 0, "end": 1, "text": given, "speaker": given}]})
    [segment] = read_captions(captions.encode(), source=Source.IMPORT).segments

    assert episode.value
    assert article.value
    assert [episode.value.title, article.value.title, article.value.text, article.value.site] == [kept] * 4
    assert [segment.text, segment.speaker] == [kept, kept]
    assert info_dict.episode_info({"id": "a", "title": given, "webpage_url": "https://a.example/1"}).title == kept


@pytest.mark.parametrize("written", ["Cafe&#x301;\n on the&#x200b; pier", "Café on the pier"])
def test_a_page_and_a_feed_give_it_too(tmp_path: Path, written: str) -> None:
    text = "The café on the pier is open again from Monday on, and it has new chairs and a new cook. " * 3
    page = f"<html><body><article><h1>{written}</h1><p>{text}</p></article></body></html>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    item = f"<item><title>{written}</title><link>https://a.example/1</link></item>"
    feed = f'<rss version="2.0"><channel><title>C</title>{item}</channel></rss>'

    [saved] = read(str(tmp_path / "page.html"))
    [episode] = feed_file.episodes(feed.encode())

    assert saved.value
    assert saved.value.title == episode.title == "Café on the pier"


@given(ODD)
def test_any_text_becomes_storable(text: str) -> None:
    kept, line, xml = storable(text), one_line(text), for_xml(text)

    for each in (kept, line, xml, bounded(text)):
        each.encode()
        assert "\x00" not in each
    assert (storable(kept), one_line(line), for_xml(xml)) == (kept, line, xml)
    assert one_line(kept) == line
    assert line.split(" ") == line.split() or not line
    assert len(line.splitlines()) <= 1
    assert etree.fromstring(f"<a>{xml.replace('&', '').replace('<', '')}</a>") is not None


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40))
def test_storable_text_is_unchanged(text: str) -> None:
    assert storable(text) == text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_storable_json_is_json(value: object) -> None:
    kept = storable_json(value)

    written = io.StringIO()
    json.dump(kept, written, ensure_ascii=False, allow_nan=False)
    written.getvalue().encode()
    assert json.loads(written.getvalue()) == kept == storable_json(kept)


def test_infinity_and_nan_become_null() -> None:
    assert storable_json({"a\x00": [math.nan, math.inf, 1.5, True], "b": {"c": Path("x")}}) == {
        "a": [None, None, 1.5, True],
        "b": {"c": "x"},
    }


def test_first_words() -> None:
    assert first_words("one two  three", 3) == "one two three"
    assert first_words("one two  three", 2) == "one two …"
