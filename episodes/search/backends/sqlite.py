"""The index on SQLite: an FTS5 table with the row ids of ``passage``.

    title    stems of the document's title
    body     stems of the passage
    forms    words as written, prefixed by a sign, where they differ from the stem; ``bridg*`` searches them, too

The tokenizer is ``ascii``: it takes every character beyond ASCII for a letter and folds only A-Z, so our tokens come out as they went in.
FTS5 keeps a copy of the columns; a table without one (``contentless_delete``) needs SQLite 3.43, which the Python of many systems lacks.
A trigger on ``passage`` deletes index rows. SQLite fires it for rows deleted by a cascade as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    bindparam,
    case,
    column,
    exists,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.exc import DatabaseError
from sqlalchemy.sql.expression import SQLColumnExpression

from episodes.search.backends.base import FREQUENCY_CAP, ExpectedHits, IndexEntry, NarrowHits, exact_form, exact_forms
from episodes.search.query import And, Node, Or, Phrase, Prefix, Titled, Without, Word

_INDEX = table("passage_index", column("rowid", Integer))
_CREATE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS passage_index USING fts5(title, body, forms, tokenize = 'ascii')",
    "INSERT INTO passage_index(passage_index, rank) VALUES ('rank', 'bm25(4.0, 1.0, 0.5)')",
    """CREATE TRIGGER IF NOT EXISTS passage_index_delete AFTER DELETE ON passage
       BEGIN DELETE FROM passage_index WHERE rowid = old.id; END""",
)

matches_per_row = False
_VOCABULARY = """CREATE VIRTUAL TABLE IF NOT EXISTS temp.passage_index_vocabulary
                 USING fts5vocab('main', 'passage_index', 'row')"""


def create(connection: Connection) -> None:
    """Create the index if it does not exist."""
    for statement in _CREATE:
        connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Remove the index."""
    connection.execute(text("DROP TRIGGER IF EXISTS passage_index_delete"))
    connection.execute(text("DROP TABLE IF EXISTS passage_index"))


def clear(connection: Connection) -> None:
    """Empty the index; recreating it is faster than deleting its rows."""
    drop(connection)
    create(connection)


def add(connection: Connection, entries: Sequence[IndexEntry]) -> None:
    """Index new passages."""
    statement = text("INSERT INTO passage_index(rowid, title, body, forms) VALUES (:rowid, :title, :body, :forms)")
    if entries:
        connection.execute(statement, [_row(entry) for entry in entries])


def is_current(connection: Connection, entries: Sequence[IndexEntry]) -> bool:
    """Return True if the index holds exactly these entries for these passages."""
    statement = text("SELECT rowid, title, body, forms FROM passage_index WHERE rowid = :rowid")
    return all(
        [row._asdict() for row in connection.execute(statement, {"rowid": entry.passage_id})] == [_row(entry)]
        for entry in entries
    )


def integrity_errors(connection: Connection) -> Iterator[str]:
    """Yield a sentence if the index is damaged, and one if it has rows without a passage."""
    try:
        connection.execute(text("INSERT INTO passage_index(passage_index) VALUES ('integrity-check')"))
    except DatabaseError as error:
        yield f"the index is damaged: {error.orig}"
    lost = connection.execute(text("SELECT count(*) FROM passage_index WHERE rowid NOT IN (SELECT id FROM passage)"))
    if count := lost.scalar_one():
        yield f"{count} rows of the index belong to no passage"


def _row(entry: IndexEntry) -> dict[str, object]:
    title, body = (" ".join(token.stem for token in part) for part in (entry.title, entry.body))
    return {"rowid": entry.passage_id, "title": title, "body": body, "forms": " ".join(exact_forms(entry))}


def matching_ids(name: str) -> Select[tuple[int]]:
    """Return a SELECT of the ids of the passages that match the query bound as ``name``."""
    return select(_INDEX.c.rowid.label("id")).where(matches_query(name))


def matches_query(name: str) -> ColumnElement[bool]:
    """Return the MATCH condition. FTS5 must find the rows by it: it can stand only once in a statement, as a WHERE condition."""
    return literal_column("passage_index").op("MATCH", is_comparison=True)(bindparam(name, type_=String))


def match_counts(names: Sequence[str], most: int) -> list[ColumnElement[int]]:
    """Return an expression for each bound query that counts its passages; FTS5 stops at ``most``."""
    return [
        select(func.count()).select_from(matching_ids(name).limit(most).subquery()).scalar_subquery() for name in names
    ]


def newest(name: str, most: str, narrowed: NarrowHits, expected: ExpectedHits) -> Select[tuple[int]]:  # noqa: ARG001 - PostgreSQL's needs it
    """Return a SELECT of the newest hits: FTS5 iterates its hits from either end."""
    found = narrowed(matching_ids(name))
    return found.order_by(found.selected_columns.id.desc()).limit(bindparam(most, type_=Integer))


def passage_count(most: int) -> Select[Any]:  # noqa: ARG001 - PostgreSQL's needs it
    """Return a SELECT that counts all passages: SQLite counts by pages, which is faster than stopping early."""
    return select(func.count()).select_from(table("passage"))


def catalog_version() -> ColumnElement[str | None]:
    """Return ``data_version``, which counts the changes of others; null after own changes, since a rollback would leave no trace."""
    version = select(column("data_version", Integer)).select_from(table("pragma_data_version")).scalar_subquery()
    return case((func.total_changes() == 0, version))


def document_frequencies(connection: Connection, terms: Sequence[str]) -> dict[str, int]:
    """Map each term to the number of passages that have it, from FTS5's vocabulary table (temporary, for this connection)."""
    _create_vocabulary(connection)
    statement = text("SELECT term, min(doc, :many) FROM temp.passage_index_vocabulary WHERE term IN :terms")
    bound = statement.bindparams(bindparam("terms", expanding=True))
    rows = connection.execute(bound, {"terms": list(terms), "many": FREQUENCY_CAP})
    return {row[0]: row[1] for row in rows}


def _create_vocabulary(connection: Connection) -> None:
    """Lift ``query_only`` for a moment: a read-only connection (the web page's) cannot create even a temporary table."""
    only_reads = connection.execute(text("PRAGMA query_only")).scalar_one()
    connection.execute(text("PRAGMA query_only = 0"))
    connection.execute(text(_VOCABULARY))
    connection.execute(text(f"PRAGMA query_only = {only_reads}"))


def has_quality_mark(detail: SQLColumnExpression[Any], kinds: Collection[str]) -> ColumnElement[bool]:
    """Return a condition: a segment with this ``detail`` has a quality mark of one of these kinds."""
    mark = func.json_each(detail, "$.marks").table_valued("value")
    return exists().select_from(mark).where(func.json_extract(mark.c.value, "$.kind").in_(kinds))


def has_any_quality_mark(marks: SQLColumnExpression[Any], kinds: Collection[str]) -> ColumnElement[bool]:
    """Return a condition: a transcript with these ``marks`` has a quality mark of one of these kinds."""
    kind = func.json_each(marks).table_valued("key")
    return exists().select_from(kind).where(kind.c.key.in_(kinds))


def compile_query(node: Node) -> str:
    """Compile a query tree to FTS5's query language; every token is quoted, so none can act as an operator."""
    match node:
        case Word(_, stem):
            return f'"{stem}"'
        case Titled(Prefix(form)):
            return f'(({{title}} : "{form}" *) OR "{exact_form(form, title=True)}" *)'
        case Titled(term):
            return f"({{title}} : {compile_query(term)})"
        case Prefix(form):
            return f'("{form}" * OR "{exact_form(form)}" *)'
        case Phrase(stems, _, open_end):
            return '"{}"{}'.format(" ".join(stems), " *" if open_end else "")
        case And(parts):
            return "({})".format(" AND ".join(map(compile_query, parts)))
        case Or(parts):
            return "({})".format(" OR ".join(map(compile_query, parts)))
        case Without(keep, drop):
            return f"({compile_query(keep)} NOT {compile_query(drop)})"
