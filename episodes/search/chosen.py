"""Which index a connection has: the only file that knows both databases."""

from __future__ import annotations

from sqlalchemy import Connection

from episodes.search import postgres, sqlite
from episodes.search.databases import FullText


def full_text(connection: Connection) -> FullText:
    """The index of the database behind ``connection``."""
    return postgres if connection.dialect.name == "postgresql" else sqlite
