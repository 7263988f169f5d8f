"""The file of a restore is verified and never changed; every file that is not a complete backup is refused."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from episodes import migrations
from episodes.catalog import copying, episodes
from episodes.config import Settings
from episodes.database import connect, reading, writing
from episodes.database.sqlite_file import url_of
from episodes.errors import BadBackup, TooNew, Usage
from episodes.pipeline.backups import backup, restore
from episodes.pipeline.run import Run
from episodes.values import EpisodeInfo

NOW = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture
def whole(sqlite_engine: Engine, tmp_path: Path) -> Path:
    """A backup of forty episodes."""
    with writing(sqlite_engine) as session:
        for number in range(40):
            episodes.put(session, EpisodeInfo(f"fake:{number}", f"ep{number}", f"Episode {number}"), now=NOW)
    backup(sqlite_engine, tmp_path / "whole.db")
    return tmp_path / "whole.db"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Run]:
    of = Settings.of_home(tmp_path / "other")
    engine = connect(of.database_url)
    migrations.migrate(engine)
    yield Run(engine, of)
    engine.dispose()


def sql(*statements: str) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        with closing(sqlite3.connect(file)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return change


def cut(share: float) -> Callable[[Path], None]:
    return lambda file: os.truncate(file, int(file.stat().st_size * share))


def flipped(needle: bytes) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        content = bytearray(file.read_bytes())
        content[content.index(needle)] ^= 1
        file.write_bytes(content)

    return change


def written(content: bytes) -> Callable[[Path], None]:
    return lambda file: (file.write_bytes(content), None)[1]


def replaced(*statements: str) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        file.unlink()
        sql(*statements)(file)

    return change


BAD: dict[str, tuple[Callable[[Path], None], str]] = {
    "nothing in it": (written(b""), "it is empty"),
    "a text": (written(b"the mayor's notes " * 500), "not a database"),
    "its first page only": (lambda file: os.truncate(file, 4096), "damaged|malformed|not a database"),
    "its header only": (lambda file: os.truncate(file, 100), "malformed|not a database|disk I/O"),
    "half of it": (cut(0.5), "damaged|malformed"),
    "all but the end": (cut(0.999), "damaged|malformed"),
    "a letter of a title": (flipped(b"Episode 17"), "not what `nir backup` wrote"),
    "a letter of an identity": (flipped(b"fake:23"), "damaged|not what `nir backup` wrote"),
    "a row gone": (sql("DELETE FROM episode WHERE id = 7"), "not what `nir backup` wrote"),
    "a row more": (sql("INSERT INTO show SELECT 9, 'u', '', '', '2026-05-04', NULL"), "not what `nir backup` wrote"),
    "a table gone": (sql("DROP TABLE article"), "not what `nir backup` wrote"),
    "a table gone, no checksum": (
        sql("DROP TABLE article", "DROP TABLE backup_manifest", "PRAGMA application_id = 0"), "holds no catalog",
    ),
    "its manifest gone": (sql("DROP TABLE backup_manifest"), "manifest is missing"),
    "its manifest emptied": (sql("DELETE FROM backup_manifest"), "not what `nir backup` wrote"),
    "another program's": (replaced("CREATE TABLE bookmark (id INTEGER)"), "holds no catalog"),
    "another program's, marked": (
        replaced("CREATE TABLE bookmark (id INTEGER)", "PRAGMA application_id = 77"), "another program's",
    ),
    "without any table": (replaced("PRAGMA user_version = 1"), "holds no catalog"),
    "our revision and no tables": (
        replaced(
            "CREATE TABLE alembic_version (version_num TEXT)",
            f"INSERT INTO alembic_version VALUES ('{migrations.HEAD}')",
        ),
        "holds no catalog",
    ),
    "an older revision and no tables": (
        replaced("CREATE TABLE alembic_version (version_num TEXT)", "INSERT INTO alembic_version VALUES ('0003')"),
        "cannot be migrated to the current schema",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_whole_backup_is_refused(whole: Path, empty: Run, name: str) -> None:
    spoil, why = BAD[name]
    spoil(whole)
    before = (hashlib.sha256(whole.read_bytes()).digest(), whole.stat().st_mtime_ns, sorted(whole.parent.iterdir()))

    with pytest.raises(BadBackup, match=why):
        restore(empty, whole)

    assert (hashlib.sha256(whole.read_bytes()).digest(), whole.stat().st_mtime_ns) == before[:2]
    assert sorted(whole.parent.iterdir()) == before[2]
    with empty.database.connect() as connection:
        assert copying.is_empty(connection)


def test_what_is_no_file_is_not_opened(empty: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadBackup, match="not a regular file"):
        restore(empty, tmp_path / "pipe")
    with pytest.raises(BadBackup, match="folder"):
        restore(empty, tmp_path)
    with pytest.raises(BadBackup, match="not a regular file"):
        restore(empty, Path("/dev/zero"))


def test_a_newer_version_is_named(whole: Path, empty: Run) -> None:
    sql("UPDATE alembic_version SET version_num = '9001'", "DROP TABLE backup_manifest", "PRAGMA application_id = 0")(
        whole
    )
    before = whole.read_bytes()

    with pytest.raises(TooNew, match=r"upgrade nir.*9001"):
        restore(empty, whole)
    assert whole.read_bytes() == before


def test_an_earlier_backup_is_brought_to_todays_shape_in_a_copy(empty: Run, tmp_path: Path) -> None:
    old = connect(url_of(tmp_path / "old.db"))
    with old.begin() as connection:
        migrations.upgrade(connection, "0001")
        connection.execute(
            text(
                "INSERT INTO article (url, title, authors, site, dek, video_ids, links, extra, checksum, updated_at) "
                "VALUES ('https://harbour.example/a', 'A', '[]', '', '', '[]', '[]', '{}', '', '2026-05-04')"
            )
        )
    old.dispose()
    before = (tmp_path / "old.db").read_bytes()
    done = restore(empty, tmp_path / "old.db")

    assert not done.checked
    assert (tmp_path / "old.db").read_bytes() == before
    with empty.database.connect() as connection:
        assert connection.execute(text("SELECT url FROM article_address")).scalar_one() == "https://harbour.example/a"


@pytest.mark.parametrize("name", ["a%41b.db", "what?.db", "a#b c.db", "ü:ä.db", "file:x.db"])
def test_names_of_any_characters(whole: Path, empty: Run, name: str) -> None:
    odd = whole.rename(whole.with_name(name))

    assert restore(empty, odd).rows == 40
    backup(empty.database, odd.with_name(f"again-{name}"))
    assert odd.with_name(f"again-{name}").stat().st_size > 10_000


@pytest.mark.parametrize("state", ["in use", "copied with its log", "at rest"])
def test_a_catalog_itself_with_what_lies_beside_it(
    sqlite_engine: Engine, empty: Run, tmp_path: Path, state: str
) -> None:
    with writing(sqlite_engine) as session:
        episodes.put(session, EpisodeInfo("fake:1", "ep1", "Episode 1"), now=NOW)
    file = tmp_path / "catalog.db"
    if state == "copied with its log":
        (tmp_path / "copy").mkdir()
        for suffix in ("", "-wal"):
            shutil.copy(f"{file}{suffix}", tmp_path / "copy")
        file = tmp_path / "copy" / "catalog.db"
    if state == "at rest":
        sqlite_engine.dispose()
    before = {one: one.read_bytes() for one in file.parent.glob("catalog.db*") if not one.name.endswith("-shm")}
    done = restore(empty, file)

    assert (done.rows, done.checked) == (1, False)
    assert {one: one.read_bytes() for one in file.parent.glob("catalog.db*") if not one.name.endswith("-shm")} == before


def test_the_catalog_itself_is_no_source(empty: Run, tmp_path: Path) -> None:
    with pytest.raises(Usage, match="the catalog itself"):
        restore(empty, tmp_path / "other" / "catalog.db")


def test_one_that_changes_meanwhile_is_not_taken(whole: Path, empty: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    number = iter(range(1000))
    insert = copying._insert

    def touched(*arguments: object) -> None:
        os.utime(whole, ns=(0, next(number)))
        insert(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(copying, "_insert", touched)
    with pytest.raises(BadBackup, match="changed while it was read"):
        restore(empty, whole)
    with reading(empty.database) as session:
        assert episodes.newest_first(session) == []
