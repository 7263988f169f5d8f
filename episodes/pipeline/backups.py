"""The whole catalog into one file and back, from and to SQLite and PostgreSQL alike.

A backup is itself a SQLite catalog, so that anybody can look into it; passages and the search index are left out and made anew. Restoring
into an empty catalog on another database is how a catalog moves. The media folder is not in it: sound can be fetched again.

A backup is a state that was there at one moment, whoever writes meanwhile: all of it is read in one transaction that sees one snapshot. A
restore is one transaction, too, rows and index together: killed at any moment it has not happened, and is run again.
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
    """How many rows came back, and whether a checksum told that they are what was written."""

    rows: int
    checked: bool


def backup(database: Engine, file: Path) -> int:
    """Write the catalog to ``file``, which appears whole or not at all, for its owner alone; gives the number of rows.

    Raises:
        Usage: the file exists already.
        DiskFull: there is no room for it.
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
    """A connection that sees the catalog as it is at the first read, and changes nothing.

    On SQLite that is what every transaction sees; on PostgreSQL those from REPEATABLE READ on. SERIALIZABLE, with which alone DEFERRABLE
    has a meaning, would only guard against writers that are serializable themselves, which ours are not, and a standby refuses it.
    https://www.postgresql.org/docs/current/sql-set-transaction.html
    """
    with database_errors(database), database.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection


def restore(run: Run, file: Path) -> Restored:
    """Fill the empty catalog of ``run`` from a backup and index it. The file is only read.

    Raises:
        NotFound: there is no such file.
        Usage: the catalog is not empty, or is the file itself.
        BadBackup: the file is no backup, or damaged.
        TooNew: a newer version of the program made it.
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
