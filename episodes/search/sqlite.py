"""The index on SQLite: an FTS5 table beside ``passage``, with its row numbers.

    title    stems of the title of the passage's document, with the weight that a title has
    body     stems of the passage
    forms    the words as written, behind a mark, where that is not the stem: what ``bridg*`` looks at

The tokenizer is ``ascii``, which takes every character beyond ASCII for a letter and folds nothing but A-Z: our tokens come back as they
went in. FTS5 keeps a copy of these columns: a table without one (``contentless_delete``) needs SQLite 3.43, which the Pythons of many
systems lack. Rows leave by a trigger on ``passage``; SQLite fires it for rows that go by cascade, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, column, literal_column, select, table, text

from episodes.models import Passage
from episodes.search.databases import Candidate, Entry, marked, written_forms
from episodes.search.query import And, Node, Or, Phrase, Prefix, Term, Without, Word

_INDEX = table("passage_index", column("rowid"), column("rank"))
_CREATE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS passage_index USING fts5(title, body, forms, tokenize = 'ascii')",
    "INSERT INTO passage_index(passage_index, rank) VALUES ('rank', 'bm25(4.0, 1.0, 0.5)')",
    """CREATE TRIGGER IF NOT EXISTS passage_index_delete AFTER DELETE ON passage
       BEGIN DELETE FROM passage_index WHERE rowid = old.id; END""",
)


def create(connection: Connection) -> None:
    """Make the index unless it is there."""
    for statement in _CREATE:
        connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Remove the index."""
    connection.execute(text("DROP TRIGGER IF EXISTS passage_index_delete"))
    connection.execute(text("DROP TABLE IF EXISTS passage_index"))


def clear(connection: Connection) -> None:
    """Empty the index; to make it anew is quicker than to delete its rows."""
    drop(connection)
    create(connection)


def add(connection: Connection, entries: Sequence[Entry]) -> None:
    """Index passages that are not indexed yet."""
    statement = text("INSERT INTO passage_index(rowid, title, body, forms) VALUES (:rowid, :title, :body, :forms)")
    if entries:
        connection.execute(statement, [_row(entry) for entry in entries])


def same(connection: Connection, entries: Sequence[Entry]) -> bool:
    """Whether exactly this is indexed of these passages."""
    statement = text("SELECT rowid, title, body, forms FROM passage_index WHERE rowid = :rowid")
    return all(
        [row._asdict() for row in connection.execute(statement, {"rowid": entry.passage_id})] == [_row(entry)]
        for entry in entries
    )


def _row(entry: Entry) -> dict[str, object]:
    title, body = (" ".join(token.stem for token in part) for part in (entry.title, entry.body))
    return {"rowid": entry.passage_id, "title": title, "body": body, "forms": " ".join(written_forms(entry))}


def candidates(
    connection: Connection,
    node: Node,
    *,
    weights: Mapping[Term, float],  # noqa: ARG001 - FTS5's bm25 counts for itself how rare each term is
    filters: Sequence[ColumnElement[bool]],
    limit: int,
) -> list[Candidate]:
    """The passages that ``node`` and ``filters`` let through, the best by bm25 first."""
    passage = Passage.__table__  # type: ignore[attr-defined]  # SQLModel sets it
    statement = (
        select(passage.c.id, passage.c.transcript_id, passage.c.article_id)
        .join_from(_INDEX, passage, passage.c.id == _INDEX.c.rowid)
        .where(_matches(node), *filters)
        .order_by(_INDEX.c.rank)
        .limit(limit)
    )
    return [Candidate(*row) for row in connection.execute(statement)]


def counts(connection: Connection, terms: Sequence[Term], *, at_most: int) -> dict[Term, int]:
    """In how many passages each term is; counting stops at ``at_most``."""
    statement = text("SELECT count(*) FROM (SELECT 1 FROM passage_index WHERE passage_index MATCH :match LIMIT :most)")
    return {
        term: connection.execute(statement, {"match": compiled(term), "most": at_most}).scalar_one() for term in terms
    }


def _matches(node: Node) -> ColumnElement[bool]:
    return literal_column("passage_index").op("MATCH", is_comparison=True)(compiled(node))


def compiled(node: Node) -> str:
    """The tree in FTS5's language; every token is quoted, so none can be an operator."""
    match node:
        case Word(_, stem):
            return f'"{stem}"'
        case Prefix(form):
            return f'("{form}" * OR "{marked(form)}" *)'
        case Phrase(stems, _, open_end):
            return '"{}"{}'.format(" ".join(stems), " *" if open_end else "")
        case And(parts):
            return "({})".format(" AND ".join(map(compiled, parts)))
        case Or(parts):
            return "({})".format(" OR ".join(map(compiled, parts)))
        case Without(keep, drop):
            return f"({compiled(keep)} NOT {compiled(drop)})"
