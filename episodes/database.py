"""Engine and transactions on SQLite and PostgreSQL.

A transaction on SQLite that reads and then writes fails at once with SQLITE_BUSY_SNAPSHOT when another has written meanwhile,
whatever the timeout; one that begins with ``BEGIN IMMEDIATE`` waits its turn. So whoever means to write says so: ``writing()``
begins immediately, ``reading()`` begins plainly and must not write. The journal is WAL: readers never wait for the writer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as AllConnectionsBusy
from sqlalchemy.pool import ConnectionPoolEntry, NullPool
from sqlmodel import Session, create_engine

from episodes import redaction, sqlite_file
from episodes.errors import DatabaseUnreachable, DiskFull, NotAllowed
from episodes.redaction import hide

#: Seconds that a SQLite writer waits for another one.
BUSY_TIMEOUT = 60


def connect(url: str | URL, *, reads: bool = False) -> Engine:
    """An engine for the catalog at ``url``; a SQLite file and its folder are made, for their owner alone.

    Who only ``reads`` may come to a SQLite file that cannot be written, too: it is opened so that nothing is written.

    Raises:
        DatabaseUnreachable: the address cannot be read, its driver is missing, or its folder cannot be made.
        NotAllowed: the SQLite file cannot be written, and that is wanted.
    """
    hide(url if isinstance(url, str) else url.render_as_string(hide_password=False))
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed, reads=reads)
        return _postgres(parsed, parsed.get_driver_name())
    except ModuleNotFoundError as error:
        hint = f"{error}; `pip install 'news-in-review[postgres]'` brings PostgreSQL's driver"
        raise DatabaseUnreachable(redaction.database(url), hint) from error
    except (
        ArgumentError,
        NoSuchModuleError,
        ValueError,
        TypeError,
    ) as error:  # their words repeat the address, or pieces of it
        raise DatabaseUnreachable(redaction.database(url), "this is no address of a database") from error
    except OSError as error:
        raise DatabaseUnreachable(redaction.database(url), error) from error


def _postgres(url: URL, driver: str) -> Engine:
    # A prepared statement is planned once for all words, and then as if each were rare: a search would read the whole index.
    unprepared = {"prepare_threshold": None} if driver == "psycopg" else {}
    return create_engine(url, pool_pre_ping=True, connect_args=unprepared)


def _sqlite(url: URL, *, reads: bool) -> Engine:
    file = sqlite_file.file_of(url)
    if file and not file.exists():
        sqlite_file.make_folder(file.parent)
    if file and not sqlite_file.writable(file):
        if not reads:
            raise NotAllowed(file, "the file or its folder cannot be written")
        return _unwritten(url, file)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT})
    if file:
        event.listen(engine, "do_connect", lambda *_: sqlite_file.make(file))
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _unwritten(url: URL, file: Path) -> Engine:
    """For a file that cannot be written: each connection looks anew how it may be read."""
    sqlite_file.only_read(file)
    return reading_from(url, partial(sqlite_file.only_read, file))


def reading_from(url: URL, uri: Callable[[], str]) -> Engine:
    """An engine that reads a SQLite file by an address of SQLite's own, asked for at each connection; none outlives its use."""

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(uri(), uri=True, timeout=BUSY_TIMEOUT, check_same_thread=False)

    engine = create_engine(url, poolclass=NullPool, creator=opened)
    event.listen(engine, "connect", _by_hand)
    event.listen(engine, "begin", _on_begin)
    return engine


def unshared(file: Path) -> Engine:
    """An engine for a SQLite file that nobody else knows and that an error throws away: no journal of it goes to disk."""

    def fast(connection: sqlite3.Connection, record: object) -> None:
        _by_hand(connection, record)
        connection.execute("PRAGMA journal_mode=MEMORY")
        connection.execute("PRAGMA synchronous=OFF")

    engine = create_engine(sqlite_file.address(file))
    event.listen(engine, "connect", fast)
    event.listen(engine, "begin", _on_begin)
    return engine


def _by_hand(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _on_begin, not behind our back by the driver


def _on_connect(connection: sqlite3.Connection, record: object) -> None:
    _by_hand(connection, record)
    cursor = connection.cursor()
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        with suppress(sqlite3.OperationalError):  # in use by others, or not to be written: it is as good as it was
            cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")


def read_only(engine: Engine, *, seconds: float = 10) -> Engine:
    """The same engine, from now on unable to write, each transaction of it stopped after so many ``seconds``.

    For what answers strangers: a question that takes too long must not hold up the others, whatever it asks.
    """
    engine.dispose()  # connections that can write are not used again
    if engine.dialect.name == "postgresql":

        def only_read(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg is an extra
            connection.read_only = True
            connection.execute(f"SET statement_timeout = {int(seconds * 1000)}")
            connection.commit()

        event.listen(engine, "connect", only_read)
        return engine

    def no_longer(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA query_only=ON")
        connection.set_progress_handler(lambda: monotonic() > record.info.get("until", inf), 10_000)

    def from_now(connection: Connection) -> None:
        connection.info["until"] = monotonic() + seconds

    event.listen(engine, "connect", no_longer)
    event.listen(engine, "begin", from_now)
    return engine


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
        DatabaseUnreachable: the database is locked for longer than a minute, damaged or away.
        NotAllowed: it can only be read.
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
        raise DatabaseUnreachable(redaction.database(engine.url), "all connections are in use") from error
    except (OperationalError, DatabaseError) as error:
        cause = _cause(error)
        if "disk is full" in cause or "No space left" in cause or "could not extend file" in cause:
            raise DiskFull(detail=cause) from error
        if _refused(error):
            raise NotAllowed(redaction.database(engine.url), cause.splitlines()[0]) from error
        if error.statement is None and isinstance(error, ProgrammingError):  # a parameter that the driver does not know
            raise DatabaseUnreachable(redaction.database(engine.url), cause.splitlines()[0]) from error
        mendable = isinstance(error, OperationalError) and not cause.startswith(("no such", "near "))
        if mendable or "not a database" in cause or "malformed" in cause:
            raise DatabaseUnreachable(redaction.database(engine.url), cause.splitlines()[0]) from error
        raise


def _refused(error: DatabaseError) -> bool:
    """Whether a right is missing: to write at all (a file, a standby, a reader's account), or to a table."""
    state = getattr(error.orig, "sqlstate", None)
    return state in ("42501", "25006") or "readonly database" in str(error.orig)


def _cause(error: DatabaseError) -> str:
    """What went wrong first: a full disk takes SQLite's savepoints with it, and going back to one then fails on its own account."""
    first: BaseException = error
    while "no such savepoint" in str(first) and first.__context__:
        first = first.__context__
    return str(first.orig if isinstance(first, DatabaseError) else first)
