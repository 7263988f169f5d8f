"""The catalog's shape, step by step: Alembic revisions in ``versions/``, applied by ``migrate`` whenever a command opens a catalog.

There is no alembic.ini: the top level of the project is fixed, and a user's machine has no use for one. ``HEAD`` repeats the newest
revision, so that a catalog that is up to date is recognised by one query, without loading Alembic; a test holds the two equal.
To add a step: change ``models/``, write ``versions/NNNN_what.py`` with the DDL written out (a migration never calls code that
may change later, but for the form of addresses: 0009 says why), set ``HEAD``; the test that compares a migrated database with a
created one tells whether they agree.

    env.py            what Alembic runs
    script.py.mako    what it writes a new revision from
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

#: Alembic keeps the connection that it works on in a variable of its module.
_ONE_AT_A_TIME = Lock()


def migrate(engine: Engine) -> bool:
    """Bring the catalog to the newest shape; True if there was something to do. Two processes at once do it once.

    Raises:
        DatabaseUnreachable: the database cannot be opened, or is another program's.
        TooNew: a newer version of the program made it.
        NotAllowed: there is something to do, and the catalog can only be read.
    """
    found: str | None = None
    try:
        with database_errors(engine):
            with engine.connect() as connection:
                found = ours(connection)
            return found != HEAD and _upgraded(engine)
    except NotAllowed as error:
        if found == HEAD:
            raise
        shape = f"its shape is {found or 'none'} and has to be {HEAD}, which takes the right to change its tables"
        raise NotAllowed(error.item, f"{shape}: {error.detail}") from error


def _upgraded(engine: Engine) -> bool:
    with engine.execution_options(begin="IMMEDIATE").begin() as connection:
        only_writer(connection)
        found = ours(connection)
        if found == HEAD:
            return False
        log.info("%s: its shape is %s and becomes %s", redaction.redact_database_url(engine.url), found or "none", HEAD)
        upgrade(connection)
    return True


def ours(connection: Connection) -> str | None:
    """The revision that a catalog has, None for an empty database.

    A PostgreSQL database may hold other tables beside ours; a SQLite file that holds another program's is that program's.
    """
    found = version(connection)
    where = redaction.redact_database_url(connection.engine.url)
    if found and found not in known():
        raise TooNew(where, f"its revision is {found}, the newest known here {HEAD}")
    if not found and connection.dialect.name == "sqlite" and inspect(connection).get_table_names():
        raise DatabaseUnreachable(where, "this file holds the tables of another program, and none of a catalog")
    return found


def known() -> set[str]:
    """The revisions that this version of the program can read and bring to the newest."""
    return {path.name[:4] for path in (Path(__file__).parent / "versions").glob("[0-9]*.py")}


def version(connection: Connection) -> str | None:
    """The revision that a database has, None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the steps up to ``revision`` on an open connection, inside its transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, revision)
