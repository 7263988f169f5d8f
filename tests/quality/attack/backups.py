"""Backups during writes, damaged ones, two to one name, kills (points 3, 4 and 8)."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text

from episodes.catalog import copying, episodes, transcripts
from episodes.config import Settings
from episodes.database import connect, writing
from episodes.database.sqlite_file import url_of
from episodes.errors import CatalogError
from episodes.migrations import HEAD, migrate
from episodes.pipeline.backups import backup, restore
from episodes.pipeline.indexing import differences, reindex
from episodes.pipeline.run import Run
from episodes.values import EpisodeInfo
from tests.quality.attack.ground import SQLITE, Attempt, Ground
from transcripts.words import Segment, Source, Transcript

POINTS = ("3", "4", "8")
NOW = datetime(2026, 5, 4, tzinfo=UTC)
#: Segments of each episode: a torn state has another number.
LINES = 4
#: Episodes of each writer that are in the catalog at a time.
KEPT = 20


def attempts(on: Ground) -> Iterator[Attempt]:
    """All of this topic."""
    empty = on.place("template") / "empty.db"
    with opened(str(url_of(empty))) as made:
        migrate(made)
    for kind in on.kinds:
        with _catalog(on, kind, 30) as engine:
            yield from during_writes(on, kind, engine, empty)
            file = on.place("whole") / "whole.db"
            backup(engine, file)
            yield from killed(on, kind, engine)
        yield from damaged(on, kind, file)
        yield from killed_restores(on, kind, file)
    yield from one_name(on)


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """An engine, closed behind the block."""
    engine = connect(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _catalog(on: Ground, kind: str, size: int) -> Iterator[Engine]:
    with on.database(kind, on.place()) as url, opened(url) as engine:
        migrate(engine)
        with writing(engine) as session:
            session.connection().execute(
                text("INSERT INTO show (url, title, match, added_at) VALUES ('u', '0', '0', :now)"), {"now": NOW}
            )
        for number in range(size):
            publish(engine, f"first-{number}")
        yield engine


def publish(engine: Engine, name: str, gone: str = "") -> None:
    """One transaction: the counters (added, removed), an episode with its transcript and segments, and another one less."""
    with writing(engine) as session:
        connection = session.connection()
        connection.execute(text("UPDATE show SET title = CAST(CAST(title AS integer) + 1 AS text)"))
        row, _ = episodes.put(session, EpisodeInfo(f"fake:{name}", name, f"Episode {name}"), now=NOW)
        lines = tuple(Segment(n, n + 1, f"The ferry {name} sails.") for n in range(LINES))
        transcripts.put(session, row.id or 0, Transcript(lines, Source.IMPORT), now=NOW)
        if gone:
            connection.execute(text("DELETE FROM episode WHERE key = :gone"), {"gone": gone})
            connection.execute(text("UPDATE show SET match = CAST(CAST(match AS integer) + 1 AS text)"))


def torn(engine: Engine) -> str:
    """What tells that a catalog's state was never there at one moment; empty where it may have been."""
    with engine.connect() as connection:
        added, removed = connection.execute(text("SELECT title, match FROM show")).one()
        counted = int(added) - int(removed)
        found = {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("episode", "transcript", "segment")
        }
    expected = {"episode": counted, "transcript": counted, "segment": LINES * counted}
    return "" if found == expected else f"{added} added and {removed} removed, but there are {found}"


def during_writes(on: Ground, kind: str, engine: Engine, empty: Path) -> Iterator[Attempt]:
    """Two writers at work; backups at random moments, each restored and looked at."""
    stop, random = threading.Event(), on.random(f"writes {kind}")
    written = [0, 0]

    def write(who: int) -> None:
        while not stop.is_set():
            at = written[who]
            publish(engine, f"{who}-{at}", f"{who}-{at - KEPT}" if at >= KEPT else "")
            written[who] += 1
            stop.wait(0.01)

    threads = [threading.Thread(target=write, args=(who,)) for who in (0, 1)]
    for thread in threads:
        thread.start()
    try:
        for number in range(on.backups):
            time.sleep(random.uniform(0, 0.1))
            file, before = on.place("backup") / "b.db", sum(written)
            detail = _attempted(lambda: _back_up(on, engine, file, by_command=not number % 6))  # noqa: B023 - called at once
            detail = detail or _attempted(lambda: _restored(on, file, empty))  # noqa: B023 - called at once
            while not detail and sum(written) == before and any(thread.is_alive() for thread in threads):
                time.sleep(0.01)
            yield Attempt("3", f"backup {number} during writes", not detail, detail, kind)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _attempted(work: Callable[[], str]) -> str:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - whatever it is, it did not hold
        return f"{type(error).__name__}: {error}"


def _back_up(on: Ground, engine: Engine, file: Path, *, by_command: bool) -> str:
    if not by_command:
        backup(engine, file)
        return ""
    ran = on.nir(
        "backup", file, environment=on.environment(file.parent, engine.url.render_as_string(hide_password=False))
    )
    return "" if ran.code == 0 else ran.last


def _restored(on: Ground, file: Path, empty: Path) -> str:
    home = on.place("restored")
    shutil.copy(empty, home / "catalog.db")
    with opened(str(url_of(home / "catalog.db"))) as target:
        run = Run(target, Settings.of_home(home))
        restore(run, file)
        return torn(target) or "; ".join(differences(run))


def content(engine: Engine) -> dict[str, str]:
    """A checksum of each table's rows, and that of what is indexed."""
    with engine.connect() as connection:
        return {
            table.name: hashlib.sha256(
                repr(connection.execute(table.select().order_by(table.c.id)).all()).encode()
            ).hexdigest()
            for table in copying.tables()
        }


def _kinds(on: Ground, whole: Path) -> Iterator[tuple[str, Callable[[Path], object]]]:
    """Ways in which a file is no backup, each with what makes one so."""
    random, size = on.random("damage"), whole.stat().st_size
    original = whole.read_bytes()

    def flip(at: int, bit: int) -> Callable[[Path], object]:
        return lambda file: file.write_bytes(original[:at] + bytes([original[at] ^ 1 << bit]) + original[at + 1 :])

    def sql(*statements: str) -> Callable[[Path], object]:
        def change(file: Path) -> None:
            with closing(sqlite3.connect(file)) as connection:
                for statement in statements:
                    connection.execute(statement)
                connection.commit()

        return change

    for length in sorted(
        {0, 1, 15, 16, 99, 100, 512, 4095, 4096, 4097, size - 4096, size - 1, *random.sample(range(size), 12)}
    ):
        yield f"cut to {length} bytes", lambda file, length=length: os.truncate(file, length)
    for at in sorted({*range(0, 100, 7), *random.sample(range(size), 25)}):
        yield f"a bit of byte {at}", flip(at, random.randrange(8))
    for at in random.sample(range(0, size - 4096, 4096), 4):
        yield (
            f"zeros from {at}",
            lambda file, at=at: file.write_bytes(original[:at] + bytes(4096) + original[at + 4096 :]),
        )
    for table in ("episode", "segment", "show", "outcome", "alembic_version", "backup_manifest"):
        yield f"no table {table}", sql(f"DROP TABLE {table}")
    unsealed = ("DROP TABLE backup_manifest", "PRAGMA application_id = 0")
    yield "no table segment, and no checksum", sql("DROP TABLE segment", *unsealed)
    yield "a column gone, and no checksum", sql("ALTER TABLE segment RENAME COLUMN text TO texts", *unsealed)
    yield "a reference to nothing, and no checksum", sql("DELETE FROM transcript WHERE id = 3", *unsealed)
    yield "a date that is none, and no checksum", sql("UPDATE episode SET updated_at = 'soon' WHERE id = 3", *unsealed)
    yield "JSON that is none, and no checksum", sql("UPDATE episode SET extra = '{' WHERE id = 3", *unsealed)
    yield "a newer revision", sql("UPDATE alembic_version SET version_num = '9001'", *unsealed)
    yield "another program's", lambda file: (file.unlink(), sql("CREATE TABLE bookmark (id INTEGER)")(file))
    yield (
        "only a revision",
        lambda file: (
            file.unlink(),
            sql("CREATE TABLE alembic_version (version_num TEXT)", f"INSERT INTO alembic_version VALUES ('{HEAD}')")(
                file
            ),
        ),
    )
    yield "a text", lambda file: file.write_text("the mayor's notes\n" * 900)
    yield "JSON", lambda file: file.write_text('{"episodes": []}')
    yield "noise", lambda file: file.write_bytes(random.randbytes(9000))
    yield "a folder", lambda file: (file.unlink(), file.mkdir())
    yield "a pipe", lambda file: (file.unlink(), os.mkfifo(file))
    yield "a link to a device", lambda file: (file.unlink(), file.symlink_to("/dev/zero"))
    yield "a link to nothing", lambda file: (file.unlink(), file.symlink_to("nowhere"))


def damaged(on: Ground, kind: str, whole: Path) -> Iterator[Attempt]:
    """Each is refused, or (where nothing of its content was hit) gives what was backed up; its bytes stay."""
    home = on.place()
    with on.database(kind, home) as url, opened(url) as target:
        migrate(target)
        run = Run(target, Settings.of_home(home))
        restore(run, whole)
        right = content(target)
        _clear(target)
        for number, (name, spoil) in enumerate(_kinds(on, whole)):
            file = on.place("damaged") / "b.db"
            shutil.copy(whole, file)
            spoil(file)
            detail = _attempted(lambda: _refused_or_right(on, run, file, right, by_command=not number % 12))  # noqa: B023 - called at once
            yield Attempt("4", name, not detail, detail, kind)


def _refused_or_right(on: Ground, run: Run, file: Path, right: dict[str, str], *, by_command: bool) -> str:
    before = _bytes(file)
    refused = ""
    if by_command:
        url = run.database.url.render_as_string(hide_password=False)
        ran = on.nir("restore", file, environment=on.environment(file.parent, url))
        refused = ran.err if ran.code in (2, 3) and ran.err.count("\n") == 1 and "report it" not in ran.err else ""
        if ran.code != 0 and not refused:
            return f"exit code {ran.code}: {ran.last}"
    else:
        try:
            restore(run, file)
        except CatalogError as error:
            refused = str(error)
    if _bytes(file) != before:
        return "the file or its folder was changed"
    with run.database.connect() as connection:
        empty = copying.is_empty(connection)
    if refused:
        return "" if empty else f"refused, and half restored: {refused}"
    same = content(run.database) == right
    _clear(run.database)
    return "" if same else "restored, and other than it was"


def _bytes(file: Path) -> object:
    names = sorted(one.name for one in file.parent.iterdir())
    return (names, file.read_bytes(), file.stat().st_mtime_ns) if file.is_file() else names


def _clear(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM passage"))
        for table in reversed(copying.tables()):
            connection.execute(table.delete())


def killed_restores(on: Ground, kind: str, whole: Path) -> Iterator[Attempt]:
    """A restore killed at a random moment and run again gives the same as an undisturbed one."""
    random = on.random(f"restores {kind}")
    for number in range(4):
        home = on.place()
        with on.database(kind, home) as url, opened(url) as engine:
            migrate(engine)
            environment = on.environment(home, url)
            with on.start("restore", whole, environment=environment) as process:
                time.sleep(random.uniform(0.5, 3))
                process.send_signal(random.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
                process.communicate()
            again = on.nir("restore", whole, environment=environment)
            lacking = list(differences(Run(engine, Settings.of_home(home))))
            good = again.code == 0 or (again.code == 2 and "not empty" in again.err)
            detail = torn(engine) or "; ".join(lacking) or ("" if good else again.last)
            yield Attempt("4", f"restore killed, {number}", not detail, detail, kind)


def killed(on: Ground, kind: str, engine: Engine) -> Iterator[Attempt]:
    """What a killed backup leaves is no backup, and the next one removes it."""
    random, url = on.random(f"killed {kind}"), engine.url.render_as_string(hide_password=False)
    for number in range(4):
        folder = on.place("killed")
        with on.start("backup", folder / "b.db", environment=on.environment(folder, url)) as process:
            time.sleep(random.uniform(0.5, 2.5))
            process.kill()
            process.communicate()
        whole = not (folder / "b.db").exists() or not (folder / "b.db").stat().st_size < 4097
        backup(engine, folder / "next.db")
        left = sorted(one.name for one in folder.iterdir() if one.name not in ("b.db", "next.db", "catalog.db"))
        detail = f"left: {left}" if left else "" if whole else "a part of one has its name"
        yield Attempt("8", f"backup killed, {number}", not detail, detail, kind)


def one_name(on: Ground) -> Iterator[Attempt]:
    """Of several backups to one name at the same time one succeeds and is whole; the others say that the file is there."""
    with _catalog(on, SQLITE, 40) as engine:
        reindex(Run(engine, Settings.of_home(on.place())))
        url = engine.url.render_as_string(hide_password=False)
        for number in range(3):
            folder = on.place("one-name")
            runs = [on.start("backup", folder / "b.db", environment=on.environment(folder, url)) for _ in range(4)]
            ends = [(run.communicate()[1], run.returncode) for run in runs]
            won = [code for _, code in ends if code == 0]
            told = [err for err, code in ends if code == 2 and "exists already" in err]
            with opened(str(url_of(folder / "b.db"))) as made:
                detail = _attempted(lambda: torn(made))
            if (len(won), len(told)) != (1, 3):
                detail = detail or f"{len(won)} won, {len(told)} were told"
            yield Attempt("8", f"four backups to one name, {number}", not detail, detail)
