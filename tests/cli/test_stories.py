"""What people live through, from files to answers: a page of several articles, and everything that can go wrong, each as one clear line."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy.pool import ConnectionPoolEntry

from episodes.database import sqlite
from tests.conftest import Ran

Nir = Callable[..., Ran]

FOUR_ARTICLES = """The library opens on Sundays

From May on the town library will be open on Sunday afternoons. The reading room was full on the first day, and the
children's corner had to be closed for an hour because nobody could get in.

Continue Reading

Bakers raise their prices

A loaf costs a fifth more than a year ago. Bakers name the price of flour and of gas, and expect no change before the harvest.

Continue Reading

The ferry that nobody wanted
Harbour Channel – News in Review – Episode 55.

The old ferry was sold for the price of its engine. The yard had asked for twice as much, and found no buyer in three years.

Continue Reading →

Trams stop at midnight

The last tram will leave the square at midnight, an hour earlier than before. The council speaks of a trial of six months.
"""


def episodes_54_to_56(folder: Path) -> Path:
    lines = [
        {
            "id": f"ep-{n}",
            "title": f"News in Review – Episode {n}",
            "date": f"2026-04-{n - 44:02}",
            "show": "News in Review",
        }
        for n in (54, 55, 56)
    ]
    file = folder / "episodes.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    return file


def test_one_of_four_articles_on_a_page_is_linked_to_its_episode(nir: Nir, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(FOUR_ARTICLES)
    nir("import", episodes_54_to_56(tmp_path))
    added = nir("articles", "add", page)
    nir("link")

    assert added.code == 0
    assert "4 done" in added.out
    (link,) = nir("links", "--json").json
    assert (link["episode"], link["article_title"], link["status"]) == (
        "ep-55",
        "The ferry that nobody wanted",
        "linked",
    )
    assert link["evidence"][0]["kind"] == "number"
    for words in ("reading room", "price of flour", "price of its engine", "square at midnight"):
        assert [hit["source"] for hit in nir("search", f'"{words}"', "--json").json] == ["written"], words
    assert "4 unchanged" in nir("articles", "add", page).out
    assert "0 new, 0 changed, 0 gone" in nir("link").out
    assert nir("link", "--anew", "--json").json["new"] == 0


class Site(BaseHTTPRequestHandler):
    """One page that answers 500 and one good one."""

    def do_GET(self) -> None:
        good = self.path == "/good"
        text = (
            "The harbour master counted forty ships on the first day of the regatta, more than in any year before. " * 4
        )
        body = f"<html><head><title>Forty ships</title></head><body><article><h1>Forty ships</h1><p>{text}</p></article></body></html>"
        self.send_response(200 if good else 500)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_page_that_answers_500_and_a_dead_address_stop_nothing(nir: Nir, site: str) -> None:
    added = nir(
        "articles", "add", f"{site}/broken", "http://127.0.0.1:1/gone", f"{site}/good", "--allow-private", "--json"
    )

    assert added.code == 1
    assert [outcome["state"] for outcome in added.json] == ["failed", "failed", "done"]
    broken, gone, _ = added.json
    assert "500" in broken["reason"]
    assert gone["reason"]
    assert [one["title"] for one in nir("articles", "--json").json] == ["Forty ships"]


def test_addresses_of_this_machine_are_refused_unless_allowed(nir: Nir, site: str) -> None:
    refused = nir("articles", "add", f"{site}/good")

    assert refused.code == 1
    assert "--allow-private" in refused.out


def test_a_feed_that_is_dead_fails_and_can_be_tried_again(nir: Nir) -> None:
    nir("shows", "add", "http://127.0.0.1:1/feed.xml")
    dead = nir("update", "--allow-private")

    assert dead.code == 1
    assert "http://127.0.0.1:1/feed.xml" in dead.out
    assert "Traceback" not in dead.out + dead.err


def test_sound_that_is_broken_fails_and_the_others_are_in(nir: Nir, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    for name in ("good", "bad"):
        info = {"id": name, "title": name.title(), "extractor_key": "Archive", "upload_date": "20260105"}
        (folder / f"{name}.info.json").write_text(json.dumps(info))
    (folder / "good.en.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:04.000\nForty ships.\n")
    (folder / "bad.opus").write_bytes(b"this is no sound")
    checkpoint = tmp_path / "model.pt"
    checkpoint.write_bytes(b"this is no checkpoint")
    imported = nir("import", folder, "--model", checkpoint)

    assert imported.code == 1
    assert "model.pt" in imported.out
    assert len(nir("search", "forty ships", "--json").json) == 1
    assert [one["transcript"] for one in nir("episodes", "--json").json].count(None) == 1


def test_a_full_disk_is_3_and_keeps_what_was_finished(
    nir: Nir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own error: the database may not grow beyond a few pages more."""
    nir("import", episodes_54_to_56(tmp_path))
    connect = sqlite._on_connect

    def small(connection: object, record: ConnectionPoolEntry) -> None:
        connect(connection, record)  # type: ignore[arg-type]
        connection.execute("PRAGMA max_page_count = 120")  # type: ignore[attr-defined]

    monkeypatch.setattr(sqlite, "_on_connect", small)
    many = tmp_path / "many.jsonl"
    text = "A long story about the harbour and its ships. " * 20
    line = {"title": "Long", "date": "2026-01-01", "segments": [{"start": 0, "end": 9, "text": text}]}
    many.write_text("\n".join(json.dumps({"id": f"long-{n}", **line}) for n in range(500)))
    full = nir("import", many)

    assert full.code == 3
    assert "disk is full" in full.err
    assert len(full.err.splitlines()) == 1
    monkeypatch.setattr(sqlite, "_on_connect", connect)
    assert len(nir("episodes", "--json", "--limit", "0").json) >= 3
    assert nir("import", many).code == 0
    assert len(nir("episodes", "--json", "--limit", "0").json) == 503
