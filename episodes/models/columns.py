"""Column types and naming of constraints, shared by all tables."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, MetaData, Text, TypeDecorator
from sqlmodel import SQLModel

from episodes.names import LONGEST, SHORT, bounded
from transcripts.text import storable

# Alembic can alter constraints on both databases only if they have names.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata


class UtcDateTime(TypeDecorator[datetime]):
    """A UTC timestamp. SQLite stores no time zone, so it is added when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Convert to UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Add the time zone if it is missing."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class CleanText(TypeDecorator[str]):
    """Text cleaned of characters that a database rejects, see ``transcripts.text``."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Remove what a database rejects."""
        return value if value is None else storable(value)


class Name(TypeDecorator[str]):
    """A name in an index: text shortened to what an index row can hold, see ``episodes.names``."""

    impl = Text
    cache_ok = True
    longest = LONGEST

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Shorten to what both databases can index."""
        return value if value is None else bounded(value, self.longest)


class ShortName(Name):
    """A name in an index over several columns."""

    cache_ok = True
    longest = SHORT
