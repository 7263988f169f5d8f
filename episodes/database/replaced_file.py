"""A SQLite catalog that is read for days: if its file goes, or another takes its place, that is noticed, and no empty one is made.

A connection keeps the file that it has opened, whatever becomes of the name; and to open a name that is gone makes a new file. So a pool
looks at the name each time that it lends a connection out: one to another file is opened anew, and what is not there is not opened.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from episodes.errors import DatabaseUnreachable
from episodes.logs import logger

log = logger(__name__)


def reopen_if_replaced(engine: Engine, name: str) -> None:
    """From now on the engine reads what is at its address at that time; ``name`` is the address as people may see it."""
    file = Path(engine.url.database or "")
    if not engine.url.database or engine.url.database == ":memory:" or not file.is_absolute():
        return

    def before(*_: object) -> None:
        _there(file, name)

    def opened(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        record.info["file"] = _there(file, name)
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'episode'").fetchone():
            raise DatabaseUnreachable(name, "the file there is no catalog")

    def lent(_connection: sqlite3.Connection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if record.info.get("file") != _there(file, name):
            log.info("%s: another file has taken its place, opened anew", name)
            raise DisconnectionError

    event.listen(engine, "do_connect", before)
    event.listen(engine, "connect", opened)
    event.listen(engine, "checkout", lent)


def _there(file: Path, name: str) -> tuple[int, int]:
    """Which file it is.

    Raises:
        DatabaseUnreachable: there is none.
    """
    try:
        found = file.stat()
    except OSError as error:
        raise DatabaseUnreachable(name, error.strerror or "it is gone") from error
    return found.st_dev, found.st_ino
