"""A bad item, a database that is away and somebody in the way are told apart, by what both databases really say."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from episodes.config import Settings
from episodes.database import connect, in_savepoint, in_transaction, reading, transactions, writer_lock, writing
from episodes.database.errors import ErrorKind, error_kind, error_message
from episodes.errors import Contended, DatabaseUnreachable
from episodes.models import Show
from episodes.pipeline import importing
from episodes.pipeline.item_outcomes import guarded
from episodes.pipeline.run import Run
from episodes.values import Outcome, State, Transcribe

NOW = datetime(2026, 5, 4, tzinfo=UTC)
BAD = {
    "a number out of range": {"tries": 2**40 * 2**20},
    "no value at all": {"state": None},
    "no number": {"tries": "many"},
}


def insert(session: Session, **values: object) -> None:
    row = {
        "step": "x",
        "item": "y",
        "state": "done",
        "reason": "",
        "title": "",
        "tries": 0,
        "data": "{}",
        "at": "2026-05-04 00:00:00",
        **values,
    }
    columns = ", ".join(row)
    session.execute(text(f"INSERT INTO outcome ({columns}) VALUES ({', '.join(f':{name}' for name in row)})"), row)


@pytest.mark.parametrize("values", BAD.values(), ids=list(BAD))
def test_a_bad_item_fails_alone(postgres_engine: Engine, values: dict[str, Any], tmp_path: Path) -> None:
    """In its savepoint: what else is in the transaction stays."""
    run = Run(postgres_engine, Settings.of_home(tmp_path), now=lambda: NOW)
    with writing(postgres_engine) as session:
        insert(session)
        became = guarded(
            run, lambda: in_savepoint(session, lambda: insert(session, item="z", **values)), item="z", step="x"
        )  # type: ignore[arg-type,return-value]

    assert became.state is State.FAILED
    assert became.reason.startswith("the database rejects it: ")
    assert "INSERT" not in became.reason
    with reading(postgres_engine) as session:
        assert session.execute(text("SELECT count(*) FROM outcome")).scalar() == 1


@pytest.mark.parametrize("statement", ["SELECT 1 FROM nowhere", "SELEC", "INSERT INTO show (id) VALUES (1)"])
def test_what_is_refused_for_itself_is_no_database_that_is_away(engine: Engine, statement: str) -> None:
    with pytest.raises(DBAPIError) as caught, writing(engine) as session:
        session.execute(text(statement))

    assert error_kind(caught.value) is ErrorKind.BAD_ITEM


def test_too_many_values_for_a_statement(postgres_engine: Engine) -> None:
    """The driver has no code for it, and SQLite takes so many; the connection is as good as before."""
    marks = ", ".join(["%s"] * 70_000)
    with postgres_engine.connect() as connection:
        with pytest.raises(DBAPIError) as caught:
            connection.exec_driver_sql(f"SELECT 1 WHERE 1 IN ({marks})", tuple(range(70_000)))
        connection.rollback()

        assert error_kind(caught.value) is ErrorKind.BAD_ITEM
        assert len(error_message(caught.value)) <= 300


def test_a_connection_that_is_cut_is_a_database_that_is_away(postgres_engine: Engine) -> None:
    with pytest.raises(DatabaseUnreachable), writing(postgres_engine) as session:
        own = session.execute(text("SELECT pg_backend_pid()")).scalar()
        with postgres_engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
        session.execute(text("SELECT 1"))


def test_a_role_without_rights_is_told(postgres_engine: Engine) -> None:
    with postgres_engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS onlooker"))
        connection.execute(text("CREATE ROLE onlooker"))
    with pytest.raises(DatabaseUnreachable, match="permission denied"), writing(postgres_engine) as session:
        session.execute(text("SET LOCAL ROLE onlooker"))
        session.execute(text("SELECT * FROM show"))


@pytest.mark.parametrize("failure", ["40001", "40P01"])
def test_what_somebody_was_in_the_way_of_is_done_again(
    postgres_engine: Engine, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    """From the start: what the first tries wrote is gone."""
    monkeypatch.setattr(transactions, "sleep", lambda _: None)
    tries = []

    def work(session: Session) -> int:
        session.add(Show(url=f"show {len(tries)}", added_at=NOW))
        session.flush()
        tries.append(1)
        if len(tries) < 4:
            session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'in the way' USING ERRCODE = '{failure}'; END $$"))
        return len(tries)

    assert in_transaction(postgres_engine, work) == 4
    with reading(postgres_engine) as session:
        assert [show.url for show in session.exec(select(Show))] == ["show 3"]


def test_tries_come_to_an_end(postgres_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(transactions, "sleep", pauses.append)
    deadlock = text("DO $$ BEGIN RAISE EXCEPTION 'in the way' USING ERRCODE = '40P01'; END $$")

    with pytest.raises(Contended, match="run the command again"):
        in_transaction(postgres_engine, lambda session: session.execute(deadlock))
    assert len(pauses) == transactions.MAX_TRIES - 1
    assert all(0 < pause < 5 for pause in pauses)


def test_a_row_that_another_wrote_meanwhile_is_found_the_second_time(engine: Engine) -> None:
    asked: list[int] = []

    def work(session: Session) -> int:
        asked.append(1)
        row = session.exec(select(Show)).first() if len(asked) > 1 else None
        row = row or Show(url="harbour", added_at=NOW)
        session.add(row)
        session.flush()
        return row.id or 0

    first = in_transaction(engine, work)
    asked.clear()
    assert in_transaction(engine, work) == first
    asked.clear()
    with writing(engine) as session:
        assert in_savepoint(session, lambda: work(session)) == first


def test_one_writes_at_a_time(engine: Engine) -> None:
    """Both read the same and write what follows from it: none overwrites the other."""
    begun = threading.Barrier(4, timeout=60)
    with writing(engine) as session:
        session.add(Show(url="harbour", title="0", added_at=NOW))

    def count() -> None:
        begun.wait()
        for _ in range(10):
            with writing(engine) as session:
                row = session.exec(select(Show)).one()
                row.title = str(int(row.title) + 1)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as session:
        assert session.exec(select(Show.title)).one() == "40"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_lock, "LOCK_TIMEOUT", 0.2)


def test_nobody_waits_for_ever(impatient: None, engine: Engine) -> None:
    other = connect(engine.url.render_as_string(hide_password=False))
    with writing(engine) as session:
        session.add(Show(url="harbour", added_at=NOW))
        session.flush()
        with pytest.raises(Contended), writing(other):
            pytest.fail("both write")
    other.dispose()


Line = Callable[[str], dict[str, object]]
HOSTILE: dict[str, object] = {
    "NUL": "a\x00b",
    "a lone surrogate": "a\ud800b",
    "a word without end": "w" * 30_000,
    "a large number": 10**30,
}


@pytest.mark.parametrize("field", ["id", "title", "show", "language", "extra"])
@pytest.mark.parametrize("value", HOSTILE.values(), ids=list(HOSTILE))
def test_a_bad_line_stops_nothing(engine: Engine, tmp_path: Path, field: str, value: object) -> None:
    lines = [
        {
            "id": f"line-{n}",
            "title": f"Line {n}",
            "date": "2026-05-01",
            "segments": [{"start": 0, "end": 1, "text": "A ferry"}],
        }
        for n in range(3)
    ]
    lines[1][field] = value
    file = tmp_path / "lines.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    run = Run(engine, Settings.of_home(tmp_path), now=lambda: NOW, transcribe=Transcribe.NEVER)
    made: list[Outcome] = list(importing.import_paths(run, [file]))

    assert [made[0].state, made[2].state] == [State.DONE, State.DONE]
    assert made[1].state in (State.DONE, State.FAILED)
    assert "unexpected" not in made[1].reason
    assert [one.state for one in importing.import_paths(run, [file])][::2] == [State.UNCHANGED, State.UNCHANGED]
