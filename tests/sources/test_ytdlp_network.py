"""What yt-dlp fetches goes through the guard: each door against addresses, redirects, sizes and times that a stranger chose."""

from __future__ import annotations

import gc
import gzip
import io
import threading
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from episodes.errors import SourceError
from episodes.sources.download_limits import DownloadLimits
from episodes.sources.identity import file_stem
from episodes.sources.media_file import finished_file
from episodes.sources.ytdlp import YtDlp
from episodes.values import CaptionTrack, EpisodeInfo, Listed
from tests.guard.conftest import Inside, PublicSite, inside, site

__all__ = ["inside", "site"]

Door = Callable[[YtDlp, str, Path], object]


def sound(seconds: int) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\1\0" * 8000 * seconds)
    return content.getvalue()


def read(door: YtDlp, url: str, _: Path) -> object:
    return door.read_episode(Listed("x:1", url))


def read_item(door: YtDlp, url: str, _: Path) -> object:
    return door.read_episode(
        Listed("x:1", url, hint={"entry": {"_type": "url_transparent", "url": url, "title": "One"}})
    )


def captions(door: YtDlp, url: str, _: Path) -> object:
    return door.fetch_captions(CaptionTrack("en", "vtt", url))


def audio(door: YtDlp, url: str, folder: Path) -> object:
    return door.fetch_audio(EpisodeInfo("x:1", "1", "One", media=url), folder)


DOORS: dict[str, Door] = {
    "list": lambda door, url, _: list(door.listing(url).entries),
    "list a feed": lambda door, url, _: list(door.listing(f"{url}#feed.xml").entries),
    "read": read,
    "read an item": read_item,
    "captions": captions,
    "sound": audio,
}


@pytest.fixture
def door() -> YtDlp:
    return YtDlp(pause=0, timeout=5)


def refusal(way: Door, door: YtDlp, url: str, folder: Path) -> str:
    with pytest.raises(SourceError) as caught:
        way(door, url, folder)
    detail = caught.value.detail
    del caught
    gc.collect()
    return detail


@pytest.mark.parametrize("way", DOORS.values(), ids=DOORS)
def test_no_door_leads_inside(way: Door, door: YtDlp, site: PublicSite, inside: Inside, tmp_path: Path) -> None:
    redirected = site.redirect("/away", inside.url)

    assert "leads to 127.0.0.2" in (direct := refusal(way, door, inside.url, tmp_path))
    assert "--allow-private" in direct
    assert inside.url in refusal(way, door, redirected, tmp_path)
    assert inside.connections == 0
    assert "/away" in "".join(site.paths())


@pytest.mark.parametrize("way", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize(
    "scheme",
    ["file:///etc/hostname", "ftp://127.0.0.2/x", "data:text/plain,x", "gopher://127.0.0.2/", "ws://127.0.0.2/"],
)
def test_redirects_lead_to_the_web_only(
    way: Door, scheme: str, door: YtDlp, site: PublicSite, inside: Inside, tmp_path: Path
) -> None:
    refusal(way, door, site.redirect("/away", scheme), tmp_path)

    assert inside.connections == 0


@pytest.mark.parametrize(
    "address",
    ["ftp://harbour.example/a.mp3", "data:audio/wav;base64,AAAA", "rtmp://harbour.example/a", "ytsearch:ferry"],
)
@pytest.mark.parametrize("way", [DOORS["list"], read, read_item, audio])
def test_only_the_web_is_asked(way: Door, address: str, door: YtDlp, tmp_path: Path) -> None:
    assert "only http and https" in refusal(way, door, address, tmp_path)


def test_redirects_in_a_circle_end(door: YtDlp, site: PublicSite, tmp_path: Path) -> None:
    site.redirect("/a", "/b")

    assert "more than 10 redirects" in refusal(captions, door, site.redirect("/b", "/a"), tmp_path)
    assert len(site.asked) == 11


@pytest.mark.parametrize("way", DOORS.values(), ids=DOORS)
def test_a_bomb_is_not_unpacked(way: Door, door: YtDlp, site: PublicSite, tmp_path: Path) -> None:
    small = replace(door, limits=DownloadLimits(text=100_000, audio=100_000))
    packed = gzip.compress(b"<rss><channel>" + b" " * 5_000_000)
    bomb = site.put("/bomb", packed, "application/rss+xml", Content_Encoding="gzip")

    assert "larger than" in refusal(way, small, bomb, tmp_path)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 200_000


def endless(handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "audio/x-wav")
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 65536)


def test_sound_without_an_end_is_given_up(door: YtDlp, site: PublicSite, tmp_path: Path) -> None:
    small = replace(door, limits=DownloadLimits(audio=1_000_000))

    assert "larger than" in refusal(audio, small, site.act("/a.wav", endless), tmp_path)


def dripping(*, headers: bool) -> Callable[[Any], object]:
    def drip(handler: Any) -> None:
        if headers:
            handler.send_response(200)
            handler.send_header("Content-Type", "audio/x-wav")
            handler.end_headers()
        else:
            handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
        while True:
            handler.wfile.write(b"x")
            threading.Event().wait(0.02)

    return drip


@pytest.mark.parametrize("headers", [True, False], ids=["body", "headers"])
@pytest.mark.parametrize("way", [captions, audio])
def test_a_drip_ends(way: Door, headers: bool, site: PublicSite, tmp_path: Path) -> None:
    hasty = YtDlp(pause=0, timeout=5, limits=DownloadLimits(text_seconds=0.2, audio_seconds=0.2, per_seconds=0.2))

    assert "too slow" in refusal(way, hasty, site.act("/a.wav", dripping(headers=headers)), tmp_path)


@pytest.fixture
def no_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log of the programs that were started, other than to ask for their version."""
    log, folder = tmp_path / "started", tmp_path / "bin"
    folder.mkdir()
    for name in ("ffmpeg", "ffprobe", "rtmpdump", "mplayer", "mpv", "aria2c", "curl", "wget", "phantomjs"):
        (folder / name).write_text(
            f'#!/bin/sh\ncase "$1" in -bsfs|-v|--version) ;; *) echo "{name} $*" >> {log} ;; esac\n'
        )
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return log


MANIFESTS = {
    "a piece inside": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{inside}a.ts\n#EXT-X-ENDLIST\n",
    "a file as a piece": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
    "a file as its key": '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-KEY:METHOD=AES-128,URI="file:///etc/hostname"\n#EXTINF:9,\na.ts\n#EXT-X-ENDLIST\n',
    "a key inside": '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-KEY:METHOD=AES-128,URI="{inside}key"\n#EXTINF:9,\na.ts\n#EXT-X-ENDLIST\n',
    "what needs ffmpeg": '#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI="{inside}key"\n#EXTINF:9,\n{inside}a.ts\n#EXT-X-ENDLIST\n',
    "a list inside": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{inside}a.m3u8\n",
    "a live one": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{inside}a.ts\n",
}  # fmt: skip


#: yt-dlp leaves a file of its own open where its fragments end in an error.
LEFT_OPEN = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@LEFT_OPEN
@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS)
def test_a_manifest_leads_nowhere_else(
    manifest: str, door: YtDlp, site: PublicSite, inside: Inside, no_programs: Path, tmp_path: Path
) -> None:
    site.put("/a.ts", b"x" * 1000)
    url = site.put("/a.m3u8", manifest.format(inside=inside.url), "application/vnd.apple.mpegurl")
    refusal(audio, door, url, tmp_path / "media")

    assert inside.connections == 0
    assert not no_programs.exists()
    assert not finished_file(tmp_path / "media", file_stem("x:1"))


DASH = (
    '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT9S"><Period><AdaptationSet '
    'mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>{base}</BaseURL><SegmentList duration="9">'
    '<SegmentURL media="a.m4s"/></SegmentList></Representation></AdaptationSet></Period></MPD>'
)


@LEFT_OPEN
@pytest.mark.parametrize("base", ["{inside}", "file:///etc/", "rtmp://127.0.0.2/"])
def test_a_dash_manifest_leads_nowhere_else(
    base: str, door: YtDlp, site: PublicSite, inside: Inside, no_programs: Path, tmp_path: Path
) -> None:
    url = site.put("/a.mpd", DASH.format(base=base.format(inside=inside.url)), "application/dash+xml")
    refusal(audio, door, url, tmp_path / "media")

    assert inside.connections == 0
    assert not no_programs.exists()


def test_sound_in_pieces_is_fetched(door: YtDlp, site: PublicSite, no_programs: Path, tmp_path: Path) -> None:
    for name in "ab":
        site.put(f"/{name}.ts", name.encode() * 1000)
    pieces = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\na.ts\n#EXTINF:9,\n/b.ts\n#EXT-X-ENDLIST\n"
    url = site.put("/a.m3u8", pieces, "application/vnd.apple.mpegurl")
    file = door.fetch_audio(EpisodeInfo("x:1", "1", "One", media=url), tmp_path / "media")

    assert file.read_bytes() == b"a" * 1000 + b"b" * 1000
    assert not no_programs.exists()


@LEFT_OPEN
@pytest.mark.parametrize("piece", ["fragment", "sound"])
def test_pieces_have_bounds_each_and_together(piece: str, door: YtDlp, site: PublicSite, tmp_path: Path) -> None:
    limits = DownloadLimits(fragment=1500) if piece == "fragment" else DownloadLimits(audio=1500)
    for name in "ab":
        site.put(f"/{name}.ts", name.encode() * (2000 if piece == "fragment" else 1000))
    pieces = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\na.ts\n#EXTINF:9,\n/b.ts\n#EXT-X-ENDLIST\n"
    url = site.put("/a.m3u8", pieces, "application/vnd.apple.mpegurl")

    assert "larger than" in refusal(audio, replace(door, limits=limits), url, tmp_path)


COOKIES = "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t4102444800\tlogin\tsecret\n"


def test_the_cookies_file_is_read_and_never_written(site: PublicSite, tmp_path: Path) -> None:
    file = tmp_path / "cookies.txt"
    file.write_text(COOKIES)
    file.chmod(0o400)
    before = file.stat()
    door = YtDlp(cookies=file, pause=0)
    door.fetch_captions(CaptionTrack("en", "vtt", site.put("/a.vtt", "WEBVTT", Set_Cookie="login=other; Path=/")))

    assert site.asked[-1][2]["Cookie"] == "login=secret"
    assert (file.read_text(), file.stat().st_mtime_ns, file.stat().st_ino) == (
        COOKIES,
        before.st_mtime_ns,
        before.st_ino,
    )
    assert list(tmp_path.iterdir()) == [file]


def test_cookies_of_one_call_are_sent_where_they_belong(site: PublicSite) -> None:
    site.put("/b.vtt", "WEBVTT")
    url = site.put("/a.vtt", b"", status=302, Location="/b.vtt", Set_Cookie="seen=1; Path=/")
    YtDlp(pause=0).fetch_captions(CaptionTrack("en", "vtt", url))

    assert [headers.get("Cookie") for _, _, headers in site.asked] == [None, "seen=1"]


def test_a_missing_cookies_file_is_said(site: PublicSite, tmp_path: Path) -> None:
    door = YtDlp(cookies=tmp_path / "away.txt")

    assert "cookies file" in refusal(captions, door, site.put("/a.vtt", "WEBVTT"), tmp_path)


def test_the_proxy_is_asked(site: PublicSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site is its own proxy here: a proxied request names the whole address."""
    site.put("http://news.invalid/a.vtt", "WEBVTT")
    track = CaptionTrack("en", "vtt", "http://news.invalid/a.vtt")

    assert YtDlp(proxy=site.url).fetch_captions(track) == b"WEBVTT"
    monkeypatch.setenv("http_proxy", site.url)
    assert YtDlp().fetch_captions(track) == b"WEBVTT"


def test_a_feeds_addresses_are_resolved_against_its_own(door: YtDlp, site: PublicSite, tmp_path: Path) -> None:
    item = (
        '<item><title>Episode 1</title><guid>harbour-item-0001</guid><enclosure url="/etc/one.wav" type="audio/x-wav"/>'
        '<link>/pier</link><podcast:transcript url="words.vtt" type="text/vtt"/></item>'
    )
    feed = f'<rss xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>News</title>{item}</channel></rss>'
    site.put("/new/feed.xml", feed, "application/rss+xml")
    site.put("/new/list", feed, "application/rss+xml")
    site.put("/etc/one.wav", sound(1), "audio/x-wav")
    site.put("/new/words.vtt", "WEBVTT\n")
    for address in (site.redirect("/feed.xml", "/new/feed.xml"), site.url + "/new/feed.xml", site.url + "/new/list"):
        (entry,) = door.listing(address).entries
        episode = door.read_episode(entry)

        assert (episode.media, episode.url) == (site.url + "/etc/one.wav", site.url + "/pier")
        assert [track.location for track in episode.captions] == [site.url + "/new/words.vtt"]
    assert door.fetch_audio(episode, tmp_path).read_bytes() == sound(1)


def test_one_bad_item_does_not_stop_the_others(door: YtDlp, site: PublicSite, inside: Inside) -> None:
    def items() -> Iterator[str]:
        for number, media in enumerate(["file:///etc/hostname", inside.url + "a.wav", site.url + "/a.wav"]):
            about = f"<title>No. {number}</title><guid>harbour-item-000{number}</guid>"
            yield f'<item>{about}<enclosure url="{media}" type="audio/x-wav"/></item>'

    site.put("/a.wav", sound(1), "audio/x-wav")
    url = site.put(
        "/feed.xml", f"<rss><channel><title>News</title>{''.join(items())}</channel></rss>", "application/rss+xml"
    )
    read_well = []
    for entry in door.listing(url).entries:
        try:
            read_well.append(door.read_episode(entry).title)
        except SourceError as error:
            read_well.append(error.detail.partition(",")[0])

    assert sorted(read_well) == ["No. 2", "it leads to 127.0.0.2", "only http and https addresses are fetched"]
    assert inside.connections == 0
