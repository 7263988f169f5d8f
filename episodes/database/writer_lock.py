"""One writer at a time: BEGIN IMMEDIATE on SQLite, an advisory lock on PostgreSQL."""

from __future__ import annotations

import random
from time import monotonic, sleep

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from episodes.database.errors import ErrorKind, error_kind

#: Seconds that a writer waits for another: reindexing a large catalog takes minutes.
LOCK_TIMEOUT = 600
#: SQLite's own busy timeout for everything but this lock, and the interval at which this lock is polled; in seconds.
BUSY_TIMEOUT, POLL_INTERVAL = 60, 0.05
#: Key of PostgreSQL's advisory lock, taken to write or migrate.
ADVISORY_LOCK = 7463521


def begin_immediate(connection: Connection) -> None:
    """Begin a write transaction as soon as no other is open.

    SQLite's own busy handler polls at growing intervals: a busy writer would starve the others, and Ctrl-C would not interrupt it.
    """
    until = monotonic() + LOCK_TIMEOUT
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        while not _try_begin_immediate(connection, until):
            sleep(POLL_INTERVAL * random.random())  # noqa: S311 - not a secret
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT * 1000}")


def _try_begin_immediate(connection: Connection, until: float) -> bool:
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        if error_kind(error) is not ErrorKind.RETRY or monotonic() > until:
            raise
        return False
    return True


def only_writer(connection: Connection) -> None:
    """Wait until no one else writes to this catalog, and keep other writers out until the transaction ends.

    On SQLite, BEGIN IMMEDIATE has done both already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:writer)"), {"writer": ADVISORY_LOCK})
