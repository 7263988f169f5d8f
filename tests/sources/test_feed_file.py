"""Feed files: what feedparser makes of them, and what it leaves out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.values import CaptionTrack
from tests.sources.reading import SAME_FOLDER, episodes, failures, read, whole

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0">
<channel><title>News in Review</title><language>en</language><itunes:author>Harbour Channel</itunes:author>
<item><title>The harbour bridge</title><guid>https://harbour.example/?p=55</guid>
  <pubDate>Fri, 31 May 2024 23:30:00 -0200</pubDate><link>https://harbour.example/55</link>
  <enclosure url="https://cdn.example/55.mp3" type="audio/mpeg" length="1"/>
  <enclosure url="https://cdn.example/55.png" type="image/png" length="1"/>
  <itunes:duration>1:02:03</itunes:duration><itunes:episode>55</itunes:episode>
  <description>&lt;p&gt;The &lt;b&gt;vote&lt;/b&gt; &amp;amp; the price.&lt;/p&gt;&lt;p&gt;More.&lt;/p&gt;</description>
  <podcast:transcript url="https://cdn.example/55.json" type="application/json"/>
  <podcast:transcript url="https://cdn.example/55.vtt" type="text/vtt" language="en-GB"/>
  <podcast:transcript url="https://cdn.example/55.srt" type="application/x-subrip" language="en-GB"/></item>
<item><title>Nothing to hear</title><guid>nothing-guid-0001-abcdef</guid></item>
<item><guid>12</guid><enclosure url="https://cdn.example/The%20ferry.mp3?x=1" type="audio/mpeg" length="1"/></item>
</channel></rss>"""


def test_each_item_is_an_episode(tmp_path: Path) -> None:
    reads = read(tmp_path / "a.rss", RSS)
    bridge, ferry = episodes(reads)

    assert (bridge.identity, bridge.title, bridge.number) == (
        "feed:https://harbour.example/?p=55",
        "The harbour bridge",
        55,
    )
    assert (bridge.published, bridge.duration, bridge.show) == (date(2024, 6, 1), 3723.0, "News in Review")
    assert (bridge.url, bridge.media) == ("https://harbour.example/55", "https://cdn.example/55.mp3")
    assert (bridge.description, bridge.channel) == ("The vote & the price.\nMore.", "Harbour Channel")
    assert bridge.captions == (
        CaptionTrack("en-GB", "vtt", "https://cdn.example/55.vtt"),
        CaptionTrack("en", "json", "https://cdn.example/55.json"),
    )
    assert (ferry.identity, ferry.key, ferry.title) == ("feed:news-in-review/12", "12", "The ferry")
    assert failures(reads) == {"a.rss: item 2": "the item has neither an enclosure nor a link"}


def test_a_feed_cut_off_gives_what_can_be_read(tmp_path: Path) -> None:
    found = episodes(read(tmp_path / "a.xml", RSS[: RSS.index("<item><title>Nothing")]))

    assert [(episode.title, len(episode.captions)) for episode in found] == [("The harbour bridge", 1)]


@pytest.mark.parametrize(
    "content", ["", "<html><body>No feed</body></html>", "words", "<?xml version='1.0'?><a/>", "\x00\xff"]
)
def test_what_is_no_feed_says_so(tmp_path: Path, content: str) -> None:
    assert "not an RSS or Atom feed" in failures(read(tmp_path / "a.xml", content))["a.xml"]


@SAME_FOLDER
@given(content=st.binary(max_size=100), inside=st.booleans())
def test_no_bytes_make_it_fail(tmp_path: Path, content: bytes, inside: bool) -> None:
    start = b"<rss version='2.0'><channel><item><title>" if inside else b""

    assert whole(read(tmp_path / "a.xml", start + content))
