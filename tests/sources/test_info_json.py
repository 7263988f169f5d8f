"""Folders of info.json files: what belongs together stays together."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from episodes.sources.bulk import read_bulk, size
from episodes.values import CaptionTrack, EpisodeInfo, State
from tests.sources.reading import episodes, failures, read

VIDEO = {
    "id": "Ab3-_efghij",
    "title": "News in Review – Episode 55",
    "extractor_key": "Youtube",
    "webpage_url": "https://www.youtube.com/watch?v=Ab3-_efghij",
    "upload_date": "20240531",
    "language": "en",
    "subtitles": {"en": [{"ext": "vtt", "url": "https://expired.example/en"}]},
    "automatic_captions": {"en": [], "de": []},
}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    (folder / "2024").mkdir(parents=True)
    (folder / "2024" / "One [x].info.json").write_text(json.dumps(VIDEO))
    (folder / "2024" / "One.info.json").write_text(json.dumps({**VIDEO, "id": "Ab3-_efghik"}))
    (folder / "Channel.info.json").write_text(
        json.dumps({"_type": "playlist", "id": "PL1", "title": "Channel", "entries": []})
    )
    (folder / "broken.info.json").write_text('{"id": ')
    (folder / "other.json").write_text("{}")
    return folder


def test_a_folder_is_read_with_all_below_it(archive: Path) -> None:
    reads = list(read_bulk(archive))

    assert {episode.identity for episode in episodes(reads)} == {"youtube:Ab3-_efghij", "youtube:Ab3-_efghik"}
    assert list(failures(reads)) == ["broken.info.json"]
    assert "invalid JSON" in failures(reads)["broken.info.json"]
    assert [Path(item.item).name for item in reads if item.outcome and item.outcome.state is State.SKIPPED] == [
        "Channel.info.json"
    ]
    assert size(archive) == len(reads) == 4


def test_files_beside_it_belong_to_it(archive: Path) -> None:
    folder = archive / "2024"
    names = (
        "en.vtt",
        "en.srt",
        "de.json3",
        "vtt",
        "live_chat.json3",
        "fr.ttml",
        "f140.m4a",
        "mp4",
        "opus",
        "mp4.part",
        "webp",
        "description",
    )
    for name in names:
        (folder / f"One [x].{name}").write_text("")
    (folder / "One.en.vtt").write_text("")
    by_id = {episode.key: episode for episode in episodes(list(read_bulk(archive)))}
    one = by_id["Ab3-_efghij"]

    assert one.captions == (
        CaptionTrack("en", "vtt", str(folder / "One [x].en.vtt")),
        CaptionTrack("de", "json3", str(folder / "One [x].de.json3"), automatic=True),
    )
    assert one.media == str(folder / "One [x].opus")
    assert [track.location for track in by_id["Ab3-_efghik"].captions] == [str(folder / "One.en.vtt")]
    assert by_id["Ab3-_efghik"].media == VIDEO["webpage_url"]


def test_without_files_the_expired_addresses_do_not_count(archive: Path) -> None:
    [item] = read_bulk(archive / "2024" / "One.info.json")

    assert isinstance(item.value, EpisodeInfo)
    assert item.value.captions == ()
    assert (item.path, item.value.number) == (archive / "2024" / "One.info.json", 55)


@pytest.mark.parametrize("content", ["", "[]", "null", "{}", '{"id": "a"}', "\x00", '{"id": "a", "title": {}}'])
def test_what_is_no_episode_says_so(tmp_path: Path, content: str) -> None:
    assert list(failures(read(tmp_path / "a.info.json", content))) == ["a.info.json"]


def test_an_empty_folder_says_what_to_give(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert "name .jsonl, .csv and feed files themselves" in failures(list(read_bulk(tmp_path / "empty")))["empty"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads everything")
def test_what_may_not_be_read_is_said(archive: Path) -> None:
    (archive / "2024").chmod(0)
    (archive / "broken.info.json").chmod(0)
    reads = list(read_bulk(archive))
    (archive / "2024").chmod(0o700)

    assert set(failures(reads)) == {"2024", "broken.info.json"}
