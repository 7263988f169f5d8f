"""Points 2, 5 and 6: what a killed run left is done by the next, a name of any length is one item's matter, and runs share a catalog.

Kills are at named moments: the process ends itself by SIGKILL where it would call the function. Names come through every door that
takes some, from a thousand bytes to a million, of letters that do not compress. Runs at once go over the same items from both ends.
"""

from __future__ import annotations

import csv
import json
import string
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import create_engine, text

from tests.pipeline.websites import Answer, Website
from tests.quality.attack.ground import POSTGRES, SQLITE, Attempt, Ground, Ran

POINTS = ("2", "5", "6")

#: Rounds of four imports and two updates at once.
ROUNDS = 10
#: Where a run is killed, at the call after so many: a module, a function of it.
MOMENTS = (
    ("episodes.catalog.linking_state", "snapshot", 0),
    ("episodes.pipeline.linking", "link_catalog", 0),
    ("episodes.catalog.links", "put_all", 0),
    ("episodes.catalog.linking_state", "put_snapshot", 0),
    ("episodes.catalog.links", "counts", 0),
    ("episodes.catalog.alignments", "due", 0),
    ("episodes.pipeline.aligning", "align", 0),
    ("episodes.catalog.alignments", "put", 1),
)
#: ``nir`` that ends so.
KILLED = """
import importlib, os, signal, sys
place, name, after = sys.argv.pop(1), sys.argv.pop(1), int(sys.argv.pop(1))
module = importlib.import_module(place)
work, calls = getattr(module, name), iter(range(after))
def dies(*values, **more):
    if next(calls, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
    return work(*values, **more)
setattr(module, name, dies)
from episodes.cli import main
main()
"""
SIZES = (1_000, 3_000, 12_000, 100_000, 1_000_000)
LETTERS = {"ASCII": string.ascii_letters + string.digits, "Han": "".join(map(chr, range(0x4E00, 0x9FA0)))}

QUIET = "--transcribe", "never", "--allow-private", "--json"


def attempts(on: Ground) -> Iterator[Attempt]:
    """All attempts of this topic."""
    for kind in on.kinds:
        yield from _killed(on, kind)
        yield from _overlong(on, kind)
        yield from _at_once(on, kind)
    if POSTGRES in on.kinds:
        yield _moved(on)


# The world: a show's feed and a paper's, on the loopback.


def said(number: int) -> list[str]:
    """What is said in an episode; its article says the same."""
    who = ("mayor", "ferry captain", "harbour master", "librarian", "baker")[number % 5]
    return [
        f"The {who} opened bridge number {number} over the harbour this morning, in front of {number * 7} people.",
        f"Of the {number * 3} boats that wait at quay {number}, one is called Heron {number} and carries apples to the island.",
        f"Whoever wants to see the lighthouse of bay {number} has to climb {number * 11} steps, said the {who} of that bay.",
        f"For {number * 13} years the fair of street {number} was held in the rain, and nobody remembers why that was so.",
        f"The council gives {number * 170} crowns for new benches along the water, {number + 4} of them made of old masts.",
        f"At noon the bell of chapel {number} rang {number + 2} times, once for each of the families that live on the hill.",
        f"Until the end of week {number} the {who} takes letters about the plan, in the yellow box beside door {number}.",
    ]


def title(number: int) -> str:
    """Of an episode and of its article."""
    return f"News in Review – Episode {number}"


class World(Website):
    """A show of so many episodes; what is in the feeds is there from ``publish`` on."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.numbers = range(1, size + 1)
        self.pages["/robots.txt"] = Answer("", 404)
        self._feeds([])

    def publish(self) -> None:
        """Episodes and articles appear."""
        self._feeds(list(self.numbers))

    def sound(self, number: int) -> str:
        """Address of an episode's sound."""
        return f"{self.url}/media/{number}.mp3"

    def _feeds(self, numbers: list[int]) -> None:
        for number in numbers:
            self.pages[f"/media/{number}.mp3"] = Answer(b"ID3" + bytes(400), kind="audio/mpeg")
        self.pages["/show.xml"] = _feed("News in Review", map(self._episode, numbers))
        self.pages["/paper.xml"] = _feed("Harbour Paper", map(self._article, numbers))

    def _episode(self, number: int) -> str:
        sound = f'<enclosure url="{self.sound(number)}" type="audio/mpeg" length="403"/>'
        return f"<item><title>{title(number)}</title>{_day(number)}{sound}</item>"

    def _article(self, number: int) -> str:
        body = "".join(f"&lt;p&gt;{line}&lt;/p&gt;" for line in said(number))
        address = f"<link>{self.url}/paper/{number}/</link>"
        return f"<item><title>{title(number)}</title>{_day(number)}{address}<content:encoded>{body}</content:encoded></item>"

    def lines(self, numbers: list[int], file: Path) -> Path:
        """Episodes with their words as a file for `nir import`."""
        rows = []
        for number in numbers:
            words = [{"start": at * 9.0, "end": at * 9.0 + 8, "text": line} for at, line in enumerate(said(number))]
            rows.append(
                {"id": str(number), "title": title(number), "date": _date(number), "media": self.sound(number),
                 "show": "News in Review", "segments": words}
            )  # fmt: skip
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return file


def _date(number: int) -> str:
    return f"2026-{number // 28 + 1:02}-{number % 28 + 1:02}"


def _day(number: int) -> str:
    month = ("Jan", "Feb", "Mar", "Apr")[number // 28]
    return f"<pubDate>{number % 28 + 1:02} {month} 2026 10:00:00 +0000</pubDate>"


def _feed(name: str, items: Iterator[str]) -> Answer:
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return Answer(
        f'<rss version="2.0" {space}><channel><title>{name}</title>{"".join(items)}</channel></rss>',
        kind="application/rss+xml",
    )


# Catalogs.


@dataclass(frozen=True)
class Catalog:
    """A catalog of an attempt's own."""

    on: Ground
    home: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        return self.on.environment(self.home, self.url)

    def nir(self, *words: object, seconds: float = 240) -> Ran:
        return self.on.nir(*words, environment=self.environment, seconds=seconds)

    def follow(self, world: World) -> None:
        """The show and the paper, both without anything in them yet."""
        self.nir("shows", "add", f"{world.url}/show.xml", "--title", "News in Review")
        self.nir("articles", "add", f"{world.url}/paper.xml", "--allow-private")

    def rows(self, statement: str) -> list[Any]:
        engine = create_engine(self.url)
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(statement))]
        finally:
            engine.dispose()

    def count(self, what: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM {what}")[0][0])


@contextmanager
def catalog(on: Ground, kind: str) -> Iterator[Catalog]:
    """An empty one."""
    home = on.place()
    with on.database(kind, home) as url:
        yield Catalog(on, home, url)


# Point 2.


def _killed(on: Ground, kind: str) -> Iterator[Attempt]:
    with World(6) as world:
        yield from (_killed_at(on, kind, world, *moment) for moment in MOMENTS)


def _killed_at(on: Ground, kind: str, world: World, place: str, name: str, after: int) -> Attempt:
    tried = f"an update killed at {place}.{name} (call {after + 1}), then two updates"
    with catalog(on, kind) as ours:
        world._feeds([])
        ours.follow(world)
        ours.nir("import", world.lines(list(world.numbers), ours.home / "words.jsonl"), "--transcribe", "never")
        world.publish()
        command = [sys.executable, "-c", KILLED, place, name, str(after), "update", *QUIET]
        done = subprocess.run(command, env=ours.environment, capture_output=True, check=False, timeout=240)
        if done.returncode != -9:
            return Attempt("2", tried, held=False, detail=f"it was not killed: {done.returncode}", database=kind)
        first, second = ours.nir("update", *QUIET), ours.nir("update", *QUIET)
        found = (
            ours.count("episode"),
            ours.count("article"),
            ours.count("link WHERE status = 'linked'"),
            ours.count("aligned"),
        )
        wanted = (len(world.numbers),) * 4
        said_so = [one["step"] for one in first.json] == ["link"] and second.json == [] if not first.code else False
        held = (first.code, second.code, found) == (0, 0, wanted) and said_so
        detail = f"rc {first.code}, {second.code}; (episodes, articles, links, aligned) {found}; said {first.out[:200]}"
        return Attempt("2", tried, held, "" if held else detail, kind)


# Point 5.


@dataclass(frozen=True)
class Value:
    """One name that is too long for something."""

    label: str
    content: str


def values(random: Random) -> list[Value]:
    """Of all sizes in bytes, in letters of one byte and of three."""
    made = []
    for script, letters in LETTERS.items():
        width = len(letters[0].encode())
        made += [
            Value(f"{size:,} bytes of {script}", "".join(random.choices(letters, k=size // width))) for size in SIZES
        ]
    return made


#: A door: writes a file with a good item, the values, and another good item, and names the command that takes it.
Door = Callable[[Path, list[Value]], list[object]]


def _lines(field: str, pattern: str, file: Path, given: list[Value]) -> list[object]:
    rows = [{"id": f"line-{at}", "title": f"Line {at}", "date": "2026-05-01"} for at in range(len(given) + 2)]
    for row, value in zip(rows[1:], given, strict=False):
        row[field] = pattern.format(value.content)
    file = file.with_suffix(".jsonl")
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return ["import", file, "--transcribe", "never", "--json"]


def _table(field: str, file: Path, given: list[Value]) -> list[object]:
    file = file.with_suffix(".csv")
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, ["id", "title", "date", "url"])
        writer.writeheader()
        for at, value in enumerate([None, *given, None]):
            writer.writerow(
                {
                    "id": f"row-{at}",
                    "title": f"Row {at}",
                    "date": "2026-05-01",
                    **({field: value.content} if value else {}),
                }
            )
    return ["import", file, "--transcribe", "never", "--json"]


def _infos(field: str, pattern: str, file: Path, given: list[Value]) -> list[object]:
    folder = file.with_suffix("")
    folder.mkdir()
    for at, value in enumerate([None, *given, None]):
        info = {"id": f"info-{at}", "title": f"Info {at}", "extractor": "harbour", "extractor_key": "Harbour",
                "webpage_url": f"https://video.example/{at}", "upload_date": "20260501"}  # fmt: skip
        info |= {field: pattern.format(value.content)} if value else {}
        (folder / f"{at:02}.info.json").write_text(json.dumps(info))
    return ["import", folder, "--transcribe", "never", "--json"]


def _feed_file(element: str, file: Path, given: list[Value]) -> list[object]:
    items = []
    for at, value in enumerate([None, *given, None]):
        sound = f'<enclosure url="https://video.example/{at}.mp3" type="audio/mpeg" length="1"/>'
        items.append(f"<item><title>Item {at}</title>{element.format(value.content) if value else ''}{sound}</item>")
    file = file.with_suffix(".xml")
    file.write_text(f'<rss version="2.0"><channel><title>Harbour</title>{"".join(items)}</channel></rss>')
    return ["import", file, "--transcribe", "never", "--json"]


def _articles(field: str, pattern: str, file: Path, given: list[Value]) -> list[object]:
    rows = [
        {"url": f"https://paper.example/{at}", "title": f"Article {at}", "text": "\n\n".join(said(at + 1))}
        for at in range(len(given) + 2)
    ]
    for row, value in zip(rows[1:], given, strict=False):
        row[field] = pattern.format(value.content)
    file = file.with_suffix(".jsonl")
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return ["articles", "add", file, "--json"]


def _pages(file: Path, given: list[Value]) -> list[object]:
    folder = file.with_suffix("")
    folder.mkdir()
    for at, value in enumerate([None, *given, None]):
        own = f'<link rel="canonical" href="https://paper.example/{value.content}">' if value else ""
        body = "".join(f"<p>{line}</p>" for line in said(at + 1))
        (folder / f"{at:02}.html").write_text(
            f"<html><head><meta charset=utf-8><title>Page {at}</title>{own}</head>"
            f"<body><article><h1>Page {at}</h1>{body}</article></body></html>"
        )
    return ["articles", "add", folder, "--json"]


DOORS: dict[str, Door] = {
    "id of a line": partial(_lines, "id", "{}"),
    "title of a line": partial(_lines, "title", "{}"),
    "url of a line": partial(_lines, "url", "https://video.example/{}"),
    "address of a media file in a line": partial(_lines, "media", "https://video.example/{}.mp3"),
    "show of a line": partial(_lines, "show", "{}"),
    "language of a line": partial(_lines, "language", "{}"),
    "id of a table's row": partial(_table, "id"),
    "title of a table's row": partial(_table, "title"),
    "id of an info.json": partial(_infos, "id", "{}"),
    "site of an info.json": partial(_infos, "extractor", "{}"),
    "page of an info.json": partial(_infos, "webpage_url", "https://video.example/{}"),
    "guid of a feed's item": partial(_feed_file, "<guid>{}</guid>"),
    "link of a feed's item": partial(_feed_file, "<link>https://video.example/{}</link>"),
    "enclosure of a feed's item": partial(_feed_file, '<enclosure url="https://video.example/{}.mp3" type="audio/mpeg" length="1"/>'),
    "address of an article": partial(_articles, "url", "https://paper.example/{}"),
    "title of an article": partial(_articles, "title", "{}"),
    "canonical address of a page": _pages,
}  # fmt: skip


def _overlong(on: Ground, kind: str) -> Iterator[Attempt]:
    random = on.random("overlong")
    for name, door in DOORS.items():
        yield from _through(on, kind, name, door, values(random))
    yield from _followed(on, kind, values(random))


def _through(on: Ground, kind: str, name: str, door: Door, given: list[Value]) -> Iterator[Attempt]:
    """A file with all of them; each of them is one outcome, twice the same, and the items around them are in."""
    with catalog(on, kind) as ours:
        command = door(ours.home / "given.x", given)
        first = ours.nir(*command)
        once = (ours.count("episode"), ours.count("article"))
        second, later = ours.nir(*command), ours.nir("update", *QUIET)
        twice = (ours.count("episode"), ours.count("article"))
    codes = (first.code, second.code, later.code)
    whole = first.code in (0, 1) and second.code in (0, 1) and not later.code
    made = first.json if whole else []
    well = whole and once == twice and len(made) == len(given) + 2
    well = well and (made[0]["state"], made[-1]["state"]) == ("done", "done")
    for at, value in enumerate(given, 1):
        became = (
            made[at] if well else {"state": "", "reason": f"rc {codes}, rows {once} and {twice}; {first.last[:200]}"}
        )
        held = well and (became["state"] == "done" or _plainly_refused(became))
        detail = "" if held else f"{became['state']} {became['reason'][:300]}"
        yield Attempt("5", f"{name}: {value.label}", held, detail, kind)


def _plainly_refused(outcome: dict[str, Any]) -> bool:
    """Whether it says in a line of a person's length what is wrong with it."""
    reason = str(outcome["reason"])
    return outcome["state"] in ("failed", "skipped") and "unexpected" not in reason and 0 < len(reason) < 500


def _followed(on: Ground, kind: str, given: list[Value]) -> Iterator[Attempt]:
    """Feeds that are followed: guids of a show's, addresses of a paper's; and the address of a show itself."""
    with World(2) as world, catalog(on, kind) as ours:
        ours.follow(world)
        world.publish()
        guids = "".join(
            f"<item><title>Item {at}</title><guid>{value.content}</guid><enclosure url='{world.sound(1)}?{at}' type='audio/mpeg'/></item>"
            for at, value in enumerate(given)
        )
        links = "".join(
            f"<item><title>Page {at}</title><link>{world.url}/{value.content}/</link><description>{said(at)[0]}</description></item>"
            for at, value in enumerate(given)
        )
        for path, more in (("/show.xml", guids), ("/paper.xml", links)):
            body = str(world.pages[path].body).replace("</channel>", f"{more}</channel>")
            world.pages[path] = Answer(body, kind="application/rss+xml")
        for at in range(len(given)):
            world.pages[f"/media/1.mp3?{at}"] = world.pages["/media/1.mp3"]
        runs = [ours.nir("update", *QUIET) for _ in range(3)]
        good = (
            ours.count("article WHERE title LIKE 'News in Review%'"),
            ours.count("episode WHERE title LIKE 'News in Review%'"),
        )
        every = ours.count("episode")
        codes = [run.code for run in runs]
        held = set(codes) <= {0, 1} and good == (2, 2) and every >= 2 + len(given)
        detail = (
            "" if held else f"rc {codes}; good (articles, episodes) {good}, episodes {every}; {runs[-1].last[:300]}"
        )
        yield Attempt("5", "guids and addresses of followed feeds, three updates", held, detail, kind)
        for value in given:
            if len(value.content.encode()) < 100_000:  # more is no word of a command
                ran = ours.nir("shows", "add", f"{world.url}/{value.content}")
                told = len(ran.last) - len(value.content)  # an address that is followed is told whole
                held = ran.code in (0, 2) and "unexpected" not in ran.err and told < 500
                yield Attempt(
                    "5",
                    f"address of a show: {value.label}",
                    held,
                    "" if held else f"rc {ran.code} {ran.last[:200]}",
                    kind,
                )


def _moved(on: Ground) -> Attempt:
    """A catalog of SQLite that was made before names were bounded, restored into PostgreSQL."""
    long = "".join(on.random("moved").choices(LETTERS["ASCII"], k=20_000))
    older = (
        f"UPDATE episode SET identity = 'feed:{long}', \"key\" = 'k{long}' WHERE id = 1",
        f"UPDATE article SET url = 'https://paper.example/{long}' WHERE id = 1",
        f"UPDATE article_address SET url = 'https://paper.example/{long}' WHERE id = 1",
        f"UPDATE outcome SET item = '{long}' WHERE id = 1",
        f"UPDATE transcript SET language = '{long}', model = '{long}' WHERE id = 1",
        "UPDATE alembic_version SET version_num = '0007'",
    )
    with World(3) as world, catalog(on, SQLITE) as old, catalog(on, POSTGRES) as new:
        old.follow(world)
        old.nir("import", world.lines([1, 2, 3], old.home / "words.jsonl"), "--transcribe", "never")
        world.publish()
        old.nir("update", *QUIET)
        engine = create_engine(old.url)
        with engine.begin() as connection:
            for statement in older:
                connection.execute(text(statement))
        engine.dispose()
        backup = old.nir("backup", old.home / "all.db")
        restored = new.nir("restore", old.home / "all.db")
        found = (new.count("episode"), new.count("article"), new.count("link"))
        held = (backup.code, restored.code, found) == (0, 0, (3, 3, old.count("link")))
        detail = "" if held else f"rc {backup.code}, {restored.code}; {found}; {restored.last[:300]}"
        return Attempt("5", "an older catalog with overlong names from SQLite to PostgreSQL", held, detail, POSTGRES)


# Point 6.

EPISODES = 12
#: What a catalog holds, whoever came first.
CONTENT = {
    "episodes": "SELECT identity, title, published, number FROM episode",
    "segments": """SELECT identity, source, position, text FROM segment
        JOIN transcript ON transcript.id = transcript_id JOIN episode ON episode.id = episode_id""",
    "articles": "SELECT url, title, position, kind, text FROM paragraph JOIN article ON article.id = article_id",
    "passages": "SELECT text FROM passage",
    "indexed": "SELECT count(*) FROM passage_index",
    "links": """SELECT identity, article.url, status, confidence FROM link
        JOIN episode ON episode.id = episode_id JOIN article ON article.id = article_id""",
    "evidence": "SELECT kind, detail, weight FROM evidence",
    "places": "SELECT paragraph, start, kind, said FROM alignment",
    "outcomes": "SELECT step, item FROM outcome WHERE step IN ('update', 'articles')",
    "imported": "SELECT count(*) FROM outcome WHERE step = 'import'",
}  # fmt: skip


def content(ours: Catalog) -> dict[str, Counter[Any]]:
    """All of it, with how often each is there."""
    return {name: Counter(map(repr, ours.rows(statement))) for name, statement in CONTENT.items()}


def _at_once(on: Ground, kind: str) -> Iterator[Attempt]:
    with World(EPISODES) as world:
        files = {
            way: world.lines(sorted(world.numbers, reverse=way == "back"), on.place() / "words.jsonl")
            for way in ("forth", "back")
        }
        with catalog(on, kind) as ours:
            ours.follow(world)
            world.publish()
            runs = [ours.nir("import", file, "--transcribe", "never", "--json") for file in files.values()]
            runs += [ours.nir("update", *QUIET) for _ in range(2)]
            assert {run.code for run in runs} == {0}, [run.last for run in runs]
            wanted = content(ours)
        for number in range(1, ROUNDS + 1):
            world._feeds([])
            yield _round(on, kind, world, files, wanted, number)


def _round(
    on: Ground, kind: str, world: World, files: dict[str, Path], wanted: dict[str, Counter[Any]], number: int
) -> Attempt:
    with catalog(on, kind) as ours:
        ours.follow(world)
        world.publish()
        commands = [["import", str(files[way]), "--transcribe", "never", "--json"] for way in ("forth", "back") * 2]
        commands += [["update", *QUIET]] * 2
        started = [on.start(*words, environment=ours.environment) for words in commands]
        ended = [(process.communicate(timeout=400), process.returncode) for process in started]
        last = ours.nir("update", *QUIET)
        found = content(ours)
    codes = [code for _, code in ended]
    odd = [name for name in CONTENT if found[name] != wanted[name]]
    held = set(codes) == {0} and last.code == 0 and not odd
    wrong = next((err.strip().splitlines()[-1:] or [out[-300:]] for (out, err), code in ended if code), "")
    detail = "" if held else f"rc {codes}, {last.code}; other than undisturbed: {odd} {wrong}"
    return Attempt("6", f"four imports and two updates at once, round {number}", held, detail, kind)
