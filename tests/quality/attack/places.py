"""Odd folders, passwords, rights, read-only places, newer shapes (points 9, 13 and 15)."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from episodes.pipeline.backups import backup
from tests.quality.attack.backups import opened
from tests.quality.attack.ground import NIR, POSTGRES, SQLITE, Attempt, Ground, Ran
from tests.test_redaction import CANARY, DATABASES, PROXIES

POINTS = ("8", "9", "13", "15")
LINE = (
    '{"id": "ep-1", "title": "The ferry is sold", "date": "2026-05-04", '
    '"segments": [{"start": 0, "end": 4, "text": "The ferry was sold."}]}'
)
READS = (
    ("search", "ferry"), ("show", "ep-1"), ("export", "ep-1", "--format", "vtt"), ("links",), ("passages", "ep-1"),
    ("shows",), ("articles",), ("status", "--json"),
)  # fmt: skip
WRITES = (("shows", "add", "https://harbour.example/feed"), ("link",), ("reindex",))


def attempts(on: Ground) -> Iterator[Attempt]:
    """All of this topic."""
    yield from odd_homes(on)
    yield from secrets(on)
    yield from newer(on)
    if SQLITE in on.kinds:
        yield from private(on)
        yield from mounted(on)
        yield from full(on)
    if POSTGRES in on.kinds:
        yield from role(on)


def _filled(on: Ground, home: Path, url: str = "") -> Ran:
    (home / "one.jsonl").write_text(LINE)
    return on.nir("import", home / "one.jsonl", environment=on.environment(home, url))


def odd_homes(on: Ground) -> Iterator[Attempt]:
    """The catalog lands in the folder that was named, and nowhere else."""
    random = on.random("homes")
    odd = [*"?#%:@&=+[]'\" ü;,!$~^{}|<>", "%41", "%3F", "file:", "?mode=ro", "\u2028", "日本"]
    for number in range(10):
        name = "a" + "".join(random.choices(odd, k=4)) if number else "what?%41 ü#:"
        parent = on.place()
        home = parent / name
        ran = on.nir("shows", environment=on.environment(home))
        where = sorted(str(one.relative_to(parent)) for one in parent.rglob("catalog.db"))
        held = ran.code == 0 and where == [f"{name}/catalog.db"] and [one.name for one in parent.iterdir()] == [name]
        yield Attempt("9", f"NIR_HOME {name!r}", held, f"{ran.code} {ran.last} {where}")


def secrets(on: Ground) -> Iterator[Attempt]:
    """A canary password is in no output, no catalog and no backup."""
    for number, url in enumerate(DATABASES):
        words = ("doctor", "--json") if not number % 7 else ("--debug", "search", "x")
        ran = on.nir(*words, environment=on.environment(on.place(), url))
        held = ran.code not in (0, None) and CANARY not in ran.out + ran.err
        yield Attempt("13", f"{' '.join(words)} with {url}", held, f"{ran.code} {ran.last}")
    for number, proxy in enumerate(PROXIES):
        home, name = on.place(), ("NIR_PROXY", "NIR_PROXY", "HTTP_PROXY")[number % 3]
        environment = on.environment(home, **{name: proxy})
        words = ("articles", "add", "http://93.184.216.34/x", "--json"), ("status", "--json"), ("backup", home / "b.db")
        ran = [on.nir("--debug", *one, environment=environment) for one in words]
        said = "".join(one.out + one.err for one in ran)
        kept = b"".join(file.read_bytes() for file in home.glob("*.db*"))
        held = CANARY not in said and CANARY.encode() not in kept
        where = "what is kept" if CANARY.encode() in kept else "what is said"
        yield Attempt("13", f"{name}={proxy}", held, f"it is in {where}")


def private(on: Ground) -> Iterator[Attempt]:
    """What is made is its owner's alone."""
    home = on.place() / "new"
    ran = on.nir("shows", environment=on.environment(home))
    backed = on.nir("backup", home / "b.db", environment=on.environment(home))
    found = {one.name: oct(stat.S_IMODE(one.stat().st_mode)) for one in (home, *home.iterdir())}
    right = {"new": "0o700", "catalog.db": "0o600", "b.db": "0o600"}
    yield Attempt("13", "rights of what is made", (ran.code, backed.code, found) == (0, 0, right), str(found), SQLITE)


def newer(on: Ground) -> Iterator[Attempt]:
    """A catalog of a newer version is named so and left alone."""
    for kind in on.kinds:
        home = on.place()
        with on.database(kind, home) as url, opened(url) as engine:
            _filled(on, home, url)
            with engine.begin() as connection:
                connection.execute(text("UPDATE alembic_version SET version_num = '9001'"))
            for words in (READS[0], WRITES[0], ("backup", home / "b.db")):
                ran = on.nir(*words, environment=on.environment(home, url))
                held = (
                    ran.code == 3
                    and "newer version" in ran.err
                    and "report it" not in ran.err
                    and ran.err.count("\n") == 1
                )
                yield Attempt("15", f"newer: {words[0]}", held, f"{ran.code} {ran.last}", kind)


def role(on: Ground) -> Iterator[Attempt]:
    """A PostgreSQL role with SELECT alone."""
    home = on.place()
    with on.database(POSTGRES, home) as url, opened(url) as engine:
        _filled(on, home, url)
        with engine.begin() as connection:
            connection.execute(text("CREATE ROLE looker LOGIN"))
            connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker"))
        reader = on.environment(home, make_url(url).set(username="looker").render_as_string(hide_password=False))
        for words in (*READS, ("backup", home / "b.db")):
            ran = on.nir(*words, environment=reader)
            yield Attempt("15", f"role: {words[0]}", ran.code == 0, f"{ran.code} {ran.last}", POSTGRES)
        for words in WRITES:
            ran = on.nir(*words, environment=reader)
            held = ran.code == 3 and "permission denied" in ran.err and "report it" not in ran.err
            yield Attempt("15", f"role: {words[0]}", held, f"{ran.code} {ran.last}", POSTGRES)
        with engine.begin() as connection:
            connection.execute(text("DROP OWNED BY looker"))
            connection.execute(text("DROP ROLE looker"))


@contextmanager
def _mount(on: Ground, options: str, folder: Path) -> Iterator[list[str]]:
    """The beginning of a command line that runs with a mount of its own over ``folder``; empty where that cannot be."""
    start = ["unshare", "-rm", "sh", "-c", f'mount {options} "{folder}" && exec "$@"', "sh"]
    possible = shutil.which("unshare") and subprocess.run([*start, "true"], capture_output=True).returncode == 0
    yield start if possible else []


def _inside(on: Ground, start: list[str], home: Path, *words: object) -> Ran:
    command = [*start, *NIR, *map(str, words)]
    ended = subprocess.run(
        command, env=on.environment(home), capture_output=True, text=True, timeout=120, cwd=on.folder
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr)


def mounted(on: Ground) -> Iterator[Attempt]:
    """A catalog, and a backup, on a read-only mount: at rest, and with the log and shared memory of a writer elsewhere."""
    for state in ("at rest", "in use"):
        home = on.place("mounted")
        _filled(on, home)
        url = f"sqlite:///{home / 'catalog.db'}"
        with opened(url) as engine:
            backup(engine, home / "b.db")
            held = engine.connect() if state == "in use" else None
            if held:
                with engine.begin() as connection:
                    connection.execute(text("UPDATE episode SET number = 7"))
            else:
                engine.dispose()
            with _mount(on, f'--bind "{home}" "{home}" && mount -o remount,ro,bind', home) as start:
                if not start:
                    return print("no mounts of our own here: read-only mounts are not tried", file=sys.stderr)
                for words in (*READS, ("backup", on.place() / "out.db")):
                    ran = _inside(on, start, home, *words)
                    yield Attempt(
                        "15", f"mounted, {state}: {words[0]}", ran.code == 0, f"{ran.code} {ran.last}", SQLITE
                    )
                for words in WRITES:
                    ran = _inside(on, start, home, *words)
                    told = ran.code == 3 and "cannot be written" in ran.err
                    yield Attempt("15", f"mounted, {state}: {words[0]}", told, f"{ran.code} {ran.last}", SQLITE)
                ran = _inside(on, start, on.place(), "restore", home / "b.db")
                yield Attempt("4", f"mounted, {state}: restore", ran.code == 0, f"{ran.code} {ran.last}", SQLITE)
            if held:
                held.close()
    return None


def full(on: Ground) -> Iterator[Attempt]:
    """Backups onto disks of several sizes, all too small."""
    home, disk = on.place(), on.place("disk")
    _filled(on, home)
    for size in (8, 40, 120, 200, 240):
        with _mount(on, f"-t tmpfs -o size={size}k none", disk) as start:
            if not start:
                return
            listing = [*start, "sh", "-c", f'"$@"; code=$?; ls -A "{disk}" >&2; exit $code', "sh"]
            ran = _inside(on, listing, home, "backup", disk / "b.db")
            held = ran.code == 3 and "disk is full" in ran.err and ran.err.count("\n") == 1
            yield Attempt("8", f"backup onto {size} kB", held, f"{ran.code} {ran.err[-300:]}", SQLITE)
