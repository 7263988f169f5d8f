"""Backup and restore: the whole catalog into one file and back, for SQLite and PostgreSQL.

A backup is a SQLite catalog, readable with any SQLite tool, without passages and search index, which a restore makes anew. To move a
catalog to another database, restore it into an empty one there. The media folder is not included: audio can be fetched again.

A backup is consistent while others write: it is read in one transaction that sees one snapshot. A restore is one transaction, too, rows
and index together: if it is killed, nothing has happened, and it can be run again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, Engine

from episodes.catalog import manifest
from episodes.catalog.copying import copy, is_empty, lock_tables
from episodes.database import database_errors, scratch_engine, writing
from episodes.database.sqlite_file import file_of
from episodes.errors import Usage
from episodes.logs import logger
from episodes.migrations import migrate
from episodes.pipeline.atomic_file import atomic_file
from episodes.pipeline.backup_source import check_kind, opened
from episodes.pipeline.run import Run
from episodes.search import index
from episodes.values import Progress

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Restored:
    """The number of restored rows, and whether a checksum has verified them."""

    rows: int
    checked: bool


def backup(database: Engine, file: Path) -> int:
    """Write the catalog to ``file``, atomically, readable for its owner only; returns the number of rows.

    Raises:
        Usage: The file exists already.
        DiskFull: There is not enough space for it.
    """
    with atomic_file(file) as part:
        target = scratch_engine(part)
        try:
            migrate(target)
            with database_errors(target), snapshot(database) as source, target.begin() as connection:
                rows = sum(count for _, count in copy(source, connection))
                manifest.seal(connection, rows, version("news-in-review"), f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
        finally:
            target.dispose()
    log.info("%s: written, %d rows", file, rows)
    return rows


@contextmanager
def snapshot(database: Engine) -> Iterator[Connection]:
    """A read-only connection with snapshot isolation: it sees the catalog as it is at the first read.

    On SQLite every transaction does; on PostgreSQL those from REPEATABLE READ on. SERIALIZABLE (the only level at which DEFERRABLE has a
    meaning) would only guard against writers that are serializable, too, which this catalog's are not, and a standby refuses it.
    https://www.postgresql.org/docs/current/sql-set-transaction.html
    """
    with database_errors(database), database.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection


def restore(run: Run, file: Path) -> Restored:
    """Fill the empty catalog of ``run`` from a backup and index it. The file is opened read-only.

    Raises:
        NotFound: The file does not exist.
        Usage: The catalog is not empty, or is the file itself.
        BadBackup: The file is not a backup, or damaged.
        TooNew: A newer version of the program made it.
    """
    check_kind(file)
    own = file_of(run.database.url)
    if own and own.exists() and own.samefile(file):
        raise Usage(file, "this is the catalog itself; name an empty one by NIR_HOME or NIR_DATABASE_URL")
    with snapshot(run.database) as connection:
        _check_empty(connection)
    with opened(file) as source, source.engine.connect() as reading, writing(run.database) as session:
        target = session.connection()
        lock_tables(target)
        _check_empty(target)
        rows = sum(count for _, count in copy(reading, target))
        source.check_unchanged()
        run.report(Progress("import", "the index"))
        index.rebuild(session)
    log.info(
        "%s: restored, %d rows, %s", file, rows, "its checksum is right" if source.sealed else "without a checksum"
    )
    return Restored(rows, source.sealed)


def _check_empty(connection: Connection) -> None:
    if not is_empty(connection):
        raise Usage("restore", "this catalog is not empty; name an empty one by NIR_HOME or NIR_DATABASE_URL")
