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


def open_catalog(of: Settings | None = None) -> Engine:
    """The catalog, made or brought to the newest shape where needed.

    Raises:
        DatabaseUnreachable: it cannot be opened.
    """
    from episodes.database import connect
    from episodes.migrations import migrate

    engine = connect((of or settings()).database_url)
    migrate(engine)
    return engine


def now() -> datetime:
    """The present moment in UTC: asked for here, passed down everywhere else."""
    return datetime.now(UTC)
