"""The index on PostgreSQL: a table with one tsvector for each passage, and a GIN index on it.

Both tsvector and tsquery are written token by token. PostgreSQL's parsers and dictionaries are not used, so tokens are the same on both
databases. The title's tokens come first, with weight A. The passage's tokens start at a position that no title reaches, so no phrase
spans both. A GIN index holds neither weights nor positions, and checking them means reading each row: therefore title tokens are stored
a second time, prefixed by a sign and without position. So are words as written that differ from their stem, for ``bridg*``.
Deleting a passage deletes its row by cascade.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, TSQUERY
from sqlalchemy.sql.expression import SQLColumnExpression

from episodes.search.backends.base import FREQUENCY_CAP, ExpectedHits, IndexEntry, NarrowHits, exact_form, exact_forms
from episodes.search.query import And, Node, Or, Phrase, Prefix, Titled, Without, Word

_INDEX = table("passage_index", column("passage_id", Integer), column("lexemes"))
_CREATE = (
    """CREATE TABLE IF NOT EXISTS passage_index (
           passage_id integer CONSTRAINT pk_passage_index PRIMARY KEY
               CONSTRAINT fk_passage_index_passage_id_passage REFERENCES passage (id) ON DELETE CASCADE,
           lexemes tsvector NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS ix_passage_index_lexemes ON passage_index USING gin (lexemes)",
)
matches_per_row = True
#: Position of a passage's first token; titles are shorter than this.
_BODY_AT = 1001


def create(connection: Connection) -> None:
    """Create the index if it does not exist."""
    for statement in _CREATE:
        connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Remove the index."""
    connection.execute(text("DROP TABLE IF EXISTS passage_index"))


def clear(connection: Connection) -> None:
    """Empty the index by DELETE, which unlike TRUNCATE does not block readers."""
    connection.execute(text("DELETE FROM passage_index"))


def add(connection: Connection, entries: Sequence[IndexEntry]) -> None:
    """Index new passages."""
    statement = text("INSERT INTO passage_index (passage_id, lexemes) VALUES (:id, CAST(:lexemes AS tsvector))")
    if entries:
        connection.execute(statement, [{"id": entry.passage_id, "lexemes": _lexemes(entry)} for entry in entries])


def is_current(connection: Connection, entries: Sequence[IndexEntry]) -> bool:
    """Return True if the index holds exactly these entries for these passages."""
    statement = text("SELECT lexemes = CAST(:lexemes AS tsvector) FROM passage_index WHERE passage_id = :id")
    return all(
        connection.execute(statement, {"id": entry.passage_id, "lexemes": _lexemes(entry)}).scalar() is True
        for entry in entries
    )


def integrity_errors(connection: Connection) -> Iterator[str]:  # noqa: ARG001 - SQLite's needs it
    """Yield nothing: PostgreSQL maintains its indexes, and a row cannot outlive its passage."""
    yield from ()


def _lexemes(entry: IndexEntry) -> str:
    """Write the tsvector; tokens contain neither quotes nor backslashes."""
    title = (f"'{token.stem}':{position}A" for position, token in enumerate(entry.title, 1))
    body = (f"'{token.stem}':{position}" for position, token in enumerate(entry.body, _BODY_AT))
    titled = (f"'{_titled(token.stem)}'" for token in entry.title)
    forms = (f"'{form}'" for form in exact_forms(entry))
    return " ".join([*title, *body, *titled, *forms])


def _titled(stem: str) -> str:
    """Return a title's token, prefixed by a sign that no other lexeme contains."""
    return f"†{stem}"


def matching_ids(name: str) -> Select[tuple[int]]:
    """Return a SELECT of the ids of the passages that match the query bound as ``name``."""
    return select(_INDEX.c.passage_id.label("id")).where(matches_query(name))


def matches_query(name: str) -> ColumnElement[bool]:
    """Return the condition that a row matches the query bound as ``name``."""
    return _INDEX.c.lexemes.op("@@", is_comparison=True)(_tsquery(name))


def _tsquery(name: str) -> ColumnElement[Any]:
    return cast(bindparam(name, type_=String), TSQUERY)


#: Lexemes that are in more than ``:many`` passages by the planner's statistics, as queries. The statistics come from a sample, which errs
#: by some percent, and lag behind recent writes: after many writes they are ignored.
_FREQUENT = """SELECT quote_literal(word) AS question
    FROM pg_stats, pg_class, pg_stat_all_tables AS written,
        unnest(CAST(CAST(most_common_elems AS text) AS text[]), most_common_elem_freqs) AS known(word, share)
    WHERE tablename = 'passage_index' AND attname = 'lexemes' AND pg_stats.schemaname = current_schema()
        AND pg_class.oid = CAST('passage_index' AS regclass) AND written.relid = pg_class.oid
        AND share * reltuples > :many AND n_mod_since_analyze < reltuples / 10"""


def match_counts(names: Sequence[str], most: int) -> list[ColumnElement[int]]:
    """Return an expression for each bound query that counts its passages, up to ``most``.

    Words that the statistics place well above ``most`` are not counted: that would read tens of thousands of rows.
    """
    known = text(_FREQUENT).bindparams(many=1.25 * most).columns(column("question", String))
    once = known.cte("frequent").prefix_with("MATERIALIZED")
    return [_match_count(name, most, once) for name in names]


def _match_count(name: str, most: int, known: CTE) -> ColumnElement[int]:
    surely = select(literal(most)).select_from(known).where(known.c.question == bindparam(name, type_=String))
    exactly = select(func.count()).select_from(matching_ids(name).limit(most).subquery())
    return func.coalesce(surely.scalar_subquery(), exactly.scalar_subquery())


def newest(name: str, most: str, narrowed: NarrowHits, expected: ExpectedHits) -> Select[tuple[int]]:
    """Return a SELECT of the newest hits.

    A GIN index has no order. A few hits are best all read and sorted; if there are very many, scanning the table backward meets enough of
    them soon. The planner has statistics of the commonest words only: left alone, it would scan all rows for the sixty of a rare word or of
    a rare phrase.
    """
    wanted = bindparam(most, type_=Integer)
    if expected == "unknown":
        return _scan_then_index(narrowed, name, wanted)
    found = narrowed(matching_ids(name))
    ids = found.selected_columns.id
    return found.order_by((ids + 0).desc() if expected == "few" else ids.desc()).limit(wanted)


def _scan_then_index(narrowed: NarrowHits, name: str, wanted: BindParameter[int]) -> Select[tuple[int]]:
    """Scan the newest rows, and ask the index for the rest only if too few of them match.

    If h of n rows match, scanning backward takes wanted * n / h rows and the index returns at least h: both costs are equal at
    sqrt(wanted * n). Scanning that far and no farther takes at most twice the rows of the better plan.
    """
    found, row = narrowed(matching_ids(name)), _INDEX.c.passage_id
    met = narrowed(select(row.label("id")).where(func.ts_match_vq(_INDEX.c.lexemes, _tsquery(name))))
    last = select(func.greatest(func.max(row), 0)).scalar_subquery()
    border = select(last - cast(func.sqrt(wanted * cast(last, Float)), Integer)).scalar_subquery()
    near = met.where(row > border).order_by(row.desc()).limit(wanted).cte(nesting=True).prefix_with("MATERIALIZED")
    enough = select(func.count()).select_from(near).scalar_subquery() >= wanted
    # ``row + 0`` keeps the planner from the primary key: it would return all old rows.
    far = found.where(row + 0 <= border, ~enough).order_by((row + 0).desc()).limit(wanted).subquery()
    both = union_all(select(near.c.id), select(far.c.id)).subquery()
    return select(both.c.id).order_by(both.c.id.desc()).limit(wanted)


def passage_count(most: int) -> Select[Any]:
    """Return a SELECT of the number of passages up to ``most``: PostgreSQL reads each row that it counts."""
    return select(func.count()).select_from(select(column("id")).select_from(table("passage")).limit(most).subquery())


def catalog_version() -> ColumnElement[str | None]:
    """Return the current snapshot; null after own changes, which the snapshot does not show."""
    return case((func.pg_current_xact_id_if_assigned().is_(None), cast(func.pg_current_snapshot(), String)))


def document_frequencies(connection: Connection, terms: Sequence[str]) -> dict[str, int]:
    """Map each term to the number of passages that have it; tokens contain neither quotes nor backslashes."""
    statement = text(
        """SELECT term, (SELECT count(*) FROM (
               SELECT 1 FROM passage_index WHERE lexemes @@ CAST(quote_literal(term) AS tsquery) LIMIT :many) AS counted)
           FROM unnest(CAST(:terms AS text[])) AS term"""
    )
    rows = connection.execute(statement, {"terms": list(terms), "many": FREQUENCY_CAP})
    return {term: count for term, count in rows if count}


def has_quality_mark(detail: SQLColumnExpression[Any], kinds: Collection[str]) -> ColumnElement[bool]:
    """Return a condition: a segment with this ``detail`` has a quality mark of one of these kinds."""
    return or_(*(cast(detail, JSONB).contains({"marks": [{"kind": kind}]}) for kind in kinds))


def has_any_quality_mark(marks: SQLColumnExpression[Any], kinds: Collection[str]) -> ColumnElement[bool]:
    """Return a condition: a transcript with these ``marks`` has a quality mark of one of these kinds."""
    return or_(*(cast(marks, JSONB).has_key(kind) for kind in kinds))


def compile_query(node: Node) -> str:
    """Compile a query tree to tsquery syntax; every token is quoted, so none can act as an operator."""
    match node:
        case Word(_, stem):
            return f"'{stem}'"
        case Titled(term):
            return _in_title(term)
        case Prefix(form):
            return f"('{form}':* | '{exact_form(form)}':*)"
        case Phrase():
            return _side_by_side(node)
        case And(parts):
            return "({})".format(" & ".join(map(compile_query, parts)))
        case Or(parts):
            return "({})".format(" | ".join(map(compile_query, parts)))
        case Without(keep, drop):
            return f"({compile_query(keep)} & !{compile_query(drop)})"


def _in_title(term: Word | Prefix | Phrase) -> str:
    match term:
        case Word(_, stem):
            return f"'{_titled(stem)}'"
        case Prefix(form):
            return f"('{_titled(form)}':* | '{exact_form(form, title=True)}':*)"
        case Phrase(stems, _, open_end):
            there = [f"'{_titled(stem)}'" for stem in stems]
            return "({}{} & {})".format(" & ".join(there), ":*" * open_end, _side_by_side(term, "A"))


def _side_by_side(phrase: Phrase, weight: str = "") -> str:
    """Compile a phrase; with ``weight`` A it must be in the title."""
    labels = [weight] * (len(phrase.stems) - 1) + ["*" * phrase.open_end + weight]
    parts = (f"'{stem}'{label and ':' + label}" for stem, label in zip(phrase.stems, labels, strict=True))
    return "({})".format(" <-> ".join(parts))
