"""Make an engine read-only, and cancel its statements at the deadline of the request they serve."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from math import inf
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from episodes import redaction
from episodes.database import sqlite
from episodes.database.replaced_file import reopen_if_replaced
from episodes.deadline import Deadline, check_deadline, current_deadline

#: Seconds to wait for PostgreSQL to accept a cancel request.
_CANCEL = 2.0


def read_only(engine: Engine, *, seconds: float = 10) -> Engine:
    """Return the same engine, unable to write from now on, with each transaction limited to ``seconds``.

    For public servers: a slow query must not hold up the others. If the request has a deadline (``episodes.deadline``), that applies when
    it is shorter, and cancelling it stops the query at once.
    """
    engine.dispose()  # discards connections that can write
    event.listen(engine, "before_cursor_execute", _check_deadline)
    if engine.dialect.name == "postgresql":
        _forbid_writing_postgres(engine, seconds)
    else:
        _forbid_writing_sqlite(engine, seconds)
    return engine


def _forbid_writing_postgres(engine: Engine, seconds: float) -> None:
    def set_read_only(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg is an extra
        connection.read_only = True
        connection.execute(f"SET statement_timeout = {int(seconds * 1000)}")
        connection.commit()

    event.listen(engine, "connect", set_read_only)
    event.listen(engine, "begin", partial(_limit_statements, seconds=seconds))
    event.listen(engine, "commit", _release_statements)
    event.listen(engine, "rollback", _release_statements)


def _forbid_writing_sqlite(engine: Engine, seconds: float) -> None:
    def set_query_only(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA query_only=ON")
        connection.set_progress_handler(lambda: _too_long(record.info), 10_000)

    def start_clock(connection: Connection) -> None:
        connection.info["until"], connection.info["deadline"] = monotonic() + seconds, current_deadline()

    if event.contains(engine, "do_connect", sqlite.create_private_file):
        event.remove(engine, "do_connect", sqlite.create_private_file)
    reopen_if_replaced(engine, redaction.redact_database_url(engine.url))
    event.listen(engine, "connect", set_query_only)
    event.listen(engine, "begin", start_clock)


def _too_long(info: Mapping[str, Any]) -> bool:
    deadline: Deadline | None = info.get("deadline")
    return monotonic() > info.get("until", inf) or (deadline is not None and deadline.passed())


def _check_deadline(connection: Connection, *_: object) -> None:
    """Check the deadline before each statement: the work between statements takes time, too.

    Raises:
        DatabaseUnreachable: the deadline has passed.
    """
    check_deadline(connection)


def _limit_statements(connection: Connection, seconds: float) -> None:
    """Set PostgreSQL's statement timeout for this transaction, and register its cancellation with the deadline."""
    deadline = current_deadline()
    driver = connection.connection.driver_connection
    if deadline and driver:
        if deadline.remaining < seconds:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(int(deadline.remaining * 1000), 1)}")
        connection.info["deadline"] = deadline
        deadline.on_cancel(driver, partial(_cancel, driver))


def _cancel(driver: Any) -> None:  # noqa: ANN401 - psycopg is an extra
    with suppress(Exception):  # if that fails, the statement timeout ends it
        driver.cancel_safe(timeout=_CANCEL)


def _release_statements(connection: Connection) -> None:
    deadline: Deadline | None = connection.info.pop("deadline", None)
    if deadline:
        deadline.finished(connection.connection.driver_connection)
