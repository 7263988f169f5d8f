"""Transactions wait for each other, undo themselves, and tell what a person can mend."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from episodes.database import connect, reading, writing
from episodes.errors import DatabaseUnreachable, DiskFull
from episodes.models import Show

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def follow(session: Session, name: str) -> None:
    session.add(Show(url=name, added_at=NOW))


def test_writers_that_read_first_wait_for_each_other(engine: Engine) -> None:
    """A deferred transaction would fail at once with SQLITE_BUSY_SNAPSHOT here."""
    begun = threading.Barrier(2, timeout=30)

    def read_then_write(name: str) -> None:
        begun.wait()
        for n in range(10):
            with writing(engine) as session:
                session.exec(select(Show)).all()
                follow(session, f"{name}{n}")

    threads = [threading.Thread(target=read_then_write, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with reading(engine) as session:
        assert len(session.exec(select(Show)).all()) == 20


def test_an_error_undoes_the_whole_block(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(engine) as session:
        follow(session, "a")
        session.flush()
        raise ZeroDivisionError

    with reading(engine) as session:
        assert session.exec(select(Show)).all() == []


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """SQLite's own error, from a database that may not grow."""
    engine = connect(f"sqlite:///{tmp_path / 'small.db'}")
    Show.metadata.create_all(engine)
    with writing(engine) as session:
        follow(session, "kept")
    with engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
    engine.dispose()
    engine = connect(f"sqlite:///{tmp_path / 'small.db'}")

    with pytest.raises(DiskFull, match="free some space"), writing(engine) as session:
        session.connection().exec_driver_sql(f"PRAGMA max_page_count={pages}")
        for n in range(5000):
            follow(session, f"{n}" * 100)

    with reading(engine) as session:
        assert [show.url for show in session.exec(select(Show))] == ["kept"]
    engine.dispose()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "catalog.db"
    file.write_text("news " * 1000)
    engine = connect(f"sqlite:///{file}")

    with pytest.raises(DatabaseUnreachable, match="not a database"), reading(engine) as session:
        session.exec(select(Show)).all()


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "nosuchdatabase://host/name",
        "sqlite:////dev/null/catalog.db",
        "postgresql+nosuchdriver://host/name",
    ],
)
def test_addresses_that_cannot_be(url: str) -> None:
    with pytest.raises(DatabaseUnreachable, match="NIR_DATABASE_URL"):
        connect(url)


def test_a_server_that_is_away_is_named_without_its_password() -> None:
    engine = connect("postgresql+psycopg://reader:secret@127.0.0.1:1/catalog")

    with pytest.raises(DatabaseUnreachable) as caught, reading(engine) as session:
        session.exec(select(Show)).all()

    assert "127.0.0.1:1" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["mysql://root:secret@127.0.0.1/nir", "mysql+pymysql://127.0.0.1/nir", "oracle://h/n", "foo://h/n", "catalog.db"],
)
def test_another_database_is_refused_with_what_is_supported(url: str) -> None:
    with pytest.raises(DatabaseUnreachable) as caught:
        connect(url)

    assert "only sqlite:///FILE and postgresql+psycopg://USER@HOST/NAME are supported" in str(caught.value)
    assert "pip install" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_another_driver_of_postgresql_is_named_by_the_right_one() -> None:
    with pytest.raises(DatabaseUnreachable, match=r"only .*postgresql\+psycopg://"):
        connect("postgresql+pg8000://127.0.0.1/nir")
