"""yt-dlp for real against a site on the loopback; what only YouTube has, from dicts in its shape."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from episodes.errors import DiskFull, FileRefused, RateLimited, SourceError
from episodes.sources import identity
from episodes.sources.ytdlp import YtDlp
from episodes.sources.ytdlp_messages import MessageLog
from episodes.values import CaptionTrack, EpisodeInfo, Listed
from tests.sources.conftest import Site, sound

NAMESPACES = (
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0"'
)
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nThe bridge is closed.\n"


def feed(*items: str, title: str = "News in Review", more: str = "") -> str:
    return f'<?xml version="1.0"?><rss version="2.0" {NAMESPACES}><channel><title>{title}</title>{more}{"".join(items)}</channel></rss>'


def item(title: str, guid: str, media: str, day: str, more: str = "") -> str:
    return (
        f'<item><title>{title}</title><guid isPermaLink="false">{guid}</guid><pubDate>{day} 10:00:00 GMT</pubDate>'
        f'<enclosure url="{media}" type="audio/x-wav" length="1"/>{more}</item>'
    )


@pytest.fixture
def show(site: Site) -> Site:
    """A feed of two episodes whose files have the same name."""
    one = site.put("/54/audio.wav", "audio/x-wav", sound(1, 1))
    two = site.put("/55/audio.wav", "audio/x-wav", sound(1, 2))
    site.put("/55.vtt", "text/vtt", VTT)
    about = "<p>The vote, <a href='https://harbour.example/b'>here</a></p>"
    transcripts = [
        ("/55.html", "text/html"),
        ("/55.srt", "application/srt"),
        ("/55.vtt", "text/vtt"),
        ("/55.txt", "text/plain"),
    ]
    more = (
        f"<link>{site.at('/pages/55')}</link><description><![CDATA[{about}]]></description><itunes:duration>1:02</itunes:duration>"
        + "".join(f'<podcast:transcript url="{site.at(path)}" type="{kind}"/>' for path, kind in transcripts)
    )
    older = item("News in Review – Episode 54", "https://harbour.example/?p=54", one, "Fri, 24 May 2024")
    newer = item("News in Review – Episode 55", "https://harbour.example/?p=55", two, "Fri, 31 May 2024", more)
    site.put("/feed.xml", "application/rss+xml", feed(older, newer, more="<language>en-gb</language>"))
    return site


def test_a_feed_lists_its_items_newest_first(show: Site, door: YtDlp) -> None:
    listing = door.listing(show.at("/feed.xml"))
    entries = list(listing.entries)

    assert listing.title == "News in Review"
    assert [(entry.title, entry.published) for entry in entries] == [
        ("News in Review – Episode 55", date(2024, 5, 31)),
        ("News in Review – Episode 54", date(2024, 5, 24)),
    ]
    assert [entry.identity for entry in entries] == [
        "feed:https://harbour.example/?p=55",
        "feed:https://harbour.example/?p=54",
    ]
    assert [entry.url for entry in entries] == [show.at("/55/audio.wav"), show.at("/54/audio.wav")]


def test_an_item_is_read_with_all_that_its_feed_says(show: Site, door: YtDlp) -> None:
    entry = next(door.listing(show.at("/feed.xml")).entries)
    stored = json.loads(json.dumps(dict(entry.hint)))  # the hint may wait in a database
    episode = door.read_episode(Listed(entry.identity, entry.url, hint=stored))

    assert (episode.identity, episode.number, episode.show) == (entry.identity, 55, "News in Review")
    assert (episode.published, episode.duration, episode.language) == (date(2024, 5, 31), 62.0, "en-gb")
    assert (episode.url, episode.media) == (show.at("/pages/55"), show.at("/55/audio.wav"))
    assert episode.description == "The vote, here https://harbour.example/b"
    assert episode.captions == (CaptionTrack("en-gb", "vtt", show.at("/55.vtt")),)
    assert door.fetch_captions(episode.captions[0]).decode() == VTT


def test_equal_file_names_stay_two_episodes(show: Site, door: YtDlp, tmp_path: Path) -> None:
    episodes = [door.read_episode(entry) for entry in door.listing(show.at("/feed.xml")).entries]
    files = [door.fetch_audio(episode, tmp_path) for episode in episodes]

    assert len({episode.key for episode in episodes}) == len({episode.identity for episode in episodes}) == 2
    assert [file.read_bytes() for file in files] == [sound(1, 2), sound(1, 1)]


def test_common_guids_of_two_feeds_stay_apart(show: Site, door: YtDlp) -> None:
    for path, title in (("/a.xml", "News in Review"), ("/b.xml", "Tide Tables")):
        show.put(
            path,
            "application/rss+xml",
            feed(item("One", "1", show.at("/54/audio.wav"), "Fri, 24 May 2024"), title=title),
        )
    names = [next(door.listing(show.at(path)).entries).identity for path in ("/a.xml", "/b.xml")]

    assert names == ["feed:news-in-review/1", "feed:tide-tables/1"]


def test_an_item_without_enclosure_leads_to_the_video_on_its_page(show: Site, door: YtDlp, tmp_path: Path) -> None:
    page = '<!doctype html><title>x</title><video src="/54/audio.wav"><track kind="captions" srclang="en" src="/55.vtt"></video>'
    show.put("/page.html", "text/html", page)
    linked = f"<item><title>Episode 56</title><guid>harbour-channel-56-guid-0001</guid><link>{show.at('/page.html')}</link></item>"
    show.put("/linked.xml", "application/rss+xml", feed(linked))
    episode = door.read_episode(next(door.listing(show.at("/linked.xml")).entries))

    assert (episode.identity, episode.title, episode.number) == ("feed:harbour-channel-56-guid-0001", "Episode 56", 56)
    assert [(track.language, track.format, track.location) for track in episode.captions] == [
        ("en", "vtt", show.at("/55.vtt"))
    ]
    assert door.fetch_audio(episode, tmp_path).read_bytes() == sound(1, 1)


def test_an_atom_feed_is_a_feed_too(show: Site, door: YtDlp) -> None:
    entry = (
        "<entry><title>News in Review – Episode 54</title><id>tag:harbour.example,2024:54</id>"
        "<published>2024-05-24T10:00:00Z</published>"
        f'<link rel="alternate" href="{show.at("/pages/54")}"/>'
        f'<link rel="enclosure" type="audio/x-wav" href="{show.at("/54/audio.wav")}"/></entry>'
    )
    video = '<entry><title>On video</title><id>yt:video:Ab3-_efghij</id><link href="https://www.youtube.com/watch?v=Ab3-_efghij"/></entry>'
    show.put(
        "/atom.xml",
        "application/atom+xml",
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News in Review</title>{entry}{video}</feed>',
    )
    listing = door.listing(show.at("/atom.xml"))
    entries = {entry.identity: entry for entry in listing.entries}
    episode = door.read_episode(entries["feed:tag:harbour.example,2024:54"])

    assert listing.title == "News in Review"
    assert entries["youtube:Ab3-_efghij"].url == "https://www.youtube.com/watch?v=Ab3-_efghij"
    assert (episode.number, episode.published, episode.url) == (54, date(2024, 5, 24), show.at("/pages/54"))


def test_a_page_with_one_video_is_a_list_of_one(show: Site, door: YtDlp) -> None:
    page = show.put(
        "/page.html", "text/html", '<!doctype html><title>Episode 55</title><video src="/55/audio.wav"></video>'
    )
    entries = list(door.listing(page).entries)
    episode = door.read_episode(page)

    assert [(entry.identity, entry.title) for entry in entries] == [(episode.identity, "Episode 55")]
    assert (episode.title, episode.published) == ("Episode 55", None)


def test_a_page_with_several_videos_is_a_list(show: Site, door: YtDlp, tmp_path: Path) -> None:
    videos = '<video src="/54/audio.wav"></video><p><video src="/55/audio.wav"></video>'
    page = show.put("/page.html", "text/html", f"<!doctype html><title>Both</title>{videos}")
    episodes = [door.read_episode(entry) for entry in door.listing(page).entries]

    assert len({episode.identity for episode in episodes}) == 2
    assert [door.fetch_audio(episode, tmp_path).read_bytes() for episode in episodes] == [sound(1, 1), sound(1, 2)]
    with pytest.raises(SourceError, match="2 episodes are there"):
        door.read_episode(page)


def test_a_file_has_no_day_of_publication(show: Site, door: YtDlp) -> None:
    episode = door.read_episode(show.at("/54/audio.wav"))

    assert (episode.title, episode.published) == ("audio", None)
    assert [entry.published for entry in door.listing(show.at("/54/audio.wav")).entries] == [None]


def test_an_empty_feed_is_an_empty_list(site: Site, door: YtDlp) -> None:
    assert list(door.listing(site.put("/feed.xml", "application/rss+xml", feed())).entries) == []


@pytest.mark.parametrize(
    ("path", "says"),
    [("/away", "404"), ("/broken.xml", "Unsupported URL"), ("/page.html", "Unsupported URL"), ("/ill", "500")],
)
def test_what_cannot_be_read_is_an_error_that_says_why(site: Site, door: YtDlp, path: str, says: str) -> None:
    site.put("/broken.xml", "application/rss+xml", "<rss><channel><title>News in")
    site.put("/page.html", "text/html", "<!doctype html><title>Words</title><p>Only words.")
    site.failing["/ill"] = 500
    with pytest.raises(SourceError, match=says) as caught:
        list(door.listing(site.at(path)).entries)
    assert "please report" not in str(caught.value)
    with pytest.raises(SourceError, match=says):
        door.read_episode(site.at(path))


@pytest.mark.parametrize(
    "address",
    ["", "news", "foo:bar", "http://[::1", "http://127.0.0.1:1/feed", "/etc/hostname", "file:///etc/hostname"],
)
def test_what_is_no_address_is_an_error(door: YtDlp, address: str) -> None:
    with pytest.raises(SourceError):
        list(door.listing(address).entries)


def test_too_many_requests_stop_all_calls_for_an_hour(show: Site, door: YtDlp, tmp_path: Path) -> None:
    show.failing |= {"/feed.xml": 429, "/55.vtt": 429, "/55/audio.wav": 429}
    calls = [
        lambda: door.listing(show.at("/feed.xml")),
        lambda: door.read_episode(show.at("/55/audio.wav")),
        lambda: door.fetch_captions(CaptionTrack("en", "vtt", show.at("/55.vtt"))),
        lambda: door.fetch_audio(EpisodeInfo("x:1", "1", "One", media=show.at("/55/audio.wav")), tmp_path),
    ]
    for call in calls:
        with pytest.raises(RateLimited) as caught:
            call()
        assert caught.value.until
        assert timedelta(minutes=59) < caught.value.until - datetime.now(UTC) <= timedelta(hours=1)


def test_captions_that_are_missing_or_empty_are_an_error(site: Site, door: YtDlp) -> None:
    site.put("/empty.vtt", "text/vtt", " ")

    for location in (site.at("/away.vtt"), site.at("/empty.vtt")):
        with pytest.raises(SourceError):
            door.fetch_captions(CaptionTrack("en", "vtt", location))


@pytest.fixture
def wanted(site: Site) -> EpisodeInfo:
    media = site.put("/long.wav", "audio/x-wav", sound(10))
    return EpisodeInfo("feed:https://harbour.example/?p=1", "one", "One", media=media)


def test_sound_is_fetched_once_and_progress_is_told(
    site: Site, door: YtDlp, wanted: EpisodeInfo, tmp_path: Path
) -> None:
    folder, told = tmp_path / "a 100% ü %(id)s" / "media", list[tuple[float, float | None]]()
    file = door.fetch_audio(wanted, folder, lambda done, total: told.append((done, total)))

    assert file.read_bytes() == sound(10)
    assert list(folder.iterdir()) == [file]
    assert told[-1] == (len(sound(10)), len(sound(10)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    site.asked.clear()
    assert door.fetch_audio(wanted, folder) == file
    assert site.asked == []


def test_what_was_begun_is_gone_on_with(site: Site, door: YtDlp, wanted: EpisodeInfo, tmp_path: Path) -> None:
    part = tmp_path / f"{identity.file_stem(wanted.identity)}.wav.part"
    part.write_bytes(sound(10)[:50_000])
    file = door.fetch_audio(wanted, tmp_path)

    assert file.read_bytes() == sound(10)
    assert [wanted for _, wanted in site.asked if wanted] == ["bytes=50000-"]
    assert not part.exists()


def test_a_full_disk_is_said_as_such(door: YtDlp, wanted: EpisodeInfo, tmp_path: Path) -> None:
    (tmp_path / f"{identity.file_stem(wanted.identity)}.wav.part").symlink_to("/dev/full")
    with pytest.raises(DiskFull):
        door.fetch_audio(wanted, tmp_path)


@pytest.mark.parametrize(
    "address", ["{}", "file://{}", "FILE:{}", "//localhost{}", "file.wav", "~/file.wav", "", "/dev/zero"]
)
def test_no_file_of_this_machine_is_read_through_this_door(door: YtDlp, tmp_path: Path, address: str) -> None:
    (tmp_path / "file.wav").write_bytes(sound(1))
    address = address.format(tmp_path / "file.wav")

    with pytest.raises(FileRefused):
        door.fetch_audio(EpisodeInfo("x:1", "1", "One", media=address), tmp_path / "media")
    with pytest.raises(FileRefused):
        door.fetch_captions(CaptionTrack("en", "vtt", address))
    assert not (tmp_path / "media").exists()


def test_nothing_is_left_in_the_home_folder(show: Site, door: YtDlp, tmp_path: Path) -> None:
    door.fetch_audio(door.read_episode(next(door.listing(show.at("/feed.xml")).entries)), tmp_path / "media")

    assert not (tmp_path / "no-home").exists()


def test_warnings_are_kept_and_nothing_is_printed(capfd: pytest.CaptureFixture[str], site: Site, door: YtDlp) -> None:
    messages = MessageLog()
    messages.warning("WARNING: [generic] Falling back")
    with pytest.raises(SourceError):
        door.read_episode(site.put("/page.html", "text/html", "<!doctype html><p>Only words."))

    assert messages.warnings == ["Falling back"]
    assert capfd.readouterr() == ("", "")
