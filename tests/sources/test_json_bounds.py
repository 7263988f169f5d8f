"""What is beyond any bound is one bad item, or is left out and told: depth, size, numbers, times and days. Nothing else is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes import dates
from episodes.articles.feeds import read_feed
from episodes.articles.http import Page
from episodes.articles.read import read_response
from episodes.articles.wordpress import is_api, parse_posts
from episodes.dates import find_date
from episodes.errors import ArticleError, Usage
from episodes.sources import decisions, feed_file, info_dict
from episodes.values import ArticleText, State
from tests.sources.reading import episodes, failures, lines, read
from tests.worst import ROOT
from transcripts import bounded_json
from transcripts.captions import read_captions
from transcripts.clock import LONGEST
from transcripts.errors import FormatError
from transcripts.words import Source

LINE = {"id": "a", "title": "Toll", "date": "2024-05-31"}
URL = "https://harbour.example/toll"


def nested(depth: int, opening: str = "[", closing: str = "]") -> str:
    return opening * depth + closing * depth


@given(st.integers(1, 300), st.sampled_from([("[", "]"), ('{"a":', "}")]))
def test_depth_has_a_bound(depth: int, signs: tuple[str, str]) -> None:
    text = "[" + f"{signs[0] * (depth - 1)}1{signs[1] * (depth - 1)}" + "]"
    if depth <= bounded_json.DEEPEST:
        assert bounded_json.loads(text) == json.loads(text)
    else:
        with pytest.raises(ValueError, match="nested"):
            bounded_json.loads(text)


@pytest.mark.parametrize("depth", [101, 600, 5000, 100_000])
def test_a_line_that_is_nested_too_deeply_fails_alone(tmp_path: Path, depth: int) -> None:
    deep = json.dumps({**LINE, "more": 0}).replace("0}", f"{nested(depth)}}}")
    reads = lines(tmp_path / "a.jsonl", LINE, deep, {**LINE, "id": "b"})

    assert [episode.key for episode in episodes(reads)] == ["a", "b"]
    assert "nested" in failures(reads)["a.jsonl:2"]


def test_so_do_an_info_json_posts_and_captions(tmp_path: Path) -> None:
    deep = '{"id": "a", "title": "Toll", "tags": ' + nested(600) + "}"

    assert "nested" in failures(read(tmp_path / "a.info.json", deep))["a.info.json"]
    assert not is_api(deep.encode())
    with pytest.raises(ArticleError):
        parse_posts(f"[{deep}]".encode(), {}, URL, "")
    with pytest.raises(FormatError, match="nested"):
        read_captions('{"segments": ' + nested(600) + "}", source=Source.FEED)


def test_a_page_is_read_without_json_ld_that_is_nested_too_deeply() -> None:
    script = f'<script type="application/ld+json">{nested(600)}</script>'
    text = f"<p>{'The harbour bridge is open again, the mayor said. ' * 9}</p>"
    page = Page(URL, 200, "text/html", f"<html><head>{script}</head><body><h1>Toll</h1>{text}</body></html>".encode())

    [found] = read_response(page)
    assert isinstance(found.value, ArticleText)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 4000, "1e308", "9" * 10_000, "NaN"])
def test_a_number_that_nobody_means_stops_nothing(tmp_path: Path, number: str) -> None:
    for field in ("more", "number", "duration"):
        hostile = json.dumps({**LINE, "id": "b", field: 0}).replace("0}", f"{number}}}")
        reads = lines(tmp_path / "a.jsonl", LINE, hostile, {**LINE, "id": "c"})

        assert {"a", "c"} <= {episode.key for episode in episodes(reads)}
        for episode in episodes(reads):
            json.dumps(dict(episode.extra), allow_nan=False)


def test_the_last_of_two_fields_counts_and_halves_of_characters_are_marked(tmp_path: Path) -> None:
    [episode] = episodes(
        lines(tmp_path / "a.jsonl", '{"id":"a","id":"b","title":"T\\ud800","date":"","\\udfff":"\\udc00"}')
    )

    assert (episode.key, episode.title) == ("b", "T\ufffd")
    assert episode.extra == {"\ufffd": "\ufffd"}


@pytest.mark.parametrize("time", ["1e308", "1e7", "-1", "1e400", '"999999:00:00"'])
def test_a_segment_at_an_impossible_time_is_a_bad_item(tmp_path: Path, time: str) -> None:
    segments = [{"start": 0, "end": 7.5, "text": "a"}]
    hostile = json.dumps({**LINE, "segments": segments}).replace("7.5", time)
    reads = lines(tmp_path / "a.jsonl", hostile, {**LINE, "id": "b"})

    assert [episode.key for episode in episodes(reads)] == ["b"]
    assert "segment 1" in failures(reads)["a.jsonl:1"]


def test_a_caption_at_an_impossible_time_is_passed_over_and_counted() -> None:
    vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nHarbour\n\n00:03.000 --> 999999:00:00.000\nx\n\n900000:00:00.000 --> 900000:00:01.000\ny\n"
    found = read_captions(vtt, source=Source.FEED)

    assert [segment.text for segment in found.segments] == ["Harbour"]
    assert "2 of 3" in found.notes[0]


def test_words_at_impossible_times_are_left_out_of_their_segment() -> None:
    word = {"start": 0, "end": 1e300, "text": "a"}
    content = json.dumps({"segments": [{"start": 0, "end": 1, "text": "a", "words": [word]}]})
    [segment] = read_captions(content, source=Source.FEED).segments

    assert (segment.text, segment.words) == ("a", ())


@pytest.mark.parametrize("day", ["0024-05-31", "1899-12-31", "9999-01-01", "2999-05-31T10:00:00Z"])
def test_an_item_with_a_day_that_nobody_means_is_taken_without_it_and_says_so(tmp_path: Path, day: str) -> None:
    [episode] = episodes(lines(tmp_path / "a.jsonl", {**LINE, "date": day}))
    [row] = episodes(read(tmp_path / "a.csv", f"id,title,date\na,Toll,{day}\n"))

    for one in (episode, row):
        assert one.published is None
        assert day[:10] in one.passed_over[0]
        assert one.extra["date"] == day[:10]


def test_no_door_believes_such_a_day(tmp_path: Path) -> None:
    for year in (24, 1899, 2999):
        stamp = datetime(year, 5, 31, tzinfo=UTC)
        told = info_dict.episode_info({"id": "a", "title": "T", "upload_date": f"{year:04}0531", "webpage_url": URL})
        assert (told.published, len(told.passed_over)) == (None, 1)
        assert dates.from_timestamp(stamp.timestamp()) is None
        assert find_date(f"{year:04}-05-31") is None
        item = f"<item><title>T</title><link>{URL}</link><pubDate>Fri, 31 May {year:04} 10:00:00 GMT</pubDate></item>"
        feed = f'<rss version="2.0"><channel><title>C</title>{item}</channel></rss>'.encode()
        believable = {2024} if year == 24 else set()  # two digits of old mail
        assert {entry.published.year for entry in read_feed(feed, URL).entries if entry.published} <= believable
        assert {one.published.year for one in feed_file.episodes(feed) if one.published} <= believable


def test_what_days_are_believed() -> None:
    today = date(2026, 5, 4)

    assert [dates.plausible(day, today) for day in (date(1900, 1, 1), date(2027, 12, 31))] == [
        date(1900, 1, 1),
        date(2027, 12, 31),
    ]
    assert [dates.plausible(day, today) for day in (date(1899, 12, 31), date(2028, 1, 1), None)] == [None] * 3


def test_articles_say_so_too() -> None:
    good = {"url": URL, "title": "Toll", "paragraphs": ["The bridge is open."], "date": "0024-05-31"}
    [found] = read_response(Page(f"{URL}.jsonl", 200, "application/jsonl", json.dumps(good).encode()))

    assert isinstance(found.value, ArticleText)
    assert (found.value.published, found.value.extra["date"]) == (None, "0024-05-31")
    assert "0024-05-31" in found.value.passed_over[0]


def test_durations_have_a_bound(tmp_path: Path) -> None:
    reads = lines(tmp_path / "a.jsonl", {**LINE, "duration": LONGEST}, {**LINE, "id": "b", "duration": 2 * LONGEST})

    assert [episode.duration for episode in episodes(reads)] == [LONGEST]
    assert "duration" in failures(reads)["a.jsonl:2"]
    assert info_dict.episode_info({"id": "a", "title": "T", "duration": 1e9}).duration is None


SMALL_MACHINE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(1.2 * 2**30),) * 2)
from pathlib import Path
from episodes.sources.bulk import read_bulk
for one in read_bulk(Path(sys.argv[1])):
    print(one.value.key if one.value else one.outcome.reason)
"""


@pytest.mark.parametrize(
    "hostile",
    [
        lambda file: file.write(b'{"id":"x","title":"x","date":"","more":[' + b"[]," * 33_000_000 + b"[]]}"),
        lambda file: file.write(b'{"id":"x","title":"x","date":"","more":[' + b"[]," * 10_000_000 + b"[]]}"),
        lambda file: file.write(b'{"id":"x","title":"x","date":"","more":[' + b"[[" * 9_000_000),
        lambda file: file.write(b'{"id":"x","title":"x","date":"","more":[' + b'{"a":1},' * 3_000_000 + b"1]}"),
    ],
    ids=["100 MB", "lists", "open lists", "objects"],
)
def test_a_line_that_would_fill_the_memory_fails_alone(tmp_path: Path, hostile: Callable[..., object]) -> None:
    path = tmp_path / "a.jsonl"
    good = json.dumps(LINE).encode()
    with path.open("wb") as file:
        file.write(good + b"\n")
        hostile(file)
        file.write(b"\n" + good + b"\n")
    ran = subprocess.run([sys.executable, "-c", SMALL_MACHINE, path], capture_output=True, text=True, cwd=ROOT)

    assert ran.stderr == ""
    first, bad, last = ran.stdout.splitlines()
    assert (first, last) == ("a", "a")
    assert "MB" in bad or "values" in bad


def test_an_expression_without_end_is_named_and_hangs_nothing() -> None:
    title = "a" * 500 + "!"
    for _ in range(3):  # it is waited for once only
        with pytest.raises(Usage, match="too long"):
            decisions.title_matches(title, r"(a|aa)+$")
    assert decisions.title_matches("News in Review – Episode 55", r"(?<=review – )episode (\d)\1")


def test_states_are_what_people_read(tmp_path: Path) -> None:
    [read_one] = lines(tmp_path / "a.jsonl", nested(600))

    assert read_one.outcome
    assert read_one.outcome.state is State.FAILED
