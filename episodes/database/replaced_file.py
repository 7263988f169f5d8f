"""Notice that a SQLite catalog was removed or replaced while a server reads it, for days perhaps, and never create an empty one.

A connection keeps its open file whatever happens to the path, and opening a missing path creates a new file. So the connection pool checks
the path on each checkout: if another file is there, the connection is reopened, and a missing file is not opened.
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
    """Make the engine read whatever file is at its path at that time; ``name`` is the URL to show in errors."""
    file = Path(engine.url.database or "")
    if not engine.url.database or engine.url.database == ":memory:" or not file.is_absolute():
        return

    def check_exists(*_: object) -> None:
        _identity(file, name)

    def on_connect(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        record.info["file"] = _identity(file, name)
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'episode'").fetchone():
            raise DatabaseUnreachable(name, "the file is not a catalog")

    def on_checkout(_connection: sqlite3.Connection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if record.info.get("file") != _identity(file, name):
            log.info("%s: replaced by another file, reopened", name)
            raise DisconnectionError

    event.listen(engine, "do_connect", check_exists)
    event.listen(engine, "connect", on_connect)
    event.listen(engine, "checkout", on_checkout)


def _identity(file: Path, name: str) -> tuple[int, int]:
    """Return the file's identity, (device, inode).

    Raises:
        DatabaseUnreachable: it does not exist.
    """
    try:
        found = file.stat()
    except OSError as error:
        raise DatabaseUnreachable(name, error.strerror or "it does not exist") from error
    return found.st_dev, found.st_ino
