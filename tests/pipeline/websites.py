"""Local websites on loopback: pages with ETags, and a blog with WordPress's REST API. Every request is logged."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Answer:
    """What is sent: an ETag is made of the body."""

    body: str | bytes = ""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


class Website:
    """Paths (with their query) to answers; ``ask`` may answer what has none. Holds back ``hold`` until it is let go."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.ask: Callable[[str, dict[str, str]], Answer | None] = lambda _path, _query: None
        self.log: list[tuple[str, bool, int]] = []
        self.sent: list[dict[str, str]] = []
        self.hold = ""
        self.held, self.let_go = threading.Event(), threading.Event()
        website = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                website.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> Website:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.let_go.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        found = self.pages.get(handler.path) or self.ask(parts.path, query) or Answer("nothing here", 404)
        body = found.body.encode() if isinstance(found.body, str) else found.body
        etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        same = found.status == 200 and handler.headers.get("If-None-Match") == etag
        status = 304 if same else found.status
        self.log.append((handler.path, "If-None-Match" in handler.headers, status))
        self.sent.append(dict(handler.headers))
        if self.hold and self.hold in handler.path:
            self.held.set()
            self.let_go.wait(60)
        try:
            handler.send_response(status)
            for name, value in (("ETag", etag), ("Content-Type", found.kind), *found.headers):
                handler.send_header(name, value)
            handler.send_header("Content-Length", "0" if same else str(len(body)))
            handler.end_headers()
            handler.wfile.write(b"" if same else body)
        except OSError:
            pass  # whoever asked was killed

    def asked(self) -> list[str]:
        """Paths asked for since the last call, without robots.txt."""
        paths = [path for path, _, _ in self.log if path != "/robots.txt"]
        self.log.clear()
        return paths


def text(subject: str, more: str = "") -> str:
    """Three paragraphs about a subject, long enough for an article."""
    return (
        f"<p>The council spoke of the {subject} for two hours on Monday, and nobody in the full hall left before the end.</p>"
        f"<p>It will cost more than the {subject} of the neighbouring town, said the treasurer, and read the figures aloud.</p>"
        f"<p>The vote on the {subject} is expected before the summer, when the season brings the visitors back. {more}</p>"
    )


def page(title: str, body: str, head: str = "") -> Answer:
    return Answer(
        f"<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{body}</article></body></html>"
    )


class Blog(Website):
    """A WordPress site: a home page that names the interface, posts a few to a page, and their pages."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.posts = [self.post(n) for n in range(1, size + 1)]
        self.closed = False
        self.per_page: int | None = None
        self.ask = self.speak
        link = '<link rel="https://api.w.org/" href="/wp-json/"><link rel="alternate" type="application/rss+xml" href="/feed/">'
        self.pages["/"] = Answer(f"<html><head><title>Harbour News</title>{link}</head><body>Welcome</body></html>")

    def post(self, n: int) -> dict[str, object]:
        when = f"2026-03-{1 + n // 1000:02}T{n // 60 % 24:02}:{n % 60:02}:00"
        return {
            "id": n,
            "link": f"{self.url}/story-{n}/",
            "date_gmt": when,
            "modified_gmt": when,
            "title": {"rendered": f"The bridge &#8211; part {n}"},
            "content": {"rendered": text(f"bridge number {n}"), "protected": False},
            "_embedded": {"author": [{"name": "Ada Harbour"}]},
        }

    def speak(self, path: str, query: dict[str, str]) -> Answer | None:
        if path == "/wp-json/wp/v2/posts":
            return self.listed(query)
        for post in self.posts:
            if path == urlsplit(str(post["link"])).path:
                return page(f"The bridge – part {post['id']}", str(post["content"]["rendered"]))  # type: ignore[index]
        return None

    def listed(self, query: dict[str, str]) -> Answer:
        if self.closed:
            return Answer('{"code": "rest_forbidden"}', 401, "application/json")
        after = query.get("modified_after", "").removesuffix("Z")
        found = [post for post in self.posts if str(post["modified_gmt"]) > after]
        size = self.per_page or int(query["per_page"])
        number, pages = int(query.get("page", 1)), -(-len(found) // size)
        if number > max(1, pages):
            return Answer('{"code": "rest_post_invalid_page_number"}', 400, "application/json")
        some = found[(number - 1) * size : number * size]
        return Answer(json.dumps(some), 200, "application/json", (("X-WP-TotalPages", str(pages)),))
