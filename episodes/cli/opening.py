"""Settings and the catalog, opened when a command first needs them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from episodes.config import Settings


def settings() -> Settings:
    """What the environment says."""
    from episodes.config import Settings

    return Settings.from_environment()


def open_catalog(of: Settings | None = None, *, reads: bool = False) -> Engine:
    """The catalog, made or brought to the newest shape where needed.

    Raises:
        DatabaseUnreachable: it cannot be opened.
        NotAllowed: it can only be read, and it has to be written or brought to the newest shape first.
    """
    from episodes.database import connect
    from episodes.migrations import migrate

    engine = connect((of or settings()).database_url, reads=reads)
    migrate(engine)
    return engine


def catalog_to_read() -> Engine:
    """The catalog for a command that changes nothing: one that cannot be written will do."""
    return open_catalog(reads=True)


def now() -> datetime:
    """The present moment in UTC: asked for here, passed down everywhere else."""
    return datetime.now(UTC)
