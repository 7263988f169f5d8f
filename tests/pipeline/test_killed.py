"""kill -9 at any moment: the next run finishes; nothing is duplicated or lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select

from episodes.catalog import articles, episodes, transcripts
from episodes.database import reading
from episodes.models import Episode, Passage, Segment, Transcript
from tests.pipeline.websites import Answer, Blog

NIR = [sys.executable, "-c", "from episodes.cli import main; main()"]


def counts(engine: Engine) -> dict[str, int]:
    with reading(engine) as session:
        tables = (Episode, Transcript, Segment, Passage)
        return {table.__name__: session.exec(select(func.count()).select_from(table)).one() for table in tables}


def environment(engine: Engine) -> dict[str, str]:
    url = engine.url.render_as_string(hide_password=False)
    return {**os.environ, "NIR_DATABASE_URL": url}


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_an_import_killed_midway_is_run_again(engine: Engine, tmp_path: Path) -> None:
    size = 1500
    line = '{{"id": "ep-{0}", "title": "Episode {0}", "date": "2026-01-01", "segments": [{{"start": 0, "end": 3, "text": "Story {0}"}}]}}\n'
    file = tmp_path / "years.jsonl"
    file.write_text("".join(line.format(n) for n in range(size)))
    command = [*NIR, "import", str(file)]
    process = subprocess.Popen(command, env=environment(engine), stdout=subprocess.DEVNULL)
    while counts(engine)["Episode"] < 60:
        assert process.poll() is None
    kill(process)
    half = counts(engine)
    result = subprocess.run(command, env=environment(engine), capture_output=True, text=True)

    assert result.returncode == 0, result.stderr
    assert 60 <= half["Episode"] < size
    assert set(half.values()) == {half["Episode"]}
    assert set(counts(engine).values()) == {size}
    assert f"{half['Episode']} unchanged" in result.stdout


class Feed:
    """A feed of episodes, each a page with a video and captions; holds back the answer to one request until it is let go."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.seen: Counter[str] = Counter()
        self.hold = ""
        self.held = threading.Event()
        self.let_go = threading.Event()
        feed = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                feed.seen[self.path] += 1
                if self.path == feed.hold:
                    feed.held.set()
                    feed.let_go.wait(60)
                kind, body = feed.answer(self.path)
                try:
                    self.send_response(200)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # whoever asked was killed

            do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, path: str) -> tuple[str, bytes]:
        if path == "/feed.xml":
            item = "<item><title>Episode {0}</title><guid>guid-{0}</guid><link>{1}/page/{0}.html</link>"
            item += "<pubDate>0{0} Jun 2026 18:00:00 +0000</pubDate></item>"
            items = "".join(item.format(n, self.url) for n in range(self.size, 0, -1))
            return (
                "application/rss+xml",
                f"<rss version='2.0'><channel><title>Harbour</title>{items}</channel></rss>".encode(),
            )
        number = "".join(letter for letter in path if letter.isdigit())
        if path.startswith("/page/"):
            track = f"<track kind='captions' srclang='en' src='/captions/{number}.vtt'>"
            video = f"<video src='/media/{number}.mp4'>{track}</video>"
            return (
                "text/html",
                f"<html><head><title>Episode {number}</title></head><body>{video}</body></html>".encode(),
            )
        if path.startswith("/captions/"):
            return "text/vtt", f"WEBVTT\n\n00:01.000 --> 00:04.000\nThe captions of story {number}.\n".encode()
        return "video/mp4", b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 64


@pytest.fixture
def feed() -> Iterator[Feed]:
    feed = Feed(6)
    thread = threading.Thread(target=feed.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield feed
    feed.let_go.set()
    feed.server.shutdown()
    feed.server.server_close()
    thread.join()


@pytest.mark.parametrize("hold", ["/page/4.html", "/captions/4.vtt"])
def test_an_update_killed_midway_is_run_again(sqlite_engine: Engine, feed: Feed, hold: str) -> None:
    env = environment(sqlite_engine)
    subprocess.run([*NIR, "shows", "add", f"{feed.url}/feed.xml"], env=env, check=True, stdout=subprocess.DEVNULL)
    feed.hold = hold
    process = subprocess.Popen([*NIR, "update", "--allow-private"], env=env, stdout=subprocess.DEVNULL)
    assert feed.held.wait(60)
    kill(process)
    feed.hold = ""
    feed.let_go.set()
    half = counts(sqlite_engine)["Transcript"]
    result = subprocess.run([*NIR, "update", "--allow-private"], env=env, capture_output=True, text=True)

    assert result.returncode == 0, result.stdout + result.stderr
    assert half == 2
    with reading(sqlite_engine) as session:
        assert [row.title for row in episodes.newest_first(session)] == [f"Episode {n}" for n in range(6, 0, -1)]
        assert sorted(transcripts.texts(session).values()) == [f"The captions of story {n}." for n in range(1, 7)]
    assert feed.seen["/captions/6.vtt"] == 1
    assert counts(sqlite_engine) == {"Episode": 6, "Transcript": 6, "Segment": 6, "Passage": 6}


@pytest.mark.parametrize("hold", ["page=3", "/story-4"], ids=["posts", "pages"])
def test_a_walk_of_years_killed_midway_goes_on(engine: Engine, hold: str) -> None:
    """By its interface a page of posts is asked again at most; by its sitemap one page."""
    with Blog(12) as blog:
        blog.per_page = 2
        target = blog.url
        if hold.startswith("/"):
            rows = "".join(f"<url><loc>{post['link']}</loc></url>" for post in blog.posts)
            blog.pages["/map.xml"] = Answer(f"<urlset>{rows}</urlset>", kind="application/xml")
            target += "/map.xml"
        blog.hold = hold
        command = [*NIR, "articles", "add", target, "--allow-private", "--json"]
        process = subprocess.Popen(command, env=environment(engine), stdout=subprocess.DEVNULL)
        assert blog.held.wait(60)
        kill(process)
        before = blog.asked()
        blog.hold = ""
        blog.let_go.set()
        with reading(engine) as session:
            half = len(articles.every(session))
        result = subprocess.run(command, env=environment(engine), capture_output=True, text=True)
        after = blog.asked()

        assert result.returncode == 0, result.stdout + result.stderr
        assert 0 < half < 12
        with reading(engine) as session:
            assert len(articles.every(session)) == 12
        again = {path for path in before if path in after and path.startswith(("/story", "/wp-json"))}
        assert len(again) == 1
