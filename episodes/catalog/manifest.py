"""The manifest of a backup: its number of rows and a checksum of its content. ``seal`` writes it, ``fault`` verifies it.

Both read the stored values, not the models, so that a backup with an earlier schema is verified as it was written. The checksum covers
the definitions of all tables and all their rows, in the order of their ids. Opening a backup with nir, which turns on the write-ahead log,
therefore leaves it valid. What belongs to SQLite alone (pages, indexes) is verified by SQLite.
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
#: Tables with rows to check; those of the full-text index belong to SQLite and are empty in a backup.
_TABLES = """SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
    AND name NOT LIKE 'passage!_index%' ESCAPE '!' AND name != ? ORDER BY name"""
_DEFINITIONS = "SELECT type, name, sql FROM sqlite_master WHERE name != ? ORDER BY type, name"


def seal(connection: Connection, rows: int, program: str, made_at: str) -> None:
    """Turn a finished SQLite file into a backup: write the manifest, in the connection's transaction."""
    about = (rows, program, made_at)
    stored = connection.connection.driver_connection
    assert isinstance(stored, sqlite3.Connection)
    values = (checksum(stored, about), *about)
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(_CREATE)
    connection.exec_driver_sql(f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?)", values)  # noqa: S608 - a constant name


def fault(connection: sqlite3.Connection) -> str | None:
    """What is wrong with a file, in a few words; None if nothing. Without a manifest only SQLite's own check is made.

    Raises:
        sqlite3.Error: The file cannot be read.
    """
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        return f"the file is damaged: {' '.join(str(found).split())}"
    identity = connection.execute("PRAGMA application_id").fetchone()[0]
    if identity not in (0, APPLICATION_ID):
        return "it is another program's file"
    if not is_sealed(connection):
        return "its manifest is missing" if identity else None
    kept = connection.execute(f"SELECT * FROM {TABLE}").fetchall()  # noqa: S608 - a constant name
    if len(kept) != 1 or not identity or kept[0][0] != checksum(connection, kept[0][1:]):
        return "its content is not what `nir backup` wrote: it is damaged, or was changed since"
    return None


def is_sealed(connection: sqlite3.Connection) -> bool:
    """True if the file has a manifest."""
    return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (TABLE,)).fetchone())


def checksum(connection: sqlite3.Connection, about: tuple[object, ...]) -> str:
    """SHA-256 of ``about``, all definitions and all rows, without the manifest."""
    digest = hashlib.sha256()
    connection.text_factory = bytes  # texts of a damaged file may not be UTF-8
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
