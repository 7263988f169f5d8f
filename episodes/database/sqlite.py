"""Engines for SQLite files: WAL, foreign keys, and explicit transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool
from sqlmodel import create_engine

from episodes.database import sqlite_file
from episodes.database.writer_lock import BUSY_TIMEOUT, begin_immediate
from episodes.errors import NotAllowed


def engine(url: URL, *, reads: bool) -> Engine:
    """Return an engine for a SQLite file; without write permission only if the caller only ``reads``."""
    file = sqlite_file.file_of(url)
    if file and not file.exists():
        sqlite_file.create_folder(file.parent)
    if file and not sqlite_file.writable(file):
        if not reads:
            raise NotAllowed(file, "the file or its folder cannot be written")
        return _read_only_file(url, file)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT})
    if file:
        event.listen(engine, "do_connect", create_private_file)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _read_only_file(url: URL, file: Path) -> Engine:
    """Return an engine for a file that cannot be written; each connection decides anew how to open it."""
    sqlite_file.read_only_uri(file)
    return engine_from_uri(url, partial(sqlite_file.read_only_uri, file))


def engine_from_uri(url: URL, uri: Callable[[], str]) -> Engine:
    """Return an engine that opens a SQLite ``file:`` URI, computed for each connection. Connections are not pooled."""

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(uri(), uri=True, timeout=BUSY_TIMEOUT, check_same_thread=False)

    engine = create_engine(url, poolclass=NullPool, creator=opened)
    event.listen(engine, "connect", _manual_transactions)
    event.listen(engine, "begin", _on_begin)
    return engine


def scratch_engine(file: Path) -> Engine:
    """Return a fast engine for a temporary SQLite file, which is discarded after an error: its journal stays in memory."""

    def fast(connection: sqlite3.Connection, record: object) -> None:
        _manual_transactions(connection, record)
        connection.execute("PRAGMA journal_mode=MEMORY")
        connection.execute("PRAGMA synchronous=OFF")

    engine = create_engine(sqlite_file.url_of(file))
    event.listen(engine, "connect", fast)
    event.listen(engine, "begin", _on_begin)
    return engine


def _manual_transactions(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # _on_begin starts transactions, not the driver implicitly


def _on_connect(connection: sqlite3.Connection, record: object) -> None:
    _manual_transactions(connection, record)
    cursor = connection.cursor()
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",) and _may_be_a_catalog(cursor):
        with suppress(
            sqlite3.OperationalError
        ):  # in use by others or not writable: its present journal mode works as well
            cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _may_be_a_catalog(cursor: sqlite3.Cursor) -> bool:
    """Return True if a file is empty or a catalog. Another program's file is not changed, not even its journal mode."""
    with suppress(sqlite3.DatabaseError):  # not a database: the next statement reports it
        names = {name for (name,) in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return not names or "alembic_version" in names
    return False


def _on_begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get("begin", "DEFERRED")
    if kind == "IMMEDIATE":
        begin_immediate(connection)
    else:
        connection.exec_driver_sql(f"BEGIN {kind}")


def create_private_file(_dialect: object, _record: object, arguments: Sequence[Any], _named: object) -> None:
    """Create the file private to its owner: SQLite would make it readable for everyone."""
    sqlite_file.create_file(Path(arguments[0]))
