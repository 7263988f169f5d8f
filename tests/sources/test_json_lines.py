"""JSON lines: every line is an episode or says what is wrong with it, and one bad line stops nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.values import Outcome, State
from tests.sources.reading import SAME_FOLDER, episodes, failures, lines, read, whole
from transcripts import bounded_json
from transcripts.words import Segment, Source

LINE = {"id": "nir-55", "title": "News in Review – Episode 55", "date": "2024-05-31"}


def test_a_line_is_an_episode(tmp_path: Path) -> None:
    segments = [
        {"start": 0, "end": 2.5, "text": " The bridge\nis closed. ", "speaker": "Ada"},
        {"start": 2.5, "end": 2.5, "text": "  "},
        {"start": 2.5, "end": 4, "text": "Until Monday."},
    ]
    more = {
        "number": 56,
        "url": "https://harbour.example/56",
        "duration": 4,
        "description": "d",
        "show": "News in Review",
        "mood": ["calm"],
    }
    [episode] = episodes(lines(tmp_path / "a.jsonl", {**LINE, **more, "segments": segments}))

    assert (episode.identity, episode.key) == ("import:news-in-review:nir-55", "nir-55")
    assert (episode.title, episode.number, episode.published, episode.duration) == (
        LINE["title"],
        56,
        date(2024, 5, 31),
        4.0,
    )
    assert (episode.url, episode.media, episode.extra) == (
        "https://harbour.example/56",
        "https://harbour.example/56",
        {"mood": ["calm"]},
    )
    assert episode.transcript
    assert episode.transcript.source is Source.IMPORT
    assert episode.transcript.segments == (
        Segment(0.0, 2.5, "The bridge is closed.", speaker="Ada"),
        Segment(2.5, 4.0, "Until Monday."),
    )


def test_what_is_not_said_is_empty_and_the_number_is_in_the_title(tmp_path: Path) -> None:
    [episode] = episodes(lines(tmp_path / "a.jsonl", {**LINE, "date": None, "id": 7, "segments": [], "url": None}))

    assert (episode.key, episode.number, episode.published, episode.transcript, episode.duration) == (
        "7",
        55,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ({"url": "https://youtu.be/Ab3-_efghij?t=5"}, "youtube:Ab3-_efghij"),
        ({"url": "https://cdn.example/55.mp3"}, "url:cdn.example/55.mp3"),
        ({"url": "https://harbour.example/show", "media": "https://cdn.example/55.mp3"}, "url:cdn.example/55.mp3"),
        ({"url": "https://harbour.example/show"}, "import:nir-55"),
    ],
)
def test_a_video_or_a_file_names_the_episode_and_a_page_does_not(
    tmp_path: Path, address: dict[str, str], name: str
) -> None:
    assert [episode.identity for episode in episodes(lines(tmp_path / "a.jsonl", {**LINE, **address}))] == [name]


@pytest.mark.parametrize(
    ("written", "day"),
    [("2024-05-31", 31), ("2024-05-31T23:30:00Z", 31), ("2024-06-01T01:30:00+02:00", 31), ("20240531", 31)],
)
def test_days_are_iso_and_in_utc(tmp_path: Path, written: str, day: int) -> None:
    assert [episode.published for episode in episodes(lines(tmp_path / "a.jsonl", {**LINE, "date": written}))] == [
        date(2024, 5, day)
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "invalid JSON"),
        ("[1]", "not a JSON object"),
        ("null", "not a JSON object"),
        ("[" * 50_000, "invalid JSON"),
        ('{"id": "a", "title": "t", "date": null, "duration": NaN}', "NaN is no number"),
        ('{"id": "a", "title": "t", "date": null, "duration": 1e999}', '"duration" is inf'),
        ('{"id": "a", "title": "t", "date": null, "x": ' + "9" * 5000 + "}", "invalid JSON"),
        ({}, 'no "id" and no "title" and no "date"'),
        ({"id": "a", "title": "t"}, 'no "date"'),
        ({**LINE, "id": ""}, '"id" is empty'),
        ({**LINE, "id": True}, '"id" is True'),
        ({**LINE, "title": None}, '"title" is empty'),
        ({**LINE, "title": ["t"]}, '"title" is'),
        ({**LINE, "date": "31 May"}, "\"date\" is '31 May'; write it as 2024-05-31"),
        ({**LINE, "date": ["x"]}, '"date" is'),
        ({**LINE, "date": "0001-01-01T00:00:00+14:00"}, '"date" is'),
        ({**LINE, "number": "many"}, '"number" is'),
        ({**LINE, "number": 5.5}, '"number" is 5.5'),
        ({**LINE, "number": True}, '"number" is True'),
        ({**LINE, "number": -1}, '"number" is -1'),
        ({**LINE, "number": 10**12}, '"number" is'),
        ({**LINE, "duration": -1}, '"duration" is -1'),
        ({**LINE, "duration": "long"}, '"duration" is'),
        ({**LINE, "url": "harbour"}, '"url" is'),
        ({**LINE, "show": 5}, '"show" is 5'),
        ({**LINE, "segments": "x"}, '"segments" is'),
        ({**LINE, "segments": ["x"]}, "segment 1: it is 'x', not an object"),
        ({**LINE, "segments": [{"start": 0, "text": "x"}]}, 'segment 1: it needs "start", "end" and "text"'),
        ({**LINE, "segments": [{"start": 0, "end": 1, "text": None}]}, "segment 1: it needs"),
        (
            {**LINE, "segments": [{"start": 2, "end": 1, "text": "x"}]},
            "segment 1: it ends at 1, before it starts at 2",
        ),
        (
            {**LINE, "segments": [{"start": 2, "end": 3, "text": "x"}, {"start": 1, "end": 3, "text": "x"}]},
            "segment 2 starts at 1, before",
        ),
        ({**LINE, "segments": [{"start": -1, "end": 1, "text": "x"}]}, 'segment 1: "start" is -1'),
    ],
)
def test_a_bad_line_says_what_is_wrong_and_the_others_are_read(tmp_path: Path, line: object, says: str | None) -> None:
    reads = lines(tmp_path / "a.jsonl", LINE, line, "", {**LINE, "id": "nir-56"})
    assert [episode.key for episode in episodes(reads)] == ["nir-55", "nir-56"]
    assert list(failures(reads)) == ["a.jsonl:2"]
    assert says in failures(reads)["a.jsonl:2"]


def test_bytes_that_are_no_utf8_are_said(tmp_path: Path) -> None:
    good = json.dumps(LINE).encode()
    reads = read(tmp_path / "a.jsonl", b"\xef\xbb\xbf" + good + b"\n" + b'{"id": "\xff"}\n' + good)

    assert len(episodes(reads)) == 2
    assert "UTF-8" in failures(reads)["a.jsonl:2"]


def test_a_line_without_end_is_not_held_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_json, "LARGEST", 200)
    reads = lines(tmp_path / "a.jsonl", LINE, {**LINE, "description": "x" * 1000}, {**LINE, "id": "nir-56"})

    assert [episode.key for episode in episodes(reads)] == ["nir-55", "nir-56"]
    assert "longer than" in failures(reads)["a.jsonl:2"]


@SAME_FOLDER
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_make_it_fail(tmp_path: Path, content: bytes) -> None:
    assert whole(read(tmp_path / "a.jsonl", content))


@SAME_FOLDER
@given(
    st.fixed_dictionaries(
        {"id": st.text(), "title": st.text(), "date": st.none() | st.text() | st.dates().map(str)},
        optional={
            "number": st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
            "duration": st.integers() | st.text(),
            "segments": st.lists(
                st.dictionaries(st.sampled_from(["start", "end", "text"]), st.integers() | st.text()), max_size=3
            ),
            "x": st.recursive(st.none() | st.text(), st.lists, max_leaves=3),
        },
    )
)
def test_fields_of_any_value_are_taken_or_refused(tmp_path: Path, value: dict[str, Any]) -> None:
    reads = lines(tmp_path / "a.jsonl", value)

    assert len(reads) == 1
    assert whole(reads)
    for episode in episodes(reads):
        assert "\0" not in repr(episode.extra) + episode.title
        assert episode.title.encode()


def test_a_date_may_be_written_as_a_number(tmp_path: Path) -> None:
    assert [episode.published for episode in episodes(lines(tmp_path / "a.jsonl", {**LINE, "date": 20240531}))] == [
        date(2024, 5, 31)
    ]


def test_an_outcome_names_the_item_and_the_reason(tmp_path: Path) -> None:
    assert lines(tmp_path / "a.jsonl", "{}")[0].outcome == Outcome(
        f"{tmp_path / 'a.jsonl'}:1", State.FAILED, 'no "id" and no "title" and no "date"'
    )
