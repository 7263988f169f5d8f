"""The full-text index beside the table ``passage``: made and removed, on whichever database the connection has.

It is no SQLModel table, since each database has its own kind (``sqlite.py``, ``postgres.py``). All its names begin with
``passage_index``, so that a comparison of schemas can leave them out.
"""

from __future__ import annotations

from sqlalchemy import Connection

from episodes.search.backends import backend_of


def create_index(connection: Connection) -> None:
    """Make the index and what keeps it in step with ``passage``; nothing happens where it is there. Needs ``passage``."""
    backend_of(connection).create(connection)


def drop_index(connection: Connection) -> None:
    """Remove the index; the passages stay."""
    backend_of(connection).drop(connection)
