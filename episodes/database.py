"""Engine and transactions on SQLite and PostgreSQL.

A transaction on SQLite that reads and then writes fails at once with SQLITE_BUSY_SNAPSHOT when another has written meanwhile,
whatever the timeout; one that begins with ``BEGIN IMMEDIATE`` waits its turn. So whoever means to write says so: ``writing()``
begins immediately, ``reading()`` begins plainly and must not write. The journal is WAL: readers never wait for the writer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as AllConnectionsBusy
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, create_engine

from episodes.errors import DatabaseUnreachable, DiskFull
from episodes.lasting import never_made_by_reading
from episodes.patience import Patience, current, still_wanted

#: Seconds that a SQLite writer waits for another one.
BUSY_TIMEOUT = 60
#: Seconds that PostgreSQL has to take notice that a statement is to stop.
_CANCEL = 2.0


def connect(url: str) -> Engine:
    """An engine for the catalog at ``url``; the folder of a SQLite file is made.

    Raises:
        DatabaseUnreachable: the address cannot be read, its driver is missing, or its folder cannot be made.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(url, parsed.database)
        return _postgres(url, parsed.get_driver_name())
    except ModuleNotFoundError as error:
        hint = f"{error}; `pip install 'news-in-review[postgres]'` brings PostgreSQL's driver"
        raise DatabaseUnreachable(_safe(url), hint) from error
    except (ArgumentError, NoSuchModuleError, OSError) as error:
        raise DatabaseUnreachable(_safe(url), error) from error


def _postgres(url: str, driver: str) -> Engine:
    # A prepared statement is planned once for all words, and then as if each were rare: a search would read the whole index.
    unprepared = {"prepare_threshold": None} if driver == "psycopg" else {}
    return create_engine(url, pool_pre_ping=True, connect_args=unprepared)


def _sqlite(url: str, file: str | None) -> Engine:
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _on_begin, not behind our back by the driver
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")


def read_only(engine: Engine, *, seconds: float = 10) -> Engine:
    """The same engine, from now on unable to write, each transaction of it stopped after so many ``seconds``.

    For what answers strangers: a question that takes too long must not hold up the others, whatever it asks. One for which somebody's
    ``patience`` is known ends with that, if it is shorter, and at once when nobody waits any more.
    """
    engine.dispose()  # connections that can write are not used again
    event.listen(engine, "before_cursor_execute", _only_if_wanted)
    if engine.dialect.name == "postgresql":

        def only_read(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg is an extra
            connection.read_only = True
            connection.execute(f"SET statement_timeout = {int(seconds * 1000)}")
            connection.commit()

        event.listen(engine, "connect", only_read)
        event.listen(engine, "begin", partial(_hurry, seconds=seconds))
        event.listen(engine, "commit", _hurry_no_more)
        event.listen(engine, "rollback", _hurry_no_more)
        return engine

    def no_longer(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA query_only=ON")
        connection.set_progress_handler(lambda: _too_long(record.info), 10_000)

    def from_now(connection: Connection) -> None:
        connection.info["until"], connection.info["patience"] = monotonic() + seconds, current()

    never_made_by_reading(engine, _safe(str(engine.url)))
    event.listen(engine, "connect", no_longer)
    event.listen(engine, "begin", from_now)
    return engine


def _too_long(info: Mapping[str, Any]) -> bool:
    asked: Patience | None = info.get("patience")
    return monotonic() > info.get("until", inf) or (asked is not None and asked.over())


def _only_if_wanted(connection: Connection, *_: object) -> None:
    """What is worked out between statements takes time, too.

    Raises:
        DatabaseUnreachable: nobody waits for the answer any more.
    """
    still_wanted(connection)


def _hurry(connection: Connection, seconds: float) -> None:
    """PostgreSQL is told how long each statement of this transaction may take, and can be told to stop (a connection's own method)."""
    asked = current()
    driver = connection.connection.driver_connection
    if asked and driver:
        if asked.left < seconds:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(int(asked.left * 1000), 1)}")
        connection.info["patience"] = asked
        asked.stopping(driver, partial(_cancel, driver))


def _cancel(driver: Any) -> None:  # noqa: ANN401 - psycopg is an extra
    with suppress(Exception):  # where it cannot be told, its own time limit ends it
        driver.cancel_safe(timeout=_CANCEL)


def _hurry_no_more(connection: Connection) -> None:
    asked: Patience | None = connection.info.pop("patience", None)
    if asked:
        asked.done(connection.connection.driver_connection)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads."""
    with database_errors(engine), Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session whose whole block is one transaction: committed at its end, rolled back on any error.

    Raises:
        DiskFull: the disk has no room.
        DatabaseUnreachable: the database is locked for longer than a minute, read-only, damaged or away.
    """
    immediate = engine.execution_options(begin="IMMEDIATE")
    with database_errors(engine), Session(immediate, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def database_errors(engine: Engine) -> Iterator[None]:
    """Turn what a person can mend into our errors; what is a bug stays what it is."""
    try:
        yield
    except AllConnectionsBusy as error:
        raise DatabaseUnreachable(_safe(str(engine.url)), "all connections are in use") from error
    except (OperationalError, DatabaseError) as error:
        cause = _cause(error)
        if "disk is full" in cause or "No space left" in cause or "could not extend file" in cause:
            raise DiskFull(detail=cause) from error
        mendable = isinstance(error, OperationalError) and not cause.startswith(("no such", "near "))
        if mendable or "not a database" in cause or "malformed" in cause or "readonly" in cause:
            raise DatabaseUnreachable(_safe(str(engine.url)), cause.splitlines()[0]) from error
        raise


def _cause(error: DatabaseError) -> str:
    """What went wrong first: a full disk takes SQLite's savepoints with it, and going back to one then fails on its own account."""
    first: BaseException = error
    while "no such savepoint" in str(first) and first.__context__:
        first = first.__context__
    return str(first.orig if isinstance(first, DatabaseError) else first)


def _safe(url: str) -> str:
    """The address without its password."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url
