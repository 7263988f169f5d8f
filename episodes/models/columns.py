"""Column types and constraint names that all tables share."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, MetaData, Text, TypeDecorator
from sqlmodel import SQLModel

from episodes.names import LONGEST, SHORT, bounded
from transcripts.text import storable

# Named constraints let Alembic alter them on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: SQLite keeps no time zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - theirs
        """To UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - theirs
        """With its time zone."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class CleanText(TypeDecorator[str]):
    """Text that every database takes, see ``transcripts.text``."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - theirs
        """To what both databases take."""
        return value if value is None else storable(value)


class Name(TypeDecorator[str]):
    """What the world calls a thing: text that is looked for by an index, see ``episodes.names``."""

    impl = Text
    cache_ok = True
    longest = LONGEST

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - theirs
        """To what both databases index."""
        return value if value is None else bounded(value, self.longest)


class ShortName(Name):
    """A name of which an index row has several."""

    cache_ok = True
    longest = SHORT
