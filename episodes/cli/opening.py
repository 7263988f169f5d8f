"""Open settings and catalog when a command first needs them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from episodes.config import Settings


def settings() -> Settings:
    """Return the settings of the environment."""
    from episodes.config import Settings

    return Settings.from_environment()


def open_catalog(of: Settings | None = None, *, reads: bool = False) -> Engine:
    """Open the catalog; create or migrate it if needed.

    Raises:
        DatabaseUnreachable: it cannot be opened.
        NotAllowed: it is read-only and would have to be written or migrated first.
    """
    from episodes.database import connect
    from episodes.migrations import migrate

    engine = connect((of or settings()).database_url, reads=reads)
    migrate(engine)
    return engine


def catalog_to_read() -> Engine:
    """Open the catalog for a command that changes nothing; a read-only one will do."""
    return open_catalog(reads=True)


def now() -> datetime:
    """Return the current time in UTC; everywhere else it is passed as an argument."""
    return datetime.now(UTC)
