"""Catalogs that cannot be written: what reads works and writes nothing, what writes says what is missing, what is newer is left alone."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import URL, make_url
from sqlmodel import create_engine

from episodes.cli.opening import catalog_to_read, open_catalog
from episodes.config import Settings
from episodes.database import connect, sqlite
from episodes.database import engine as postgres_or_sqlite
from episodes.errors import NotAllowed
from episodes.migrations import HEAD
from tests.conftest import Ran

Nir = Callable[..., Ran]
LINE = (
    '{"id": "ep-1", "title": "The ferry is sold", "date": "2026-05-04", '
    '"segments": [{"start": 0, "end": 4, "text": "The ferry was sold for the price of its engine."}]}\n'
)
READS = [
    ["search", "ferry"],
    ["search", "ferr*", "--json"],
    ["search", "fery"],
    ["show", "ep-1"],
    ["export", "ep-1", "--format", "vtt"],
    ["passages", "ep-1"],
    ["marks", "ep-1"],
    ["shows"],
    ["articles"],
    ["links"],
    ["links", "export"],
    ["corrections"],
    ["status"],
]
WRITES = [
    ["shows", "add", "https://harbour.example/feed.xml"],
    ["import", "again.jsonl"],
    ["link"],
    ["reindex"],
    ["confirm", "1"],
]


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Engines of the commands are closed behind the test: they go with their process, which here is the tests' own."""
    made: list[Engine] = []

    def create(*names: Any, **options: Any) -> Engine:
        made.append(create_engine(*names, **options))
        return made[-1]

    for module in (postgres_or_sqlite, sqlite):
        monkeypatch.setattr(module, "create_engine", create)
    yield
    for engine in made:
        engine.dispose()


@pytest.fixture
def filled(nir: Nir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a catalog with one episode; the folder that is worked in holds a second one's file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.jsonl").write_text(LINE)
    (tmp_path / "again.jsonl").write_text(LINE.replace("ep-1", "ep-2"))
    assert nir("import", "one.jsonl").code == 0
    gc.collect()  # the command's connections are closed with it: its log is worked off, as at the end of a process
    return Settings.from_environment().home


@pytest.fixture
def locked(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The same, where nothing may be written: told by what the system answers, since root may write everywhere."""
    access = os.access
    monkeypatch.setattr(
        os,
        "access",
        lambda path, mode: access(path, mode) and not (mode & os.W_OK and filled in [Path(path), *Path(path).parents]),
    )
    before = {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in filled.iterdir()}
    yield filled
    assert {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in filled.iterdir()} == before


@pytest.mark.parametrize("words", READS, ids=" ".join)
@pytest.mark.usefixtures("locked")
def test_reading_a_catalog_that_cannot_be_written(nir: Nir, words: list[str]) -> None:
    ran = nir(*words)

    assert ran.code == 0, ran.err
    assert "ferry" in (ran.out + ran.err).lower() or words[0] not in ("search", "show", "export")


@pytest.mark.parametrize("words", WRITES, ids=" ".join)
@pytest.mark.usefixtures("locked")
def test_writing_one_says_what_is_missing(nir: Nir, words: list[str]) -> None:
    ran = nir(*words)

    assert ran.code == 3
    assert "cannot be written" in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.usefixtures("locked")
def test_a_backup_of_one(nir: Nir, tmp_path: Path) -> None:
    assert nir("backup", tmp_path / "backup.db").code == 0
    assert (tmp_path / "backup.db").stat().st_size > 10_000


@pytest.mark.usefixtures("locked")
def test_doctor_tells_that_it_can_only_be_read(nir: Nir) -> None:
    checks = {check["name"]: check for check in nir("doctor", "--json").json}

    assert checks["database"]["good"]
    assert "only be read" in checks["database"]["detail"]


def test_one_of_an_earlier_shape_there_is_told_of(nir: Nir, filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(filled / "catalog.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0006'")
        connection.commit()
    monkeypatch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)
    ran = nir("search", "ferry")

    assert ran.code == 3
    assert f"its revision is 0006 and must be {HEAD}" in ran.err


def test_last_changes_that_cannot_be_read_there_are_told_of(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = open_catalog()
    with held.begin() as connection:
        connection.execute(text("UPDATE episode SET title = 'The ferry is back'"))
        (tmp_path / "copy").mkdir()
        for suffix in ("", "-wal"):
            shutil.copy(filled / f"catalog.db{suffix}", tmp_path / "copy")
    held.dispose()
    monkeypatch.setenv("NIR_HOME", str(tmp_path / "copy"))
    (tmp_path / "copy" / "catalog.db-wal").write_bytes(b"not empty")
    monkeypatch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)

    with pytest.raises(NotAllowed, match=r"last changes are in catalog\.db-wal"):
        catalog_to_read()


@pytest.fixture
def reader(postgres_engine: Engine, nir: Nir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[URL]:
    """The address of a PostgreSQL catalog for a role that may only read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.jsonl").write_text(LINE)
    (tmp_path / "again.jsonl").write_text(LINE.replace("ep-1", "ep-2"))
    monkeypatch.setenv("NIR_DATABASE_URL", postgres_engine.url.render_as_string(hide_password=False))
    assert nir("import", "one.jsonl").code == 0
    with postgres_engine.begin() as connection:
        connection.execute(text("CREATE ROLE reader LOGIN"))
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"))
    url = make_url(postgres_engine.url).set(username="reader")
    monkeypatch.setenv("NIR_DATABASE_URL", url.render_as_string(hide_password=False))
    yield url
    with postgres_engine.begin() as connection:
        connection.execute(text("DROP OWNED BY reader"))
        connection.execute(text("DROP ROLE reader"))


@pytest.mark.usefixtures("closed")
def test_a_role_that_may_only_read(nir: Nir, reader: URL, tmp_path: Path) -> None:
    for words in [*READS, ["backup", str(tmp_path / "backup.db")], ["doctor", "--json"]]:
        ran = nir(*words)
        assert ran.code == (1 if words[0] == "doctor" and "model" in ran.out else 0) or words[0] == "doctor", (
            words,
            ran.err,
        )
    for words in WRITES:
        ran = nir(*words)
        assert (ran.code, "permission denied for" in ran.err) in ((3, True), (2, False)), (words, ran.err)
        assert "please report" not in ran.err


@pytest.mark.usefixtures("closed")
def test_a_role_without_rights_to_a_table(nir: Nir, reader: URL, postgres_engine: Engine) -> None:
    with postgres_engine.begin() as connection:
        connection.execute(text("REVOKE SELECT ON episode FROM reader"))
    ran = nir("search", "ferry")

    assert ran.code == 3
    assert "permission denied for table episode" in ran.err


@pytest.mark.usefixtures("closed")
def test_a_role_before_an_earlier_shape(nir: Nir, reader: URL, postgres_engine: Engine) -> None:
    with postgres_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0006'"))
    ran = nir("search", "ferry")

    assert ran.code == 3
    assert f"its revision is 0006 and must be {HEAD}" in ran.err


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("words", [["search", "ferry"], ["link"], ["backup", "b.db"], ["serve"]], ids=" ".join)
def test_a_catalog_of_a_newer_version_is_left_alone(
    nir: Nir, engine: Engine, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9001'"))
    monkeypatch.setenv("NIR_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    ran = nir(*words)

    assert ran.code == 3
    assert "made by a newer version of nir" in ran.err
    assert "please report" not in ran.err
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9001"


def test_another_programs_file_is_no_catalog(nir: Nir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(tmp_path / "marks.db")) as connection:
        connection.execute("CREATE TABLE bookmark (id INTEGER)")
    before = (tmp_path / "marks.db").read_bytes()
    monkeypatch.setenv("NIR_DATABASE_URL", f"sqlite:///{tmp_path / 'marks.db'}")
    ran = nir("status")

    assert ran.code == 3
    assert "tables of another program" in ran.err
    with closing(sqlite3.connect(tmp_path / "marks.db")) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmark",)]
    assert len((tmp_path / "marks.db").read_bytes()) == len(before)


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_made_is_private_and_what_was_open_is_told_of(nir: Nir, filled: Path) -> None:
    held = open_catalog()
    with held.begin() as connection:
        connection.execute(text("UPDATE episode SET number = 1"))
        assert {rights(file) for file in filled.glob("catalog.db*")} == {0o600}
    held.dispose()
    assert rights(filled) == 0o700
    assert {check["name"]: check for check in nir("doctor", "--json").json}["rights"]["good"]

    filled.chmod(0o755)
    (filled / "catalog.db").chmod(0o644)
    assert nir("search", "ferry").code == 0
    check = {check["name"]: check for check in nir("doctor", "--json").json}["rights"]
    assert (check["good"], check["needed"]) == (False, False)
    assert f"chmod 600 {filled}" in check["detail"]
    assert (rights(filled), rights(filled / "catalog.db")) == (0o755, 0o644)


@pytest.mark.parametrize(
    "name", ["what?", "a%41b", "a#b", "a b", "ü", "a:b", "a@b:c", "a&b=c", "[x]", "q'\"q", "a+b", "%3F", "file:x"]
)
def test_a_home_of_any_name(nir: Nir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    home = tmp_path / "homes" / name / "nir"
    monkeypatch.setenv("NIR_HOME", str(home))
    (tmp_path / "one.jsonl").write_text(LINE)
    assert nir("import", tmp_path / "one.jsonl").code == 0
    found = nir("search", "ferry", "--json")
    backed = nir("backup", home / "backup.db")
    restored = nir("restore", home / "backup.db")

    assert len(found.json) == 1
    assert (backed.code, restored.code) == (0, 2)
    assert [one.name for one in (tmp_path / "homes").iterdir()] == [name]
    assert (home / "catalog.db").is_file()
    assert sorted(one.name for one in home.parent.iterdir()) == ["nir"]


@pytest.mark.parametrize(
    "url", ["sqlite:///here.db", "sqlite://", "sqlite:///:memory:", "sqlite:///file:here.db?mode=rwc&uri=true"]
)
def test_other_forms_of_sqlites_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NIR_DATABASE_URL", url)
    engine = open_catalog()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
    engine.dispose()
    assert (tmp_path / "here.db").exists() == ("here" in url)


def test_a_file_that_cannot_be_written_is_not_opened_to_be_written(locked: Path) -> None:
    with pytest.raises(NotAllowed, match="cannot be written"):
        connect(Settings.from_environment().database_url)
