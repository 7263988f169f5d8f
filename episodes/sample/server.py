"""Serve the sample show on a loopback web server, so that yt-dlp and the HTTP client for articles are really used."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

HERE = Path(__file__).parent
ROOTS = {"media": HERE / "media", "captions": HERE / "captions"}
"""First part of the path -> folder; all other paths are in `site/`."""
TYPES = {
    ".xml": "application/rss+xml; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
}


class SampleSite:
    """Serve the sample on 127.0.0.1 during the `with` block, in a daemon thread.

    No range requests, no conditional requests, no log.

        with SampleSite() as site:
            read(site.feed)

    Raises OSError if `port` is taken (0, the default, takes any free one).
    """

    def __init__(self, port: int = 0) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(lambda: self.url))
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """URL of the server, without a trailing slash."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def feed(self) -> str:
        """URL of the show's RSS feed."""
        return f"{self.url}/feed.xml"

    @property
    def articles(self) -> list[str]:
        """URLs of the pages with articles; one page has three articles."""
        return [f"{self.url}/{page}" for page in show()["pages"]]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def show() -> dict[str, Any]:
    """Return the manifest `show.json`: {"show", "feed", "pages", "episodes": [...], "unrelated": [...]}."""
    manifest: dict[str, Any] = json.loads((HERE / "show.json").read_text("utf-8"))
    return manifest


def said(episode: str) -> list[dict[str, Any]]:
    """Return the ground truth of an episode: [{"speaker", "start", "end", "text"}], times in seconds. KeyError if unknown."""
    truth: dict[str, list[dict[str, Any]]] = json.loads((HERE / "said.json").read_text("utf-8"))
    return truth[episode]


def _handler(base: Callable[[], str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = _find(urlsplit(self.path).path)
            if path is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            content = _content(path, base())
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", TYPES[path.suffix])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        do_HEAD = do_GET  # noqa: N815 -- the name that http.server looks for

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    return Handler


def _find(path: str) -> Path | None:
    """Return the file for a request path, or None; files outside the sample's folders are never served."""
    parts = [part for part in unquote(path).replace("\0", "").split("/") if part]
    root = ROOTS.get(parts[0]) if parts else None
    file = root.joinpath(*parts[1:]) if root else (HERE / "site").joinpath(*parts)
    inside = file.resolve().is_relative_to((root or HERE / "site").resolve())
    return file if inside and file.is_file() and file.suffix in TYPES else None


def _content(path: Path, base: str) -> bytes:
    """Read a file; in pages and feeds fill in `{base}` (the server's URL) and `{size:NAME}` (of a media file)."""
    if path.suffix not in {".html", ".xml"}:
        return path.read_bytes()
    text = path.read_text("utf-8").replace("{base}", base)
    sized = re.sub(r"\{size:([\w.]+)\}", lambda match: str((HERE / "media" / match[1]).stat().st_size), text)
    return sized.encode()
