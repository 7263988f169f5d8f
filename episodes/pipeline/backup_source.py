"""Open the file of a restore: without changing it or anything beside it, and verified before a row is copied.

Files of ``nir backup`` are complete. A catalog may be given, too: one at rest is read in place, one in use through its write-ahead log.
One that a crash or a copy left with a log or journal is completed in a private copy. A backup with an earlier schema is migrated in a
private copy, too.
"""

from __future__ import annotations

import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from os import stat_result
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from episodes.catalog import manifest
from episodes.catalog.copying import tables
from episodes.database import engine_from_uri, scratch_engine
from episodes.database.sqlite_file import create_file, sidecar, uri, url_of
from episodes.errors import BadBackup, CatalogError, NoSuchFile, TooNew
from episodes.logs import logger
from episodes.migrations import HEAD, known_revisions, migrate

log = logger(__name__)

_MAGIC = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class Source:
    """A catalog with the current schema, opened read-only; ``sealed``: it had a checksum."""

    file: Path
    engine: Engine
    sealed: bool
    _before: stat_result

    def check_unchanged(self) -> None:
        """Call this when everything is read.

        Raises:
            BadBackup: The file was written in the meantime.
        """
        now = self.file.stat()
        if (now.st_mtime_ns, now.st_size, now.st_ino) != (
            self._before.st_mtime_ns,
            self._before.st_size,
            self._before.st_ino,
        ):
            raise BadBackup(
                self.file, "it was changed while it was read; run the command again when no other program writes to it"
            )


@contextmanager
def opened(file: Path) -> Iterator[Source]:
    """Open and verify a backup.

    Raises:
        NoSuchFile: The file does not exist.
        BadBackup: It is not a backup, or damaged.
        TooNew: A newer version of the program made it.
    """
    check_kind(file)
    with ExitStack() as done:
        folder = Path(done.enter_context(tempfile.TemporaryDirectory(prefix="nir-restore-")))
        before = file.stat()
        here = _readable_uri(file.resolve(), folder)
        revision, sealed = _verify(file, here)
        engine = _migrated(file, here, revision, folder)
        done.callback(engine.dispose)
        _check_tables(file, engine)
        yield Source(file, engine, sealed, before)


def check_kind(file: Path) -> None:
    """Check that ``file`` is a regular SQLite file: a pipe would block for ever.

    Raises:
        NoSuchFile: The file does not exist.
        BadBackup: It is not a regular file, or not a SQLite file.
    """
    try:
        found = file.stat()
    except FileNotFoundError as error:
        raise NoSuchFile(file) from error
    if not stat.S_ISREG(found.st_mode):
        raise BadBackup(file, "it is a folder" if stat.S_ISDIR(found.st_mode) else "it is not a regular file")
    with file.open("rb") as stream:
        if stream.read(len(_MAGIC)) != _MAGIC:
            raise BadBackup(file, "file is not a database" if found.st_size else "it is empty")


def _readable_uri(file: Path, folder: Path) -> str:
    """The SQLite URI to read: of the file itself, or of a copy with its log or journal, which SQLite has to apply first."""
    ahead, journal = sidecar(file, "-wal"), sidecar(file, "-journal")
    if ahead.exists() and sidecar(file, "-shm").exists():
        return uri(file)
    pending = [one for one in (ahead, journal) if one.exists() and one.stat().st_size]
    if not pending:
        return uri(file, immutable=True)
    log.info("%s: completed from %s in a private copy", file, ", ".join(one.name for one in pending))
    for one in (file, *pending):
        create_file(folder / one.name)
        shutil.copyfile(one, folder / one.name)
    with closing(sqlite3.connect(folder / file.name)) as copy:
        copy.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return uri(folder / file.name)


def _verify(file: Path, here: str) -> tuple[str, bool]:
    """Verify the file; returns its schema revision, and whether it has a checksum."""
    try:
        with closing(sqlite3.connect(here, uri=True)) as connection:
            if fault := manifest.fault(connection):
                raise BadBackup(file, fault)
            ours = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
            found = connection.execute("SELECT version_num FROM alembic_version").fetchall() if ours else []
            sealed = manifest.is_sealed(connection)
    except (sqlite3.Error, ValueError, OverflowError) as error:
        raise BadBackup(file, error) from error
    if not found:
        raise BadBackup(file, "it holds no catalog")
    if len(found) > 1 or found[0][0] not in known_revisions():
        raise TooNew(file, f"its revision is {found[0][0]}, the newest known here {HEAD}")
    return found[0][0], sealed


def _migrated(file: Path, here: str, revision: str, folder: Path) -> Engine:
    if revision == HEAD:
        return engine_from_uri(url_of(file), lambda: here)
    log.info("%s: its schema is %s, migrated to %s in a private copy", file, revision, HEAD)
    earlier = folder / "earlier-schema.db"
    create_file(earlier)
    with closing(sqlite3.connect(here, uri=True)) as source, closing(sqlite3.connect(earlier)) as target:
        source.backup(target)
    engine = scratch_engine(earlier)
    try:
        migrate(engine)
    except (SQLAlchemyError, CatalogError) as error:
        engine.dispose()
        raise BadBackup(file, f"it cannot be migrated to the current schema: {str(error).splitlines()[0]}") from error
    return engine


def _check_tables(file: Path, engine: Engine) -> None:
    try:
        with engine.connect() as connection:
            for table in tables():
                connection.execute(select(table).limit(0))
    except SQLAlchemyError as error:
        raise BadBackup(file, f"it holds no catalog: {getattr(error, 'orig', None) or error}") from error
