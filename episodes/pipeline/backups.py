"""The whole catalog into one file and back, from and to SQLite and PostgreSQL alike.

A backup is itself a SQLite catalog, so that anybody can look into it; the search index is left out and made anew. Restoring into an empty
catalog on another database is how a catalog moves. The media folder is not in it: sound can be fetched again.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from episodes.catalog.copying import copy, is_empty
from episodes.database import connect, database_errors
from episodes.errors import NotFound, Usage
from episodes.migrations import migrate
from episodes.pipeline.indexing import reindex
from episodes.pipeline.run import Run


def backup(database: Engine, file: Path) -> int:
    """Write the catalog to ``file``, which appears whole or not at all; gives the number of rows.

    Raises:
        Usage: the file exists already.
    """
    if file.exists():
        raise Usage(file, "the file exists already; name another")
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    target = connect(f"sqlite:///{part}")
    try:
        migrate(target)
        rows = _copy(database, target)
    finally:
        target.dispose()
    part.replace(file)
    return rows


def restore(run: Run, file: Path) -> int:
    """Fill the empty catalog of ``run`` from a backup and index it; gives the number of rows.

    Raises:
        NotFound: there is no such file.
        Usage: the catalog is not empty.
        DatabaseUnreachable: the file is no backup.
    """
    if not file.is_file():
        raise NotFound(file, "no such file")
    with run.database.connect() as connection:
        if not is_empty(connection):
            raise Usage("restore", "this catalog is not empty; name an empty one by NIR_HOME or NIR_DATABASE_URL")
    source = connect(f"sqlite:///{file}")
    try:
        migrate(source)
        rows = _copy(source, run.database)
    finally:
        source.dispose()
    reindex(run)
    return rows


def _copy(source: Engine, target: Engine) -> int:
    immediate = target.execution_options(begin="IMMEDIATE")
    with database_errors(source), source.connect() as reading, database_errors(target), immediate.begin() as writing:
        return sum(count for _, count in copy(reading, writing))
