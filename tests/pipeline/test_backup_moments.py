"""A backup is a snapshot of the catalog in a private file that replaces no other; a restore happens completely or not at all."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, Table, event, text

from episodes.catalog import copying, episodes, transcripts
from episodes.config import Settings
from episodes.database import connect, reading, writing
from episodes.database.sqlite_file import url_of
from episodes.errors import BadRow, DiskFull, Usage
from episodes.migrations import migrate
from episodes.pipeline import atomic_file, backups
from episodes.pipeline.backups import backup, restore
from episodes.pipeline.run import Run
from episodes.search.find import find
from episodes.values import EpisodeInfo
from transcripts.words import Segment, Source, Transcript

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def publish(engine: Engine, number: int) -> None:
    """One transaction: an episode and its transcript."""
    with writing(engine) as session:
        row, _ = episodes.put(session, EpisodeInfo(f"fake:{number}", f"ep{number}", f"Episode {number}"), now=NOW)
        lines = tuple(Segment(n, n + 1, f"The ferry number {number} sails.") for n in range(3))
        transcripts.put(session, row.id or 0, Transcript(lines, Source.IMPORT), now=NOW)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Run]:
    """An empty catalog to restore into."""
    of = Settings.of_home(tmp_path / "other")
    engine = connect(of.database_url)
    migrate(engine)
    yield Run(engine, of)
    engine.dispose()


def counts(file: Path) -> list[int]:
    with closing(sqlite3.connect(file)) as connection:
        return [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("episode", "transcript", "segment")
        ]


def test_who_writes_meanwhile_is_not_in_it(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between any two tables another writer adds what refers from the later ones to the earlier ones."""
    publish(engine, 1)
    tables, number = copying.tables(), iter(range(2, 100))

    def between() -> Iterator[Table]:
        for table in tables:
            yield table
            publish(engine, next(number))

    monkeypatch.setattr(copying, "tables", between)
    backup(engine, tmp_path / "backup.db")

    assert counts(tmp_path / "backup.db") == [1, 1, 3]


def test_postgres_is_read_in_one_read_only_snapshot_by_portions(postgres_engine: Engine, tmp_path: Path) -> None:
    seen: set[tuple[object, ...]] = set()
    cursors: set[str] = set()

    def look(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT episode."):
            raw = connection.connection.driver_connection
            assert raw is not None
            seen.add((raw.isolation_level.name, raw.read_only))
            cursors.add(type(cursor).__name__)

    publish(postgres_engine, 1)
    event.listen(postgres_engine, "before_cursor_execute", look)
    backup(postgres_engine, tmp_path / "backup.db")

    assert seen == {("REPEATABLE_READ", True)}
    assert cursors == {"ServerCursor"}
    publish(postgres_engine, 2)  # the connection that goes back to the pool can write again


def test_a_backup_is_its_owners_alone_and_needs_nothing_beside_it(engine: Engine, tmp_path: Path) -> None:
    publish(engine, 1)
    backup(engine, tmp_path / "new" / "backup.db")

    assert [file.name for file in (tmp_path / "new").iterdir()] == ["backup.db"]
    assert stat.S_IMODE((tmp_path / "new" / "backup.db").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    with closing(sqlite3.connect(tmp_path / "new" / "backup.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_of_two_to_one_name_one_wins_and_the_other_learns_it(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(sqlite_engine, 1)
    file, meet, ends = tmp_path / "backup.db", threading.Barrier(4, timeout=60), []
    to_disk = atomic_file._to_disk
    monkeypatch.setattr(atomic_file, "_to_disk", lambda path: (to_disk(path), path.is_file() and meet.wait()))

    def work() -> None:
        try:
            ends.append(f"{backup(sqlite_engine, file)} rows")
        except Usage as error:
            ends.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted("exists already" in end for end in ends) == [False, True, True, True]
    assert counts(file) == [1, 1, 3]
    assert [one.name for one in tmp_path.iterdir() if "nir-backup" in one.name] == []


def test_without_hard_links_none_is_replaced_either(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", link)
    publish(sqlite_engine, 1)
    backup(sqlite_engine, tmp_path / "backup.db")
    monkeypatch.setattr(atomic_file, "_check", lambda _: None)

    assert counts(tmp_path / "backup.db") == [1, 1, 3]
    with pytest.raises(FileExistsError):
        backup(sqlite_engine, tmp_path / "backup.db")
    assert counts(tmp_path / "backup.db") == [1, 1, 3]


@pytest.mark.parametrize("kind", ["link", "folder", "dangling"])
def test_whatever_has_the_name_stays(sqlite_engine: Engine, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "backup.db"
    (tmp_path / "notes.txt").write_text("the mayor's notes")
    if kind == "folder":
        file.mkdir()
    else:
        file.symlink_to(tmp_path / ("notes.txt" if kind == "link" else "nowhere"))
    with pytest.raises(Usage, match="exists already"):
        backup(sqlite_engine, file)

    assert (tmp_path / "notes.txt").read_text() == "the mayor's notes"
    assert file.is_dir() if kind == "folder" else file.is_symlink()


def test_what_a_kill_left_is_removed_by_the_next_and_what_is_in_use_is_not(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    left = tmp_path / f"{atomic_file.PREFIX}abc{atomic_file.SUFFIX}"
    left.mkdir()
    (left / "backup.db").write_bytes(b"half of it")
    with atomic_file.atomic_file(tmp_path / "one.db") as part:
        backup(sqlite_engine, tmp_path / "two.db")

        assert part.exists()
    assert sorted(file.name for file in tmp_path.iterdir() if not file.name.startswith("catalog")) == [
        "one.db",
        "two.db",
    ]


def test_a_backup_onto_a_full_disk_leaves_nothing(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own error, from a file that may not grow."""
    long = EpisodeInfo("fake:1", "ep1", "Episode 1", description="The harbour is full. " * 20_000)
    with writing(engine) as session:
        episodes.put(session, long, now=NOW)
    scratch_engine = backups.scratch_engine

    def small(file: Path) -> Engine:
        made = scratch_engine(file)
        event.listen(made, "begin", lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=100"))
        return made

    monkeypatch.setattr(backups, "scratch_engine", small)
    with pytest.raises(DiskFull):
        backup(engine, tmp_path / "backup.db")

    assert [file.name for file in tmp_path.iterdir() if "backup" in file.name] == []


@pytest.mark.parametrize("moment", ["copied", "indexed"])
def test_a_restore_that_breaks_off_has_not_happened(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    for number in range(3):
        publish(engine, number)
    backup(engine, tmp_path / "backup.db")
    with engine.begin() as connection:
        for table in ("passage", "segment", "transcript", "episode"):
            connection.execute(text(f"DELETE FROM {table}"))
    run = Run(engine, Settings.of_home(tmp_path))
    rebuild = backups.index.rebuild

    def broken(session: object) -> None:
        if moment == "indexed":
            rebuild(session)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(backups.index, "rebuild", broken)
    with suppress(KeyboardInterrupt):
        restore(run, tmp_path / "backup.db")
    with engine.connect() as connection:
        assert copying.is_empty(connection)
    monkeypatch.setattr(backups.index, "rebuild", rebuild)
    done = restore(run, tmp_path / "backup.db")

    assert (done.rows, done.checked) == (15, True)
    with reading(engine) as session:
        assert len(find(session, "ferry").hits) == 3


def test_two_restores_at_once_fill_it_once(engine: Engine, tmp_path: Path) -> None:
    publish(engine, 1)
    backup(engine, tmp_path / "backup.db")
    with engine.begin() as connection:
        for table in ("passage", "segment", "transcript", "episode"):
            connection.execute(text(f"DELETE FROM {table}"))
    ends: list[str] = []

    def work() -> None:
        try:
            ends.append(f"{restore(Run(engine, Settings.of_home(tmp_path)), tmp_path / 'backup.db').rows} rows")
        except Usage:
            ends.append("not empty")

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ends) == ["5 rows", "not empty", "not empty"]


def test_a_row_that_postgres_does_not_take_is_named(
    sqlite_engine: Engine, postgres_engine: Engine, tmp_path: Path
) -> None:
    for number in range(4):
        publish(sqlite_engine, number)
    with sqlite_engine.begin() as connection:
        connection.execute(text("UPDATE episode SET number = 1099511627776 WHERE id = 3"))
    backup(sqlite_engine, tmp_path / "backup.db")

    with pytest.raises(BadRow, match=r"table episode, row 3.*out of range"):
        restore(Run(postgres_engine, Settings.of_home(tmp_path)), tmp_path / "backup.db")
    with postgres_engine.connect() as connection:
        assert copying.is_empty(connection)


def test_looking_into_a_backup_leaves_it_valid(sqlite_engine: Engine, empty: Run, tmp_path: Path) -> None:
    publish(sqlite_engine, 1)
    backup(sqlite_engine, tmp_path / "backup.db")
    looked = connect(url_of(tmp_path / "backup.db"))
    with reading(looked) as session:
        assert len(episodes.newest_first(session)) == 1
    looked.dispose()

    assert restore(empty, tmp_path / "backup.db").checked
