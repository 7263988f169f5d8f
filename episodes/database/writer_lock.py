"""One writer at a time: how a transaction that means to write waits for its turn."""

from __future__ import annotations

import random
from time import monotonic, sleep

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from episodes.database.errors import ErrorKind, error_kind

#: Seconds that a writer waits for another one: to index a large catalog anew takes minutes.
LOCK_TIMEOUT = 600
#: Seconds that SQLite itself waits where it is not about who writes next, and between two looks at that.
BUSY_TIMEOUT, POLL_INTERVAL = 60, 0.05
#: PostgreSQL's advisory lock of whoever writes or migrates.
ADVISORY_LOCK = 7463521


def begin_immediate(connection: Connection) -> None:
    """Begin to write as soon as nobody else does.

    SQLite's own waiting looks ever more seldom, so that whoever writes much leaves the others no gap, and a Ctrl-C is not heard in it.
    """
    until = monotonic() + LOCK_TIMEOUT
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        while not _try_begin_immediate(connection, until):
            sleep(POLL_INTERVAL * random.random())  # noqa: S311 - no secret
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
    """Wait until nobody else writes to this catalog, and keep others from it until the end of the transaction.

    On SQLite a transaction that has begun immediately is the only one already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:writer)"), {"writer": ADVISORY_LOCK})
