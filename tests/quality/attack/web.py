"""``nir serve`` against readers who sit there, drip, send without end, ask wildly or leave; and what it says of itself."""

from __future__ import annotations

import http.client
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from string import ascii_lowercase
from threading import Thread
from urllib.parse import quote

from episodes import database
from episodes.catalog import episodes, transcripts
from episodes.migrations import migrate
from episodes.search import index
from episodes.values import EpisodeInfo
from tests.quality.attack.ground import Attempt, Ground
from transcripts.words import Segment, Source, Transcript

POINTS = ("14", "15")
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
#: Seconds after which a question counts as unanswered: generous, the machine may be busy.
PATIENT = 60.0
SOUND = Path(__file__).parents[3] / "episodes" / "sample" / "media" / "NiRsample12.opus"


@dataclass(frozen=True, slots=True)
class Served:
    """A server: its port, its catalog's file, and its process."""

    port: int
    file: Path
    process: subprocess.Popen[str]

    def connect(self, seconds: float = PATIENT) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

    def raw(self, request: bytes, seconds: float = PATIENT) -> bytes:
        """What comes back for these bytes; as much as there was when something broke."""
        parts: list[bytes] = []
        with suppress(OSError), self.connect(seconds) as reader:
            reader.sendall(request)
            while part := reader.recv(65_536):
                parts.append(part)
        return b"".join(parts)

    def ask(self, path: str, host: str = "localhost", method: str = "GET", **headers: str) -> int:
        """The status."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}\r\n"
        return status(self.raw(request.encode("utf-8", "surrogateescape")))


def status(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    return int(found[1]) if found else 0


@contextmanager
def served(on: Ground, home: Path, *words: str) -> Iterator[Served]:
    """``nir serve`` over the catalog of a folder."""
    process = on.start("serve", "--port", "0", *words, environment=on.environment(home, PYTHONUNBUFFERED="1"))
    try:
        assert process.stdout
        yield Served(int(process.stdout.readline().split("/  ")[0].rpartition(":")[2]), home / "catalog.db", process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=PATIENT)
        process.kill()
        process.wait()


def filled(home: Path, many: int) -> None:
    """A catalog of words made up, whose first letters are all of them; one episode has sound, one a date of the year 24."""
    engine = database.connect(f"sqlite:///{home / 'catalog.db'}")
    migrate(engine)
    rng = Random(14)
    words = ["".join(rng.choices(ascii_lowercase, k=rng.randint(3, 8))) for _ in range(4000)]
    for number in range(many):
        with database.writing(engine) as session:
            day = date(24 if number == 0 else 2024, 1 + number % 12, 1)
            media = str(SOUND) if number == 1 else ""
            info = EpisodeInfo(f"test:{number}", f"ep-{number}", f"Evening {number}", published=day, media=media)
            row, _ = episodes.put(session, info, now=NOW)
            said = tuple(Segment(4.0 * n, 4.0 * n + 4, " ".join(rng.choices(words, k=12))) for n in range(600))
            transcripts.put(session, row.id or 0, Transcript(said, Source.IMPORT), now=NOW)
            index.index_episode(session, row.id or 0)
    engine.dispose()


def attempts(on: Ground) -> Iterator[Attempt]:
    home = on.place()
    filled(home, 12)
    with served(on, home) as here:
        yield from _silent(here)
        yield from _endless(here)
        yield from _wild(here)
        yield from _sizes(here)
        yield from _hosts(here, rebound=True)
        yield from _odd(here, on.random("odd requests"))
        yield from _allowed(here)
        yield from _gone(here)
    with served(
        on, home, "--host", "0.0.0.0", "--address", "https://news.example", "--allow-host", "paper.example"
    ) as open_:
        yield from _hosts(open_, rebound=False)
    yield from _stopped(on, home)


def _silent(here: Served) -> Iterator[Attempt]:
    for begin in (b"", b"GET / HTTP/1.1\r\nHo", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3):
        with ExitStack() as open_ones:
            for _ in range(250):
                with suppress(OSError):
                    open_ones.enter_context(here.connect()).sendall(begin)
            seen = here.ask("/api/episodes")
        yield Attempt(
            "14", f"250 connections that say {begin[:12]!r} and no more, and a reader", seen == 200, f"status {seen}"
        )
    with suppress(OSError), here.connect() as reader:
        begun, dripped = time.monotonic(), 0
        while time.monotonic() - begun < PATIENT / 2:
            reader.sendall(b"X" if dripped else b"GET /")
            dripped += 1
            time.sleep(0.5)
    ended = time.monotonic() - begun < PATIENT / 2
    yield Attempt("14", "a head that drips", ended, f"{dripped} drips were taken")


def _endless(here: Served) -> Iterator[Attempt]:
    head = b"POST /api/search HTTP/1.1\r\nHost: localhost\r\n"
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    for name, begin, more in (
        ("a body in chunks", head + b"Transfer-Encoding: chunked\r\n\r\n", chunk),
        ("a body of 10^12 bytes", head + b"Content-Length: 1000000000000\r\n\r\n", chunk),
        ("a line of a head", b"GET / HTTP/1.1\r\nX: ", b"x" * 0x4000),
        ("lines of a head", b"GET / HTTP/1.1\r\n", b"X: y\r\n" * 1000),
        ("an address", b"GET /", b"x" * 0x4000),
    ):
        sent = 0
        with suppress(OSError), here.connect(5) as reader:
            reader.sendall(begin)
            while sent < 100_000_000:
                reader.sendall(more)
                sent += len(more)
        yield Attempt("14", f"{name} without end", sent < 100_000_000, f"{sent} bytes were taken")


def _wild(here: Served) -> Iterator[Attempt]:
    wild = quote(" OR ".join(f"{letter}*" for letter in ascii_lowercase))
    answered: list[str] = []

    def ask(name: str, path: str) -> Thread:
        def work() -> None:
            if here.ask(path):
                answered.append(name)

        thread = Thread(target=work, daemon=True)
        thread.start()
        return thread

    searches = [ask("search", f"/api/search?limit=100&q={wild}{number}") for number in range(24)]
    time.sleep(0.3)
    others = [ask(path, path) for path in ("/static/nir.css", "/about", "/api/episodes?limit=1")]
    for thread in others:
        thread.join(PATIENT)
    before = answered.index("/static/nir.css") if "/static/nir.css" in answered else 99
    yield Attempt("14", "24 wild searches, and a file", before < 12, f"{before} searches were answered first")
    yield Attempt(
        "14", "24 wild searches, and pages", {"/about", "/api/episodes?limit=1"} <= set(answered), str(answered)
    )
    for thread in searches:
        thread.join(PATIENT)
    yield Attempt(
        "14", "each wild search has an answer", answered.count("search") == 24, f"{answered.count('search')} have"
    )
    for number in range(60):
        with here.connect() as reader:
            reader.sendall(f"GET /api/search?q={wild}+{number} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    begun = time.monotonic()
    while (seen := here.ask("/api/search?q=evening")) == 503 and time.monotonic() - begun < PATIENT:
        time.sleep(1)  # they have only just left
    took = time.monotonic() - begun
    held = seen == 200 and took < PATIENT / 2
    yield Attempt(
        "14", "60 wild searches whose readers have left, and one who stays", held, f"{seen} after {took:.0f} s"
    )


def _sizes(here: Served) -> Iterator[Attempt]:
    for path in ("/", "/about", "/shows", "/episodes", "/e/ep-2"):
        size = len(here.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()))
        yield Attempt("14", f"{path} with a date of the year 24", 0 < size < 1_000_000, f"{size} bytes")
    for ranges in (
        "0-0," * 90 + "0-0",
        "0-0," * 10_000 + "0-0",
        "0-," * 99 + "0-",
        "-1," * 99 + "-1",
        "99999999999-",
        "1-0",
        "a-b",
        "",
    ):
        with suppress(OSError):
            size = len(
                here.raw(
                    f"GET /media/ep-1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nRange: bytes={ranges}\r\n\r\n".encode()
                )
            )
            yield Attempt(
                "14", f"range {ranges[:20]}… ({len(ranges)})", size < 2 * SOUND.stat().st_size, f"{size} bytes"
            )


def _hosts(here: Served, *, rebound: bool) -> Iterator[Attempt]:
    port = here.port
    good = [
        "localhost",
        f"localhost:{port}",
        f"127.0.0.1:{port}",
        f"[::1]:{port}",
        "LOCALHOST",
        "localhost.",
        f"LocalHost.:{port}",
    ]
    if not rebound:
        good += [
            "news.example",
            "News.Example:443",
            "paper.example",
            "192.0.2.7:8080",
            "[2001:db8::7]",
            socket.gethostname(),
        ]
    bad = [
        "evil.example", f"evil.example:{port}", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example#localhost", "", " ",
        "localhost@evil.example", "evil.example/localhost", "2130706433", "0x7f.0.0.1", "[localhost]", "localhost:99999999",
        "ｌocalhost", "localhost,evil.example",
    ]  # fmt: skip
    for host in good:
        seen = here.ask("/api/episodes?limit=1", host)
        yield Attempt("14", f"Host {host!r} of ours", seen == 200, f"status {seen}")
    for host in bad:
        seen = here.ask("/api/episodes?limit=1", host)
        yield Attempt("14", f"Host {host!r} of others", seen in (400, 421), f"status {seen}")
    tricks = {
        "two": b"GET /api/episodes HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        "absolute": b"GET http://localhost/api/episodes HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        "none": b"GET /api/episodes HTTP/1.0\r\n\r\n",
        "forwarded": b"GET /api/episodes HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: localhost\r\nConnection: close\r\n\r\n",
    }
    for name, request in tricks.items():
        seen = status(here.raw(request))
        yield Attempt("14", f"Host: {name}", seen in (400, 421), f"status {seen}")


PATHS = [
    "/", "/results", "/e/{}", "/a/{}", "/media/{}", "/feed/{}.json", "/api/search", "/api/episodes", "/api/episodes/{}", "/api/article",
    "/api/links", "/api/episodes/{}/transcript.{}", "/api/episodes/{}/passages", "/static/{}", "/episodes", "/articles", "/shows", "/about",
    "/{}", "//{}", "*",
]  # fmt: skip
NAMES = [
    "q",
    "in",
    "show",
    "after",
    "before",
    "page",
    "limit",
    "offset",
    "t",
    "p",
    "url",
    "status",
    "episode",
    "%00",
    "",
]
PIECES = [
    "%00", "%ff", "%C0%80", "..%2f", "../", "a" * 300, "%0d%0aX: y", "'", '"', "<b>", "ep-1", "1", "-1", "9" * 30, "1e999", "NaN", "(",
    "OR", "%F0%9F%9A%A2", "a*", "", "%ED%A0%80", ";", "title:", "in:said", "after:9999", "0000-00-00", "12:99:99", "1-1", "%E2%80%AE", "+",
]  # fmt: skip
METHODS = ["GET"] * 12 + ["HEAD", "POST", "OPTIONS", "TRACE", "DELETE", "PROPFIND", "get"]


def _piece(rng: Random) -> str:
    return "".join(rng.choices(PIECES, k=rng.randint(1, 2)))


def _odd(here: Served, rng: Random) -> Iterator[Attempt]:
    """5,000 requests on kept connections."""
    wrong: list[str] = []
    tried = 0
    line = http.client.HTTPConnection("127.0.0.1", here.port, timeout=PATIENT)
    while tried < 5000:
        path = re.sub(r"\{\}", lambda _: _piece(rng), rng.choice(PATHS))
        asked = "&".join(f"{rng.choice(NAMES)}={_piece(rng)}" for _ in range(rng.randint(0, 3)))
        method, target = rng.choice(METHODS), f"{path}?{asked}" if asked else path
        tried += 1
        try:
            line.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            line.putheader("Host", "localhost")
            if rng.random() < 0.1:
                line.putheader(
                    rng.choice(["Range", "If-None-Match", "Accept", "If-Modified-Since", "If-Range"]),
                    rng.choice(["*", "bytes=0-", "x", '""', "W/"]),
                )
            line.endheaders()
            answer = line.getresponse()
            answer.read()
            if answer.status >= 500:
                wrong.append(f"{answer.status} {method} {target}")
        except (http.client.HTTPException, OSError, ValueError) as error:
            if not isinstance(
                error, (http.client.InvalidURL, ValueError, ConnectionError, http.client.RemoteDisconnected)
            ):
                wrong.append(f"{error!r} {method} {target}")
            line.close()
    line.close()
    yield Attempt("14", f"{tried} odd requests", not wrong, f"{len(wrong)}: {wrong[:3]}")


def _allowed(here: Served) -> Iterator[Attempt]:
    for path in ("/", "/about", "/e/ep-1", "/api/episodes", "/static/nir.css", "/feed.xml"):
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            request = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            answer = here.raw(request.encode())
            held = status(answer) == 405 and b"\r\nallow: GET, HEAD\r\n" in answer.replace(b"Allow:", b"allow:")
            yield Attempt("15", f"{method} {path}", held, answer[:60].decode("latin-1"))


def _gone(here: Served) -> Iterator[Attempt]:
    away = here.file.with_suffix(".away")
    here.file.rename(away)
    for path in ("/", "/episodes", "/api/search?q=evening", "/media/ep-1"):
        seen = here.ask(path)
        yield Attempt("15", f"{path} when the catalog has been deleted", seen == 503, f"status {seen}")
    yield Attempt("15", "no catalog is made by reading", not here.file.exists())
    shutil.copy(away, here.file)
    seen = here.ask("/e/ep-1")
    yield Attempt("15", "it is there again", seen == 200, f"status {seen}")


def _stopped(on: Ground, home: Path) -> Iterator[Attempt]:
    wild = quote(" OR ".join(f"{letter}*" for letter in ascii_lowercase))
    for number, times in ((signal.SIGINT, 1), (signal.SIGINT, 2), (signal.SIGTERM, 1)):
        with served(on, home) as here, ExitStack() as open_ones:
            for n in range(6):
                reader = open_ones.enter_context(here.connect())
                reader.sendall(
                    f"GET /api/search?q={wild}+{n} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() if n % 2 else b"GET"
                )
            time.sleep(0.3)
            for _ in range(times):
                here.process.send_signal(number)
                time.sleep(0.1)
            _, said = here.process.communicate(timeout=PATIENT)
        held = "Traceback" not in said and here.process.returncode in (0, 130, 143, -number)
        yield Attempt(
            "15", f"serve, {times} × {number.name} while it answers", held, f"{here.process.returncode} {said[-300:]}"
        )
