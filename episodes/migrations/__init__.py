"""The schema's migrations: Alembic revisions in ``versions/``, applied by ``migrate`` whenever a command opens a catalog.

There is no alembic.ini: the top level of the project is fixed, and users do not need one. ``HEAD`` repeats the newest revision: an
up-to-date catalog is recognised by one query, without loading Alembic, and a test keeps the two equal.
To add a revision: change ``models/``, write ``versions/NNNN_what.py`` with the DDL spelled out (a migration never calls code that may
change later, except for canonical URLs: 0009 explains why), and set ``HEAD``. A test compares a migrated database with a new one.

    env.py            Alembic's entry point
    script.py.mako    template of a new revision
    versions/         the revisions, by number
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, Engine, inspect, text

from episodes import redaction
from episodes.database import database_errors, only_writer
from episodes.errors import DatabaseUnreachable, NotAllowed, TooNew
from episodes.logs import logger

log = logger(__name__)

HEAD = "0009"

#: Alembic keeps its connection in a module variable.
_ONE_AT_A_TIME = Lock()


def migrate(engine: Engine) -> bool:
    """Migrate the catalog to the newest revision. Return True if it was older. Concurrent processes migrate only once.

    Raises:
        DatabaseUnreachable: the database cannot be opened, or belongs to another program.
        TooNew: a newer version of the program made it.
        NotAllowed: it needs migrating and is read-only.
    """
    found: str | None = None
    try:
        with database_errors(engine):
            with engine.connect() as connection:
                found = catalog_revision(connection)
            return found != HEAD and _upgraded(engine)
    except NotAllowed as error:
        if found == HEAD:
            raise
        needed = f"its revision is {found or 'none'} and must be {HEAD}, which needs permission to change its tables"
        raise NotAllowed(error.item, f"{needed}: {error.detail}") from error


def _upgraded(engine: Engine) -> bool:
    with engine.execution_options(begin="IMMEDIATE").begin() as connection:
        only_writer(connection)
        found = catalog_revision(connection)
        if found == HEAD:
            return False
        log.info(
            "%s: migrating from revision %s to %s", redaction.redact_database_url(engine.url), found or "none", HEAD
        )
        upgrade(connection)
    return True


def catalog_revision(connection: Connection) -> str | None:
    """Return the revision of a catalog, None for an empty database.

    A PostgreSQL database may contain other tables as well; a SQLite file with other tables is another program's.

    Raises:
        TooNew: the revision is unknown.
        DatabaseUnreachable: the file is another program's.
    """
    found = revision_of(connection)
    where = redaction.redact_database_url(connection.engine.url)
    if found and found not in known_revisions():
        raise TooNew(where, f"its revision is {found}, the newest known here {HEAD}")
    if not found and connection.dialect.name == "sqlite" and inspect(connection).get_table_names():
        raise DatabaseUnreachable(where, "this file contains the tables of another program, and no catalog")
    return found


def known_revisions() -> set[str]:
    """Return the revisions that this version of the program can migrate."""
    return {path.name[:4] for path in (Path(__file__).parent / "versions").glob("[0-9]*.py")}


def revision_of(connection: Connection) -> str | None:
    """Return the revision of a database, None if it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Apply the revisions up to ``revision`` on an open connection, inside its transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, revision)
