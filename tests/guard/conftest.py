"""Two servers on the loopback: one on 127.0.0.1 that counts as public, and one inside on 127.0.0.2 that nobody may reach."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class Inside:
    """Counts who comes."""

    port: int = 0
    connections: int = 0
    requests: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.2:{self.port}/"


@dataclass
class PublicSite:
    """``put`` a body at a path, or ``act`` as a server that misbehaves."""

    url: str = ""
    acts: dict[str, Callable[[Any], object]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    sent: int = 0

    def act(self, path: str, what: Callable[[Any], object]) -> str:
        self.acts[path] = what
        return self.url + path

    def put(self, path: str, content: bytes | str, kind: str = "text/plain", status: int = 200, **headers: str) -> str:
        data = content.encode() if isinstance(content, str) else content

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **named}.items():
                handler.send_header(name, value)
            handler.end_headers()
            if handler.command != "HEAD":
                handler.wfile.write(data)

        return self.act(path, answer)

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        return self.put(path, b"", status=status, Location=to)

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked]


@contextmanager
def served(host: str, handler: type[BaseHTTPRequestHandler], on_connect: Callable[[], None]) -> Iterator[int]:
    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def process_request(self, *args: Any) -> None:
            on_connect()
            super().process_request(*args)

    with Server((host, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def inside() -> Iterator[Inside]:
    """What nothing from outside may reach."""
    made = Inside()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.requests += 1
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(b"secret")

        do_POST = do_HEAD = do_GET  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            return

    def count() -> None:
        made.connections += 1

    with served("127.0.0.2", Handler, count) as made.port:
        yield made


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[PublicSite]:
    """The only host of the public internet."""
    made = PublicSite()
    monkeypatch.setattr("episodes.guard.hosts.is_public", lambda address: address == "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.command, self.path, dict(self.headers)))
            act = made.acts.get(self.path)
            try:
                act(self) if act else self.send_error(404)
            except OSError:
                return  # the client has had enough

        do_POST = do_HEAD = do_GET  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            return

    with served("127.0.0.1", Handler, lambda: None) as port:
        made.url = f"http://127.0.0.1:{port}"
        yield made
