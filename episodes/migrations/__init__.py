"""The catalog's shape, step by step: Alembic revisions in ``versions/``, applied by ``migrate`` whenever a command opens a catalog.

There is no alembic.ini: the top level of the project is fixed, and a user's machine has no use for one. ``HEAD`` repeats the newest
revision, so that a catalog that is up to date is recognised by one query, without loading Alembic; a test holds the two equal.
To add a step: change ``models.py``, write ``versions/NNNN_what.py`` with the DDL written out (a migration never calls code that
may change later), set ``HEAD``; the test that compares a migrated database with a created one tells whether they agree.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from episodes.database import database_errors, only_writer

HEAD = "0008"


def migrate(engine: Engine) -> bool:
    """Bring the catalog to the newest shape; True if there was something to do. Two processes at once do it once.

    Raises:
        DatabaseUnreachable: the database cannot be opened.
    """
    with database_errors(engine):
        with engine.connect() as connection:
            if version(connection) == HEAD:
                return False
        with engine.execution_options(begin="IMMEDIATE").begin() as connection:
            only_writer(connection)
            if version(connection) == HEAD:
                return False
            upgrade(connection)
    return True


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
    command.upgrade(config, revision)
