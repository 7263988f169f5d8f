"""A whole catalog from one database into another, row by row: backups, restores, and the way from SQLite to PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Table, func, insert, select, text

from episodes.models import metadata

#: Rows that travel in one statement.
TOGETHER = 1000


#: Large, and made anew from the texts by the next run of linking.
LEFT_OUT = {"linking_memory"}


def tables() -> list[Table]:
    """The tables that travel, each behind those that it refers to."""
    return [table for table in metadata.sorted_tables if table.name not in LEFT_OUT]


def is_empty(connection: Connection) -> bool:
    """Whether no table has a row."""
    return all(not connection.execute(select(func.count()).select_from(table)).scalar() for table in tables())


def copy(source: Connection, target: Connection) -> Iterator[tuple[str, int]]:
    """Copy every table; yields its name and number of rows. The target has the tables, and they are empty."""
    for table in tables():
        rows = source.execute(select(table).order_by(table.c.id)).mappings()
        count = 0
        for some in rows.partitions(TOGETHER):
            target.execute(insert(table), [dict(row) for row in some])
            count += len(some)
        _go_on_counting(target, table)
        yield table.name, count


def _go_on_counting(target: Connection, table: Table) -> None:
    """PostgreSQL numbers new rows from a sequence, which does not know of rows that came with their ids."""
    if target.dialect.name == "postgresql":
        name = target.dialect.identifier_preparer.format_table(table)
        last = f"(SELECT max(id) FROM {name})"  # noqa: S608 - the name is our own table's
        target.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last}) WHERE {last} IS NOT NULL"))
