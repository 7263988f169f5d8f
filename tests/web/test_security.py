"""Hostile input stays text, and nothing can be changed."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from anyio.to_thread import current_default_thread_limiter
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DatabaseError
from starlette.testclient import TestClient

from episodes import database
from episodes.database import reading
from episodes.errors import DatabaseUnreachable
from episodes.files.named import Named
from episodes.web.app import application
from episodes.web.settings import Site
from tests.web.conftest import put_article, put_episode
from tests.web.reading import Page
from tests.web.test_pages import PAGES

EVERYTHING = [*PAGES, "/results?q=bridge", "/nope", "/api/search?q=bridge", "/api/nope", "/feed.xml", "/sitemap.xml", "/opensearch.xml",
              "/openapi.json", "/media/ep-13", "/static/nir.css", "/a/999"]  # fmt: skip


@pytest.mark.parametrize("address", EVERYTHING)
def test_every_answer_is_dressed(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["content-security-policy"]

    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


@pytest.mark.parametrize("address", EVERYTHING)
def test_head_is_get_without_the_body(client: TestClient, address: str) -> None:
    whole, head = client.get(address), client.head(address)

    assert head.status_code == whole.status_code
    assert head.content == b""
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert head.headers["content-type"] == whole.headers["content-type"]


@pytest.mark.parametrize(
    "address",
    [*PAGES, "/?q=zebra", "/?q=okapi", "/results?q=zebra", "/?q=<script>alert(1)</script>&show=<script>x</script>"],
)
def test_hostile_text_stays_text(client: TestClient, address: str) -> None:
    answer = client.get(address).text
    page = Page(answer)

    assert "<script>alert" not in answer.lower()
    assert "<img" not in answer.lower()
    assert not [name for name in page.all("//@*/..") for name in name.attrib if name.lower().startswith("on")]
    assert all(
        script.get("src", "").startswith("/static/") or script.get("type") == "application/ld+json"
        for script in page.all("//script")
    )
    for link in page.all("//@href"):
        assert urlsplit(link).scheme in ("", "http", "https"), link


def test_a_hostile_title_is_shown_as_it_is(client: TestClient) -> None:
    page = Page(client.get("/e/evil?q=zebra").text)

    assert page.text("//h1").startswith("<script>alert(1)</script><img src=x onerror=alert(2)> \u202edesrever")
    assert page.one("//h1/@dir") == "auto"
    assert len(page.text("//title")) < 150
    assert page.texts("//mark") == ["zebra"]
    assert page.texts("//strong") == ["<b>Mallory</b>"]


def test_no_template_and_no_script_needs_what_the_policy_forbids() -> None:
    folder = Path(__file__).parent.parent.parent / "episodes" / "web"
    templates = "".join(file.read_text("utf-8") for file in (folder / "templates").iterdir())
    scripts = "".join(file.read_text("utf-8") for file in (folder / "static").glob("*.js"))

    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:|https?://", templates)
    assert sorted(re.findall(r"\w+ \| safe", templates)) == ["json_ld | safe", "text | safe"], (
        "no < in the one, ours the other"
    )
    assert not re.search(r"\beval\(|new Function|document\.write|\.style\b", scripts)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("address", ["/", "/e/ep-12", "/api/links", "/media/ep-13", "/feed.xml"])
def test_only_reading_is_possible(client: TestClient, method: str, address: str) -> None:
    assert client.request(method, address).status_code == 405


def test_the_database_itself_refuses_to_be_written(filled: Engine) -> None:
    with pytest.raises((DatabaseError, DatabaseUnreachable)), reading(filled) as session:
        session.execute(text("DELETE FROM evidence"))


def test_a_question_that_takes_too_long_is_stopped(engine: Engine) -> None:
    slow = database.read_only(engine, seconds=0.2)
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"

    with pytest.raises(DatabaseUnreachable), reading(slow) as session:
        session.execute(text(endless))
    with reading(slow) as session:
        assert session.execute(text("SELECT 1")).scalar() == 1


def _client(engine: Engine, folder: Path, **more: object) -> TestClient:
    site = Site(engine, folder, **more)  # type: ignore[arg-type]
    return TestClient(application(site), base_url="http://localhost", raise_server_exceptions=False)


def test_foreign_host_names_are_refused_on_loopback(filled: Engine, tmp_path: Path) -> None:
    client = _client(filled, tmp_path, hosts=frozenset({"localhost", "[::1]"}))

    assert client.get("/api/episodes").status_code == 200
    assert client.get("/api/episodes", headers={"Host": "localhost:8080"}).status_code == 200
    assert client.get("/api/episodes", headers={"Host": "[::1]:8080"}).status_code == 200
    assert client.get("/api/episodes", headers={"Host": "evil.example"}).status_code == 421
    assert client.get("/api/episodes", headers={"Host": "evil.example"}).headers["x-frame-options"] == "DENY"


def test_other_sites_scripts_read_only_what_is_meant_to_be_public(filled: Engine, tmp_path: Path) -> None:
    client = _client(filled, tmp_path, address="https://news.example")

    assert client.get("/api/episodes/ep-12/transcript.vtt").headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in client.get("/").headers


def test_a_bug_is_a_sentence(filled: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("episodes.web.search_page.results", broken)
    monkeypatch.setattr("episodes.web.api.searched", broken)
    client = _client(filled, tmp_path)

    for address in ("/?q=x", "/api/search?q=x"):
        answer = client.get(address)
        assert answer.status_code == 500
        assert "Something went wrong on our side." in answer.text
        assert "secret" not in answer.text
        assert answer.headers["content-security-policy"]


def test_a_database_that_is_away_is_503(tmp_path: Path) -> None:
    engine = database.connect("postgresql+psycopg://127.0.0.1:1/none")
    client = _client(engine, tmp_path)

    assert client.get("/").status_code == 503
    assert client.get("/api/episodes").json()["error"].startswith("The catalog is unavailable right now")


def test_a_catalog_that_goes_is_503_until_it_is_there_again(sqlite_engine: Engine, tmp_path: Path) -> None:
    file, away = tmp_path / "catalog.db", tmp_path / "away.db"
    client = _client(database.read_only(sqlite_engine), tmp_path)
    assert client.get("/episodes").status_code == 200

    file.rename(away)
    for address in ("/", "/episodes", "/api/search?q=x", "/feed.xml", "/media/x"):
        answer = client.get(address)
        assert answer.status_code == 503, address
        assert answer.headers["retry-after"]
    assert not file.exists(), "to read makes no catalog"

    file.write_bytes(b"")
    assert client.get("/episodes").status_code == 503, "an empty file is none"
    file.unlink()
    shutil.copy(away, file)
    assert client.get("/episodes").status_code == 200


def test_another_catalog_in_its_place_is_read(sqlite_engine: Engine, tmp_path: Path) -> None:
    client = _client(database.read_only(sqlite_engine), tmp_path)
    assert client.get("/api/episodes").json() == []

    other = database.connect(f"sqlite:///{shutil.copy(tmp_path / 'catalog.db', tmp_path / 'other.db')}")
    with database.writing(other) as session:
        put_episode(session, "ep-1", "The ferry is back", [])
    other.dispose()
    (tmp_path / "other.db").rename(tmp_path / "catalog.db")
    assert [one["episode"] for one in client.get("/api/episodes").json()] == ["ep-1"]


@pytest.mark.parametrize("address", ["/", "/api/episodes", "/api/nope/x", "/static/nir.css", "/media/x"])
def test_what_cannot_be_done_is_told_with_what_can(client: TestClient, address: str) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"):
        answer = client.request(method, address)
        if answer.status_code == 405:
            assert answer.headers["allow"] == "GET, HEAD"
        else:
            assert answer.status_code == 404
    assert client.post("/").status_code == 405


def test_pages_are_bounded_whatever_the_catalog_holds(sqlite_engine: Engine, tmp_path: Path) -> None:
    huge = "harbour " * 50_000
    many = [(float(n), n + 1.0, f"Sentence {n} about the ferry.", None) for n in range(9000)]
    with database.writing(sqlite_engine) as session:
        put_episode(session, "long", huge, many, show=huge, description=huge)
        put_episode(session, "wide", "Wide", [(0.0, 4.0, huge, None)], show="Another")
        put_article(session, "https://paper.example/1", huge, ["A ferry."], dek=huge, site=huge, authors=(huge,))
    client = _client(database.read_only(sqlite_engine), tmp_path)

    for address in (
        "/", "/shows", "/episodes", "/articles", "/about", "/e/long", "/e/wide", "/a/1", "/feed.xml", "/sitemap.xml",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200
        assert len(answer.content) < 4_000_000, address
    page = Page(client.get("/e/long?t=8500").text)
    assert page.texts("//li[@aria-current='true']//span[contains(@class, 'words')]") == [
        "Sentence 8500 about the ferry."
    ]
    earlier = page.one("//nav[@aria-label='More of the transcript']/a[@rel='prev']/@href")
    assert Page(client.get(earlier).text).one("//ol[@id='lines']/li[1]/@data-start") == "4000.0"


def test_more_readers_than_connections_are_told_to_come_again(sqlite_engine: Engine, tmp_path: Path) -> None:
    crowded = create_engine(sqlite_engine.url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    client = _client(crowded, tmp_path)
    with crowded.connect():
        assert client.get("/").status_code == 503
        assert client.get("/api/episodes").json()["error"].startswith("The catalog is unavailable right now")
    assert client.get("/").status_code == 200
    crowded.dispose()


def test_no_more_is_worked_on_at_once_than_there_are_connections(client: TestClient) -> None:
    async def at_once() -> float:
        return current_default_thread_limiter().total_tokens

    assert client.portal
    assert client.portal.call(at_once) <= create_engine("postgresql+psycopg://").pool.size() + 10  # type: ignore[attr-defined]


def test_only_what_browsers_play_is_ever_served(sqlite_engine: Engine, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from episodes.catalog import episodes
    from episodes.values import EpisodeInfo

    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    music = tmp_path / "music.mp3"
    music.write_bytes(b"private")
    (tmp_path / "named").mkdir()
    (tmp_path / "named" / "own.mp3").write_bytes(b"sound")
    (tmp_path / "named" / "notes.txt").write_text("notes")
    (tmp_path / "named" / "link.mp3").symlink_to(music)
    (tmp_path / "named" / "dressed.mp3").symlink_to("notes.txt")
    os.mkfifo(tmp_path / "named" / "fifo.mp3")
    named = Named(tmp_path / "folders.jsonl")
    named.add(tmp_path / "named")
    with database.writing(sqlite_engine) as session:
        for key, media in (
            ("one", str(secret)),
            ("two", f"file://{secret}"),
            ("three", "/" + "x" * 5000),
            ("four", "a\x00b.mp3"),
            ("five", str(music)),
            ("six", str(tmp_path / "named" / "link.mp3")),
            ("seven", "named/own.mp3"),
            ("eight", str(tmp_path / "named" / "dressed.mp3")),
            ("nine", str(tmp_path / "named" / "own.mp3")),
            ("ten", str(tmp_path / "named" / "fifo.mp3")),
        ):
            episodes.put(
                session, EpisodeInfo(f"test:{key}", key, key, media=media), now=datetime(2026, 1, 1, tzinfo=UTC)
            )
    client = _client(sqlite_engine, tmp_path, named=named)

    for key in ("one", "two", "three", "four", "five", "six", "seven", "eight", "ten"):
        assert client.get(f"/media/{key}").status_code == 404
        assert client.get(f"/e/{key}").status_code == 200
        assert "/media/" not in client.get(f"/e/{key}").text
    assert client.get("/media/nine").content == b"sound"
