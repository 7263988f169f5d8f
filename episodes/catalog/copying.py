"""A whole catalog from one database into another, row by row: backups, restores, and the way from SQLite to PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, RowMapping, Table, exists, insert, select, text
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError

from episodes.errors import BadRow
from episodes.models import metadata

#: Rows that travel in one statement, and that are in memory at a time.
BATCH_SIZE = 500

#: Made anew: large, by the next run of linking; from the texts, with the index.
EXCLUDED = {"linking_memory", "passage"}


def tables() -> list[Table]:
    """The tables that travel, each behind those that it refers to."""
    return [table for table in metadata.sorted_tables if table.name not in EXCLUDED]


def is_empty(connection: Connection) -> bool:
    """Whether no table has a row."""
    return not any(connection.execute(select(exists().select_from(table))).scalar() for table in tables())


def lock_tables(connection: Connection) -> None:
    """Nobody else writes until the transaction ends: on SQLite its beginning says so, on PostgreSQL the tables are locked for it."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(map(connection.dialect.identifier_preparer.format_table, tables()))
        connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


def copy(source: Connection, target: Connection) -> Iterator[tuple[str, int]]:
    """Copy every table; yields its name and number of rows. The target has the tables, and they are empty.

    Raises:
        BadRow: a row cannot be read, or the target does not take it; the error names it.
    """
    for table in tables():
        count = 0
        for some in _rows(source, table):
            _insert(target, table, some)
            count += len(some)
        _advance_sequence(target, table)
        yield table.name, count


def _rows(source: Connection, table: Table) -> Iterator[Sequence[RowMapping]]:
    """The rows, a few at a time: PostgreSQL keeps the rest on its side."""
    # The option is the statement's: on the connection, psycopg would ask for a named cursor for everything.
    statement = select(table).order_by(table.c.id).execution_options(stream_results=True, max_row_buffer=BATCH_SIZE)
    try:
        yield from source.execute(statement).mappings().partitions(BATCH_SIZE)
    except (ValueError, TypeError) as error:  # a stored value is none of its column's kind
        raise BadRow(f"table {table.name}", f"a value cannot be read: {error}") from error


def _insert(target: Connection, table: Table, some: Sequence[RowMapping]) -> None:
    """All in one statement; where the target refuses that, one by one, to find out which."""
    rows = [dict(row) for row in some]
    try:
        with target.begin_nested():
            target.execute(insert(table), rows)
    except DatabaseError as error:
        if len(rows) > 1 and _row_is_to_blame(error):
            for row in some:
                _insert(target, table, [row])
        if _row_is_to_blame(error):
            cause = str(error.orig).partition("\n")[0]
            raise BadRow(
                f"table {table.name}, row {rows[0]['id']}", f"this database does not take it: {cause}"
            ) from error
        raise


def _row_is_to_blame(error: DatabaseError) -> bool:
    """Whether a value is to blame, not the database: its kind (SQLSTATE class 22), a constraint (23), its size (54)."""
    state = getattr(error.orig, "sqlstate", None) or ""
    return isinstance(error, DataError | IntegrityError) or state[:2] in ("22", "23", "54")


def _advance_sequence(target: Connection, table: Table) -> None:
    """PostgreSQL numbers new rows from a sequence, which does not know of rows that came with their ids."""
    if target.dialect.name == "postgresql":
        name = target.dialect.identifier_preparer.format_table(table)
        last = f"(SELECT max(id) FROM {name})"  # noqa: S608 - the name is our own table's
        target.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last}) WHERE {last} IS NOT NULL"))
