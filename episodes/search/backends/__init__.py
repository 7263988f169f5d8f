"""Which index a connection has: the only file that knows both databases.

base.py      what is wanted of a database
sqlite.py    FTS5 has it
postgres.py  tsvector has it
"""

from __future__ import annotations

from sqlalchemy import Connection

from episodes.search.backends import postgres, sqlite
from episodes.search.backends.base import Backend


def backend_of(connection: Connection) -> Backend:
    """Return the backend for the connection's database."""
    return postgres if connection.dialect.name == "postgresql" else sqlite
