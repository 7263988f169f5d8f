"""What a backup says of itself: how many rows it has, and a checksum of all of it. Written by ``seal``, held against the file by ``fault``.

Both look at the stored values, not at what models make of them, so that a backup of an earlier shape is checked as it was written. The
checksum is over the definitions of all tables and every row of them, in the order of their ids: looking into a backup with nir, which
turns on the write-ahead log, leaves it valid. What only SQLite keeps (pages, indexes) is checked by SQLite itself.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator

from sqlalchemy import Connection

#: The file's application id: "NiRb" (https://www.sqlite.org/fileformat2.html#application_id).
APPLICATION_ID = 0x4E695262
TABLE = "backup_manifest"
_CREATE = f"CREATE TABLE {TABLE} (checksum TEXT NOT NULL, row_count INTEGER NOT NULL, program TEXT NOT NULL, made_at TEXT NOT NULL)"
#: Tables whose rows count; those of the full-text index are SQLite's own, and empty in a backup.
_TABLES = """SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
    AND name NOT LIKE 'passage!_index%' ESCAPE '!' AND name != ? ORDER BY name"""
_DEFINITIONS = "SELECT type, name, sql FROM sqlite_master WHERE name != ? ORDER BY type, name"


def seal(connection: Connection, rows: int, program: str, made_at: str) -> None:
    """Mark a finished SQLite file as a backup and write down its checksum, in the connection's transaction."""
    about = (rows, program, made_at)
    stored = connection.connection.driver_connection
    assert isinstance(stored, sqlite3.Connection)
    values = (checksum(stored, about), *about)
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(_CREATE)
    connection.exec_driver_sql(f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?)", values)  # noqa: S608 - a name of our own


def fault(connection: sqlite3.Connection) -> str | None:
    """What is wrong with a file, in a few words; None where nothing is. Without a manifest only SQLite's own checks are made.

    Raises:
        sqlite3.Error: it is damaged so that it cannot be read.
    """
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        return f"the file is damaged: {' '.join(str(found).split())}"
    identity = connection.execute("PRAGMA application_id").fetchone()[0]
    if identity not in (0, APPLICATION_ID):
        return "it is another program's file"
    if not is_sealed(connection):
        return "its manifest is missing" if identity else None
    kept = connection.execute(f"SELECT * FROM {TABLE}").fetchall()  # noqa: S608 - a name of our own
    if len(kept) != 1 or not identity or kept[0][0] != checksum(connection, kept[0][1:]):
        return "its content is not what `nir backup` wrote: it is damaged, or was changed since"
    return None


def is_sealed(connection: sqlite3.Connection) -> bool:
    """Whether the file says that it is a backup."""
    return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (TABLE,)).fetchone())


def checksum(connection: sqlite3.Connection, about: tuple[object, ...]) -> str:
    """Of ``about``, all definitions and all rows; the manifest itself is left out."""
    digest = hashlib.sha256()
    connection.text_factory = bytes  # the texts of a damaged file may be none
    try:
        for row in _rows(connection, about):
            for value in row:
                content = value if isinstance(value, bytes) else repr(value).encode()
                digest.update(f"{type(value).__name__}{len(content)}:".encode() + content)
            digest.update(b";")
    finally:
        connection.text_factory = str
    return digest.hexdigest()


def _rows(connection: sqlite3.Connection, about: tuple[object, ...]) -> Iterator[tuple[object, ...]]:
    yield tuple(str(value) for value in about)
    yield from connection.execute(_DEFINITIONS, (TABLE,)).fetchall()
    for (name,) in connection.execute(_TABLES, (TABLE,)).fetchall():
        yield (name,)
        quoted = name.decode().replace('"', '""')
        yield from connection.execute(f'SELECT * FROM "{quoted}" ORDER BY rowid')  # noqa: S608 - quoted
