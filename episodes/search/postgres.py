"""The index on PostgreSQL: a table beside ``passage`` with one tsvector a passage, and a GIN index on it.

The tsvector is written out here, token by token, and so is the tsquery: none of PostgreSQL's parsers and dictionaries is asked, so a
token is the same on both databases. The title's tokens come first, with weight A; the passage's begin at a position that no title reaches,
so that no phrase goes over the border. Words as written stand behind a mark and without position, where they are not the stem: what
``bridg*`` looks at. Rows leave with their passage, by cascade.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, Integer, cast, column, func, literal, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY

from episodes.models import Passage
from episodes.search.databases import Candidate, Entry, marked, written_forms
from episodes.search.query import And, Node, Or, Phrase, Prefix, Term, Without, Word

_INDEX = table("passage_index", column("passage_id", Integer), column("lexemes"))
_CREATE = (
    """CREATE TABLE IF NOT EXISTS passage_index (
           passage_id integer CONSTRAINT pk_passage_index PRIMARY KEY
               CONSTRAINT fk_passage_index_passage_id_passage REFERENCES passage (id) ON DELETE CASCADE,
           lexemes tsvector NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS ix_passage_index_lexemes ON passage_index USING gin (lexemes)",
)
#: Position of the first token of a passage; titles are shorter.
_BODY_AT = 1001
#: What ts_rank gives a token of weight D, C, B, A.
_RANK_WEIGHTS = "{0.25, 0.25, 0.25, 1.0}"


def create(connection: Connection) -> None:
    """Make the index unless it is there."""
    for statement in _CREATE:
        connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Remove the index."""
    connection.execute(text("DROP TABLE IF EXISTS passage_index"))


def clear(connection: Connection) -> None:
    """Empty the index; deleting, unlike truncating, lets others read meanwhile."""
    connection.execute(text("DELETE FROM passage_index"))


def add(connection: Connection, entries: Sequence[Entry]) -> None:
    """Index passages that are not indexed yet."""
    statement = text("INSERT INTO passage_index (passage_id, lexemes) VALUES (:id, CAST(:lexemes AS tsvector))")
    if entries:
        connection.execute(statement, [{"id": entry.passage_id, "lexemes": _lexemes(entry)} for entry in entries])


def same(connection: Connection, entries: Sequence[Entry]) -> bool:
    """Whether exactly this is indexed of these passages."""
    statement = text("SELECT lexemes = CAST(:lexemes AS tsvector) FROM passage_index WHERE passage_id = :id")
    return all(
        connection.execute(statement, {"id": entry.passage_id, "lexemes": _lexemes(entry)}).scalar() is True
        for entry in entries
    )


def _lexemes(entry: Entry) -> str:
    """The tsvector; tokens hold neither quotes nor backslashes."""
    title = (f"'{token.stem}':{position}A" for position, token in enumerate(entry.title, 1))
    body = (f"'{token.stem}':{position}" for position, token in enumerate(entry.body, _BODY_AT))
    forms = (f"'{form}'" for form in written_forms(entry))
    return " ".join([*title, *body, *forms])


def candidates(
    connection: Connection,
    node: Node,
    *,
    weights: Mapping[Term, float],
    filters: Sequence[ColumnElement[bool]],
    limit: int,
) -> list[Candidate]:
    """The passages that ``node`` and ``filters`` let through; best first by ts_rank of each term, times how rare the term is."""
    passage = Passage.__table__  # type: ignore[attr-defined]  # SQLModel sets it
    ranks = [
        weight * func.ts_rank(text(f"'{_RANK_WEIGHTS}'"), _INDEX.c.lexemes, _query(term))
        for term, weight in weights.items()
    ]
    statement = (
        select(passage.c.id, passage.c.transcript_id, passage.c.article_id)
        .join_from(_INDEX, passage, passage.c.id == _INDEX.c.passage_id)
        .where(_INDEX.c.lexemes.op("@@", is_comparison=True)(_query(node)), *filters)
        .order_by(sum(ranks, literal(0.0)).desc(), passage.c.id)
        .limit(limit)
    )
    return [Candidate(*row) for row in connection.execute(statement)]


def counts(connection: Connection, terms: Sequence[Term], *, at_most: int) -> dict[Term, int]:
    """In how many passages each term is; counting stops at ``at_most``."""
    statement = text(
        "SELECT count(*) FROM (SELECT 1 FROM passage_index WHERE lexemes @@ CAST(:query AS tsquery) LIMIT :most) AS counted"
    )
    return {
        term: connection.execute(statement, {"query": compiled(term), "most": at_most}).scalar_one() for term in terms
    }


def _query(node: Node) -> ColumnElement[object]:
    return cast(compiled(node), TSQUERY)


def compiled(node: Node) -> str:
    """The tree in tsquery's language; every token is quoted, so none can be an operator."""
    match node:
        case Word(_, stem):
            return f"'{stem}'"
        case Prefix(form):
            return f"('{form}':* | '{marked(form)}':*)"
        case Phrase(stems, _, open_end):
            return "({})".format(" <-> ".join(f"'{stem}'" for stem in stems) + (":*" if open_end else ""))
        case And(parts):
            return "({})".format(" & ".join(map(compiled, parts)))
        case Or(parts):
            return "({})".format(" | ".join(map(compiled, parts)))
        case Without(keep, drop):
            return f"({compiled(keep)} & !{compiled(drop)})"
