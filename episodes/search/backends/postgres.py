"""The index on PostgreSQL: a table beside ``passage`` with one tsvector a passage, and a GIN index on it.

The tsvector is written out here, token by token, and so is the tsquery: none of PostgreSQL's parsers and dictionaries is asked, so a
token is the same on both databases. The title's tokens come first, with weight A; the passage's begin at a position that no title reaches,
so that no phrase goes over the border. A title's tokens stand once more behind a mark and without position, since weights and positions
are not in a GIN index and each row would be looked at for them; and so do words as written that are not their stem, for ``bridg*``.
Rows leave with their passage, by cascade.
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
#: Position of the first token of a passage; titles are shorter.
_BODY_AT = 1001


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


def add(connection: Connection, entries: Sequence[IndexEntry]) -> None:
    """Index passages that are not indexed yet."""
    statement = text("INSERT INTO passage_index (passage_id, lexemes) VALUES (:id, CAST(:lexemes AS tsvector))")
    if entries:
        connection.execute(statement, [{"id": entry.passage_id, "lexemes": _lexemes(entry)} for entry in entries])


def is_current(connection: Connection, entries: Sequence[IndexEntry]) -> bool:
    """Whether exactly this is indexed of these passages."""
    statement = text("SELECT lexemes = CAST(:lexemes AS tsvector) FROM passage_index WHERE passage_id = :id")
    return all(
        connection.execute(statement, {"id": entry.passage_id, "lexemes": _lexemes(entry)}).scalar() is True
        for entry in entries
    )


def integrity_errors(connection: Connection) -> Iterator[str]:  # noqa: ARG001 - SQLite's needs it
    """Nothing: PostgreSQL keeps its own indexes right, and a row cannot outlive its passage."""
    yield from ()


def _lexemes(entry: IndexEntry) -> str:
    """The tsvector; tokens hold neither quotes nor backslashes."""
    title = (f"'{token.stem}':{position}A" for position, token in enumerate(entry.title, 1))
    body = (f"'{token.stem}':{position}" for position, token in enumerate(entry.body, _BODY_AT))
    titled = (f"'{_titled(token.stem)}'" for token in entry.title)
    forms = (f"'{form}'" for form in exact_forms(entry))
    return " ".join([*title, *body, *titled, *forms])


def _titled(stem: str) -> str:
    """A title's token, in a shape that no other lexeme can have."""
    return f"†{stem}"


def matching_ids(name: str) -> Select[tuple[int]]:
    """The ids of the passages that match the query bound as ``name``."""
    return select(_INDEX.c.passage_id.label("id")).where(matches_query(name))


def matches_query(name: str) -> ColumnElement[bool]:
    """Whether a row matches what is bound as ``name``."""
    return _INDEX.c.lexemes.op("@@", is_comparison=True)(_question(name))


def _question(name: str) -> ColumnElement[Any]:
    return cast(bindparam(name, type_=String), TSQUERY)


#: What the planner knows to be in more passages than ``:many``, as questions. Its statistics are from a sample, which errs by some percent,
#: and stay behind what was written since; where that is much, they are not believed.
_FREQUENT = """SELECT quote_literal(word) AS question
    FROM pg_stats, pg_class, pg_stat_all_tables AS written,
        unnest(CAST(CAST(most_common_elems AS text) AS text[]), most_common_elem_freqs) AS known(word, share)
    WHERE tablename = 'passage_index' AND attname = 'lexemes' AND pg_stats.schemaname = current_schema()
        AND pg_class.oid = CAST('passage_index' AS regclass) AND written.relid = pg_class.oid
        AND share * reltuples > :many AND n_mod_since_analyze < reltuples / 10"""


def match_counts(names: Sequence[str], most: int) -> list[ColumnElement[int]]:
    """How many passages match what is bound as each of these names; what is surely in more than ``most`` is not counted.

    To count that, tens of thousands of rows would be read.
    """
    known = text(_FREQUENT).bindparams(many=1.25 * most).columns(column("question", String))
    once = known.cte("frequent").prefix_with("MATERIALIZED")
    return [_match_count(name, most, once) for name in names]


def _match_count(name: str, most: int, known: CTE) -> ColumnElement[int]:
    surely = select(literal(most)).select_from(known).where(known.c.question == bindparam(name, type_=String))
    exactly = select(func.count()).select_from(matching_ids(name).limit(most).subquery())
    return func.coalesce(surely.scalar_subquery(), exactly.scalar_subquery())


def newest(name: str, most: str, narrowed: NarrowHits, expected: ExpectedHits) -> Select[tuple[int]]:
    """A GIN index knows no order: few hits are all read and sorted, very many are met by going backward through the rows.

    The planner has statistics of the commonest words only. Left to itself it would go through all rows for the sixty of a rare word, or
    for words side by side that hardly ever are.
    """
    wanted = bindparam(most, type_=Integer)
    if expected == "unknown":
        return _met_or_found(narrowed, name, wanted)
    found = narrowed(matching_ids(name))
    ids = found.selected_columns.id
    return found.order_by((ids + 0).desc() if expected == "few" else ids.desc()).limit(wanted)


def _met_or_found(narrowed: NarrowHits, name: str, wanted: BindParameter[int]) -> Select[tuple[int]]:
    """The newest rows are gone through, and only if too few of them match, the index is asked for the rest.

    Of n rows, h of which match, going backward takes wanted * n / h rows, and the index names at least h: both are as many at the root of
    wanted * n. To go so far and no farther takes at most twice the rows of the better way.
    """
    found, row = narrowed(matching_ids(name)), _INDEX.c.passage_id
    met = narrowed(select(row.label("id")).where(func.ts_match_vq(_INDEX.c.lexemes, _question(name))))
    last = select(func.greatest(func.max(row), 0)).scalar_subquery()
    border = select(last - cast(func.sqrt(wanted * cast(last, Float)), Integer)).scalar_subquery()
    near = met.where(row > border).order_by(row.desc()).limit(wanted).cte(nesting=True).prefix_with("MATERIALIZED")
    enough = select(func.count()).select_from(near).scalar_subquery() >= wanted
    # Not as an index would be asked: it would name all old rows.
    far = found.where(row + 0 <= border, ~enough).order_by((row + 0).desc()).limit(wanted).subquery()
    both = union_all(select(near.c.id), select(far.c.id)).subquery()
    return select(both.c.id).order_by(both.c.id.desc()).limit(wanted)


def passage_count(most: int) -> Select[Any]:
    """PostgreSQL goes through the rows that it counts."""
    return select(func.count()).select_from(select(column("id")).select_from(table("passage")).limit(most).subquery())


def catalog_version() -> ColumnElement[str | None]:
    """Which transactions are seen; with changes of its own, a transaction sees more than that."""
    return case((func.pg_current_xact_id_if_assigned().is_(None), cast(func.pg_current_snapshot(), String)))


def document_frequencies(connection: Connection, terms: Sequence[str]) -> dict[str, int]:
    """In how many passages each of these terms is; tokens hold neither quotes nor backslashes."""
    statement = text(
        """SELECT term, (SELECT count(*) FROM (
               SELECT 1 FROM passage_index WHERE lexemes @@ CAST(quote_literal(term) AS tsquery) LIMIT :many) AS counted)
           FROM unnest(CAST(:terms AS text[])) AS term"""
    )
    rows = connection.execute(statement, {"terms": list(terms), "many": FREQUENCY_CAP})
    return {term: count for term, count in rows if count}


def has_quality_mark(detail: SQLColumnExpression[Any], kinds: Collection[str]) -> ColumnElement[bool]:
    """Whether a segment with this ``detail`` has a mark of one of these kinds."""
    return or_(*(cast(detail, JSONB).contains({"marks": [{"kind": kind}]}) for kind in kinds))


def has_any_quality_mark(marks: SQLColumnExpression[Any], kinds: Collection[str]) -> ColumnElement[bool]:
    """Whether a transcript with these ``marks`` has one of these kinds."""
    return or_(*(cast(marks, JSONB).has_key(kind) for kind in kinds))


def compile_query(node: Node) -> str:
    """The tree in tsquery's language; every token is quoted, so none can be an operator."""
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
    """A phrase; with ``weight`` A it is looked for in the title."""
    labels = [weight] * (len(phrase.stems) - 1) + ["*" * phrase.open_end + weight]
    parts = (f"'{stem}'{label and ':' + label}" for stem, label in zip(phrase.stems, labels, strict=True))
    return "({})".format(" <-> ".join(parts))
