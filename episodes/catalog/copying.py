"""Copy a whole catalog from one database into another, row by row: for backups, restores and moves from SQLite to PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, RowMapping, Table, exists, insert, select, text
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError

from episodes.errors import BadRow
from episodes.models import metadata

#: Rows per statement, and in memory at a time.
BATCH_SIZE = 500

#: Not copied: the linking state is large and made anew by the next run of linking, passages by indexing the texts.
EXCLUDED = {"linking_memory", "passage"}


def tables() -> list[Table]:
    """The tables to copy, each after those that it refers to."""
    return [table for table in metadata.sorted_tables if table.name not in EXCLUDED]


def is_empty(connection: Connection) -> bool:
    """True if no table has a row."""
    return not any(connection.execute(select(exists().select_from(table))).scalar() for table in tables())


def lock_tables(connection: Connection) -> None:
    """Keep others from writing until the transaction ends. SQLite does so from its beginning; on PostgreSQL the tables are locked."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(map(connection.dialect.identifier_preparer.format_table, tables()))
        connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


def copy(source: Connection, target: Connection) -> Iterator[tuple[str, int]]:
    """Copy every table and yield its name and number of rows. The target must have the tables, empty.

    Raises:
        BadRow: A row cannot be read, or the target does not accept it; the error names it.
    """
    for table in tables():
        count = 0
        for some in _rows(source, table):
            _insert(target, table, some)
            count += len(some)
        _advance_sequence(target, table)
        yield table.name, count


def _rows(source: Connection, table: Table) -> Iterator[Sequence[RowMapping]]:
    """The rows, a batch at a time; PostgreSQL keeps the rest on the server."""
    # An option of the statement: on the connection, psycopg would use a named cursor for every statement.
    statement = select(table).order_by(table.c.id).execution_options(stream_results=True, max_row_buffer=BATCH_SIZE)
    try:
        yield from source.execute(statement).mappings().partitions(BATCH_SIZE)
    except (ValueError, TypeError) as error:  # a stored value does not have its column's type
        raise BadRow(f"table {table.name}", f"a value cannot be read: {error}") from error


def _insert(target: Connection, table: Table, some: Sequence[RowMapping]) -> None:
    """Insert all rows in one statement; if the target refuses, one by one, to find the bad row."""
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
    """True if a value is at fault, not the database: its type (SQLSTATE class 22), a constraint (23), its size (54)."""
    state = getattr(error.orig, "sqlstate", None) or ""
    return isinstance(error, DataError | IntegrityError) or state[:2] in ("22", "23", "54")


def _advance_sequence(target: Connection, table: Table) -> None:
    """Set PostgreSQL's id sequence behind the copied ids; inserting rows with ids does not advance it."""
    if target.dialect.name == "postgresql":
        name = target.dialect.identifier_preparer.format_table(table)
        last = f"(SELECT max(id) FROM {name})"  # noqa: S608 - the name of our own table
        target.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last}) WHERE {last} IS NOT NULL"))
