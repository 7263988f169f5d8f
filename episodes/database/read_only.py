"""Engines that cannot write, whose transactions end with the deadline of whoever asked."""

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

#: Seconds that PostgreSQL has to take notice that a statement is to stop.
_CANCEL = 2.0


def read_only(engine: Engine, *, seconds: float = 10) -> Engine:
    """The same engine, from now on unable to write, each transaction of it stopped after so many ``seconds``.

    For what answers strangers: a question that takes too long must not hold up the others, whatever it asks. One for which somebody's
    ``patience`` is known ends with that, if it is shorter, and at once when nobody waits any more.
    """
    engine.dispose()  # connections that can write are not used again
    event.listen(engine, "before_cursor_execute", _check_deadline)
    if engine.dialect.name == "postgresql":

        def only_read(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg is an extra
            connection.read_only = True
            connection.execute(f"SET statement_timeout = {int(seconds * 1000)}")
            connection.commit()

        event.listen(engine, "connect", only_read)
        event.listen(engine, "begin", partial(_limit_statements, seconds=seconds))
        event.listen(engine, "commit", _release_statements)
        event.listen(engine, "rollback", _release_statements)
        return engine

    def no_longer(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA query_only=ON")
        connection.set_progress_handler(lambda: _too_long(record.info), 10_000)

    def from_now(connection: Connection) -> None:
        connection.info["until"], connection.info["deadline"] = monotonic() + seconds, current_deadline()

    if event.contains(engine, "do_connect", sqlite.create_private_file):
        event.remove(engine, "do_connect", sqlite.create_private_file)
    reopen_if_replaced(engine, redaction.redact_database_url(engine.url))
    event.listen(engine, "connect", no_longer)
    event.listen(engine, "begin", from_now)
    return engine


def _too_long(info: Mapping[str, Any]) -> bool:
    deadline: Deadline | None = info.get("deadline")
    return monotonic() > info.get("until", inf) or (deadline is not None and deadline.passed())


def _check_deadline(connection: Connection, *_: object) -> None:
    """What is worked out between statements takes time, too.

    Raises:
        DatabaseUnreachable: nobody waits for the answer any more.
    """
    check_deadline(connection)


def _limit_statements(connection: Connection, seconds: float) -> None:
    """PostgreSQL is told how long each statement of this transaction may take, and can be told to stop (a connection's own method)."""
    deadline = current_deadline()
    driver = connection.connection.driver_connection
    if deadline and driver:
        if deadline.remaining < seconds:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(int(deadline.remaining * 1000), 1)}")
        connection.info["deadline"] = deadline
        deadline.on_cancel(driver, partial(_cancel, driver))


def _cancel(driver: Any) -> None:  # noqa: ANN401 - psycopg is an extra
    with suppress(Exception):  # where it cannot be told, its own time limit ends it
        driver.cancel_safe(timeout=_CANCEL)


def _release_statements(connection: Connection) -> None:
    deadline: Deadline | None = connection.info.pop("deadline", None)
    if deadline:
        deadline.finished(connection.connection.driver_connection)
