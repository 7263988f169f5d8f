"""A web site on the loopback: pages that a test puts there, with ranges, and a log of what was asked for."""

from __future__ import annotations

import io
import threading
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from episodes.sources.ytdlp import YtDlp


def sound(seconds: int, level: int = 0) -> bytes:
    """A WAV file of one tone level, so that two of them differ."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(level.to_bytes(2, "little") * 8000 * seconds)
    return content.getvalue()


@dataclass
class Site:
    """``put`` a page, ask for it at ``at``; a status in ``failing`` is what a path answers instead."""

    url: str
    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    failing: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def put(self, path: str, kind: str, content: str | bytes) -> str:
        self.pages[path] = (kind, content.encode() if isinstance(content, str) else content)
        return self.at(path)

    def at(self, path: str) -> str:
        return self.url + path


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        path, wanted = self.path.partition("?")[0], self.headers.get("Range")
        self.site.asked.append((path, wanted))
        if status := self.site.failing.get(path) or (404 if path not in self.site.pages else None):
            self.send_error(status)
            return
        kind, content = self.site.pages[path]
        start = int(wanted.removeprefix("bytes=").partition("-")[0]) if wanted else 0
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) - start))
        self.send_header("Last-Modified", "Tue, 01 Jan 2019 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(content[start:])

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="package")
def _server() -> Iterator[Site]:
    site = Site("")
    handler = type("Handler", (_Handler,), {"site": site})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield site
        server.shutdown()


@pytest.fixture
def site(_server: Site) -> Site:
    """The site, empty."""
    _server.pages.clear()
    _server.failing.clear()
    _server.asked.clear()
    return _server


@pytest.fixture
def door() -> YtDlp:
    """yt-dlp that waits for nobody."""
    return YtDlp(pause=0, timeout=5, allow_private=True)
