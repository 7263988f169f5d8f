"""Points 7, 11 and 15: text that hangs, depth that ends a run, numbers, times and days that nobody means, lines that fill the memory."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.quality.attack.ground import Attempt, Ground
from tests.worst import DOORS, SENTENCE, tried

POINTS = ("7", "11", "15")

MEGABYTE = 1_000_000
#: Extraction of a page, and what compares all with all, are long at a megabyte of the most tags; a part of one shows as much.
SIZES = {"page": 100_000, "wordpress": 100_000, "linking": 200_000, "alignment": 200_000, "feed items": 300_000}
LINE = {"id": "a", "title": "Toll", "date": "2024-05-31"}
#: Values of a field of one's own: (what it is, JSON).
NESTED = [(f"{sign} {depth} deep", sign * depth) for depth in (101, 600, 5000, 100_000) for sign in ("[", '{"a":')]
NUMBERS = ["1e308", "1e400", "-1e400", "9" * 4000, "9" * 10_000, "NaN", "-1", "1e7"]
DAYS = ["0024-05-31", "0001-01-01", "1899-12-31", "2999-01-01", "9999-12-31", "0024-05-31T10:00:00Z"]


def attempts(on: Ground) -> Iterator[Attempt]:
    """All doors at all inputs, then the commands."""
    for door in DOORS:
        for one in tried(door, SIZES.get(door, MEGABYTE)):
            yield Attempt("7", f"{door}: {one.name}", one.held, one.detail)
    for kind in on.kinds:
        yield _match(on, kind)
        yield from _imports(on, kind)
        yield from _articles(on, kind)


def _match(on: Ground, kind: str) -> Attempt:
    """A person's expression that hangs on titles of a feed: named within its time."""
    home = on.place()
    items = "".join(
        f"<item><guid>g{n}</guid><title>{'a' * 500}! {n}</title><enclosure url='SITE/a{n}.mp3' type='audio/mpeg'/></item>"
        for n in range(5)
    )
    feed = f'<rss version="2.0"><channel><title>Toll</title>{items}</channel></rss>'
    sounds = {f"/a{n}.mp3": ("no sound", "audio/mpeg") for n in range(5)}
    pages = {"/feed.xml": (feed, "application/rss+xml"), **sounds}
    with on.database(kind, home) as url, _site(pages) as address:
        environment = on.environment(home, url, COLUMNS="1000")
        on.nir("shows", "add", f"{address}/feed.xml", "--match", "(a|aa)+$", environment=environment)
        words = ("update", "--allow-private", "--transcribe", "never")
        ran = on.nir(*words, environment=environment, seconds=120, memory=6)
    held = ran.code == 1 and "takes too long" in ran.out + ran.err
    return Attempt("7", "--match (a|aa)+$", held, f"rc {ran.code}: {ran.last}", kind)


def _hostile() -> Iterator[tuple[str, str, str, str]]:
    """Lines of a file: the point, what is tried, the line, and what is told of it (empty: that it failed)."""
    for name, value in NESTED:
        closing = "".join("]" if sign == "[" else "}" for sign in reversed(value) if sign in "[{")
        inner = f"{value}1{closing}" if "{" in value else f"{value}{closing}"
        yield "11", name, json.dumps({**LINE, "more": 0}).replace("0}", f"{inner}}}"), ""
    for number in NUMBERS:
        text = json.dumps({**LINE, "segments": [{"start": 0, "end": 7.5, "text": "a"}]})
        yield "15", f"a segment that ends at {number[:9]}", text.replace("7.5", number), ""
        fails = number in ("NaN", "9" * 10_000)
        yield (
            "11",
            f"the number {number[:9]}",
            json.dumps({**LINE, "more": 7.5}).replace("7.5", number),
            "" if fails else ":",
        )
    for day in DAYS:
        yield "15", f"the day {day}", json.dumps({**LINE, "date": day}), day[:10]
    yield "15", "a line of 90 MB", '{"id":"b","title":"T","date":"","more":[' + "[]," * 30_000_000 + "1]}", ""


def _imports(on: Ground, kind: str) -> Iterator[Attempt]:
    """Hostile lines, a good one behind each, in one import: each bad one is named, and everything else is in."""
    tries = [
        (point, name, line.replace('"id": "a"', f'"id": "h{n}"'), says)
        for n, (point, name, line, says) in enumerate(_hostile())
    ]
    home = on.place()
    with (home / "a.jsonl").open("w", encoding="utf-8") as file:
        for number, (_, _, line, _) in enumerate(tries):
            file.write(f"{line}\n{json.dumps({**LINE, 'id': f'good-{number}'})}\n")
    with on.database(kind, home) as url:
        environment = on.environment(home, url, COLUMNS="1000")
        ran = on.nir(
            "import", home / "a.jsonl", "--transcribe", "never", environment=environment, memory=2, seconds=120
        )
        there = on.nir("status", "--json", environment=environment)
    told = ran.out + ran.err
    for number, (point, name, _, says) in enumerate(tries):
        yield Attempt(point, name, (says or f"a.jsonl:{2 * number + 1} ") in told, ran.last[:160], kind)
    wanted = len(tries) + sum(bool(says) for _, _, _, says in tries)
    count = there.json.get("episodes") if there.code == 0 else None
    held = ran.code == 1 and count == wanted
    yield Attempt("11", "the good lines between", held, f"rc {ran.code}, {count} of {wanted}: {ran.last[:160]}", kind)


def _articles(on: Ground, kind: str) -> Iterator[Attempt]:
    """Articles by line, from a site that is nested, and by pages with days that nobody means."""
    good = {"url": "https://harbour.example/1", "title": "Toll", "paragraphs": [SENTENCE * 3]}
    deep = json.dumps({**good, "url": "https://harbour.example/2", "more": 0}).replace(
        "0}", "[" * 600 + "]" * 600 + "}"
    )
    far = json.dumps({**good, "url": "https://harbour.example/3", "date": "0024-05-31"})
    home = on.place()
    path = home / "articles.jsonl"
    path.write_text(f"{json.dumps(good)}\n{deep}\n{far}\n", encoding="utf-8")
    page = f"<html><body><h1>Toll</h1><p {'a ' * 40_000}>{SENTENCE * 9}</p></body></html>"
    fine = f"<html><body><h1>Toll</h1><time datetime='0024-05-31'></time><p>{SENTENCE * 9}</p></body></html>"
    with on.database(kind, home) as url, _site({"/bad": (page, "text/html"), "/good": (fine, "text/html")}) as address:
        environment = on.environment(home, url, COLUMNS="1000")
        ran = on.nir("articles", "add", path, environment=environment)
        yield Attempt("11", "an article nested 600 deep", ran.code == 1 and ":2" in ran.err + ran.out, ran.last, kind)
        yield Attempt("15", "an article of the year 24", "0024-05-31" in ran.err + ran.out, ran.last, kind)
        words = ("articles", "add", f"{address}/bad", f"{address}/good", "--allow-private")
        ran = on.nir(*words, environment=environment)
        listed = on.nir("articles", "--json", environment=environment)
        held = ran.code == 1 and "attributes" in ran.err + ran.out
        yield Attempt("7", "40,000 attributes on a tag, then a good page", held, ran.last, kind)
        yield Attempt("15", "no article of another age", "0024" not in listed.out, listed.out[:200], kind)


@contextmanager
def _site(pages: dict[str, tuple[str, str]]) -> Iterator[str]:
    """A site of one's own on the loopback; SITE in its pages is its own address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, kind = pages.get(self.path, ("", ""))
            body = body.replace("SITE", f"http://{self.headers['Host']}")
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
