"""What other programs read: feed, sitemap, OpenSearch, JSON-LD; on both databases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree
from sqlalchemy import Engine
from starlette.testclient import TestClient

from episodes.help.topics import topics
from episodes.web.app import application
from episodes.web.settings import Site
from tests.web.reading import Page

NAMES = {"podcast": "https://podcastindex.org/namespace/1.0", "map": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def test_the_feed_offers_transcripts(client: TestClient) -> None:
    answer = client.get("/feed.xml")
    root = etree.fromstring(answer.content)
    item = root.xpath("//item[guid='test:ep-12']", namespaces=NAMES)[0]

    assert answer.headers["content-type"].startswith("application/rss+xml")
    assert [(one.get("url"), one.get("type")) for one in item.findall("podcast:transcript", NAMES)] == [
        ("http://localhost/api/episodes/ep-12/transcript.vtt", "text/vtt"),
        ("http://localhost/api/episodes/ep-12/transcript.srt", "application/x-subrip"),
        ("http://localhost/feed/ep-12.json", "application/json"),
    ]
    assert all(client.get(one.get("url")).status_code == 200 for one in item.findall("podcast:transcript", NAMES))
    assert item.findtext("pubDate") == "Tue, 03 Mar 2026 00:00:00 +0000"


def test_feed_readers_read_it(client: TestClient) -> None:
    feed = feedparser.parse(client.get("/feed.xml").content)
    entries = {entry.id: entry for entry in feed.entries}

    assert not feed.bozo
    assert feed.feed.title == "News in Review"
    assert entries["test:ep-13"].enclosures[0].href == "http://localhost/media/ep-13"
    assert entries["test:sport-1"].enclosures[0].href == "https://cast.example:8443/1.mp3?x=<y>"
    assert "desrever" in entries["test:evil"].title


def test_the_sitemap_names_every_page(client: TestClient) -> None:
    root = etree.fromstring(client.get("/sitemap.xml").content)
    found = root.xpath("//map:loc/text()", namespaces=NAMES)

    assert {"http://localhost/", "http://localhost/e/ep-12", "http://localhost/a/1"} <= set(found)
    assert len(found) == len(set(found)) == 6 + len(topics()) + 4 + 4
    assert all(client.get(address).status_code == 200 for address in found)
    assert len(root.xpath("//map:url[map:lastmod]", namespaces=NAMES)) == 4 + 4


def test_a_browser_can_ask_us(client: TestClient) -> None:
    root = etree.fromstring(client.get("/opensearch.xml").content)
    urls = root.findall("{http://a9.com/-/spec/opensearch/1.1/}Url")

    assert urls[0].get("template") == "http://localhost/?q={searchTerms}"
    assert Page(client.get("/").text).all("//link[@rel='search']/@href") == ["/opensearch.xml"]
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text


def _json_ld(client: TestClient, address: str) -> dict[str, Any]:
    (text,) = Page(client.get(address).text).all("//script[@type='application/ld+json']/text()")
    document: dict[str, Any] = json.loads(text)
    return document


def test_an_episode_is_a_video_object(client: TestClient) -> None:
    about = _json_ld(client, "/e/ep-12")

    assert (about["@type"], about["uploadDate"], about["duration"]) == ("VideoObject", "2026-03-03", "PT100S")
    assert about["isPartOf"] == {"@type": "CreativeWorkSeries", "name": "News in Review"}
    assert about["embedUrl"] == "https://www.youtube-nocookie.com/embed/NiRsample12"
    assert [(clip["startOffset"], clip["endOffset"], clip["url"]) for clip in about["hasPart"]] == [
        (0, 95, "http://localhost/e/ep-12?t=0"),
        (95, 99, "http://localhost/e/ep-12?t=95"),
    ]
    assert about["associatedArticle"] == [
        {"@type": "NewsArticle", "headline": "Council votes for the bridge", "url": "https://paper.example/bridge"}
    ]


def test_sound_of_our_own_has_its_address(client: TestClient) -> None:
    about = _json_ld(client, "/e/ep-13")

    assert (about["@type"], about["contentUrl"]) == ("AudioObject", "http://localhost/media/ep-13")
    assert client.head(about["contentUrl"]).status_code == 200


def test_hostile_text_in_json_ld_is_data(client: TestClient) -> None:
    about = _json_ld(client, "/e/evil")

    assert about["name"].startswith("<script>alert(1)</script>")
    assert "contentUrl" not in about


def test_addresses_are_those_that_readers_know(filled: Engine, tmp_path: Path) -> None:
    client = TestClient(
        application(Site(filled, tmp_path, address="https://news.example")), base_url="http://localhost"
    )

    for path in ("/feed.xml", "/sitemap.xml", "/opensearch.xml", "/robots.txt"):
        text = client.get(path).text
        assert "https://news.example/" in text
        assert "localhost" not in text


@pytest.mark.parametrize("path", ["/feed.xml", "/sitemap.xml"])
def test_what_xml_cannot_carry_is_left_out(path: str, sqlite_engine: Engine, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from episodes import database
    from episodes.catalog import episodes
    from episodes.values import EpisodeInfo

    with database.writing(sqlite_engine) as session:
        info = EpisodeInfo("test:bell", "bell", "ring \x07 the \x1b bell \ufffe", description="\x0b")
        episodes.put(session, info, now=datetime(2026, 1, 1, tzinfo=UTC))

    with TestClient(application(Site(sqlite_engine, tmp_path)), base_url="http://localhost") as client:
        assert etree.fromstring(client.get(path).content) is not None
