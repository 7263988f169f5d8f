"""Channels and playlists, from dicts in the shape that yt-dlp gives them raw: no site of this kind is on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from episodes.errors import SourceError
from episodes.sources.ytdlp import YtDlp


def tab(name: str, ids: Iterator[str]) -> dict[str, Any]:
    """A channel's tab as yt-dlp gives it raw: its entries come page by page."""
    entries = (
        {
            "_type": "url",
            "ie_key": "Youtube",
            "id": video,
            "url": f"https://www.youtube.com/watch?v={video}",
            "title": video,
        }
        for video in ids
    )
    return {
        "_type": "playlist",
        "title": f"Harbour Channel - {name}",
        "channel": "Harbour Channel",
        "webpage_url": f"https://www.youtube.com/@harbour/{name}",
        "extractor_key": "YoutubeTab",
        "entries": entries,
    }


def endless(start: str) -> Iterator[str]:
    for number in range(10_000):
        assert number < 100, "the list was not read lazily"
        yield f"{start}{number:010}"


def listed_from(found: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("yt_dlp.YoutubeDL.extract_info", lambda *_, **__: found)
    return YtDlp(pause=0).listing("https://www.youtube.com/@harbour")


def test_a_channels_tabs_are_interleaved_and_read_lazily(monkeypatch: pytest.MonkeyPatch) -> None:
    tabs = [tab("videos", endless("v")), tab("streams", endless("s")), tab("shorts", endless("x"))]
    found = {"_type": "playlist", "title": "Harbour Channel", "extractor_key": "YoutubeTab", "entries": tabs}
    listing = listed_from(found, monkeypatch)

    assert listing.title == "Harbour Channel"
    first = [next(listing.entries).title for _ in range(4)]
    listing.entries.close()
    assert first == ["v0000000000", "s0000000000", "v0000000001", "s0000000001"]


def test_a_channel_with_one_tab_is_named_as_the_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {**tab("videos", endless("v")), "title": "Harbour Channel - Videos"}
    listing = listed_from(found, monkeypatch)

    assert (listing.title, next(listing.entries).identity) == ("Harbour Channel", "youtube:v0000000000")
    listing.entries.close()


def test_a_playlist_in_its_owners_order_is_read_from_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        **tab("x", iter([f"p{n:010}" for n in range(4)])),
        "webpage_url": "https://www.youtube.com/playlist?list=PLx",
    }

    assert [entry.title[-1] for entry in listed_from(found, monkeypatch).entries] == ["0", "3", "1", "2"]


def test_a_page_of_the_list_that_fails_is_an_error_behind_what_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    from yt_dlp.utils import ExtractorError

    def breaking() -> Iterator[str]:
        yield "v0000000000"
        raise ExtractorError("HTTP Error 500", expected=True)

    entries = listed_from(tab("videos", breaking()), monkeypatch).entries

    assert next(entries).title == "v0000000000"
    with pytest.raises(SourceError, match="500"):
        next(entries)


def test_youtubes_own_feeds_stand_for_the_whole_list(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()

    def extract_info(_: object, url: str, **__: object) -> dict[str, Any]:
        asked.append(url)
        return tab("videos", iter([]))

    monkeypatch.setattr("yt_dlp.YoutubeDL.extract_info", extract_info)
    for query in ("channel_id=UCabc-_1", "playlist_id=PLabc-_1"):
        YtDlp(pause=0).listing(f"https://www.youtube.com/feeds/videos.xml?{query}")

    assert asked == ["https://www.youtube.com/channel/UCabc-_1", "https://www.youtube.com/playlist?list=PLabc-_1"]
