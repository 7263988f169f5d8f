"""The interface of a full-text backend, and the index terms that both backends share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from sqlalchemy import ColumnElement, Connection, Select, SQLColumnExpression

if TYPE_CHECKING:
    from episodes.search.query import Node
    from episodes.search.tokenizer import Token


class IndexEntry(NamedTuple):
    """What is indexed of one passage: the tokens of its document's title, and its own."""

    passage_id: int
    title: Sequence[Token]
    body: Sequence[Token]


#: An estimate of how many passages match: a few thousand at most, more than that, or unknown.
ExpectedHits = Literal["few", "many", "unknown"]
#: Adds filters to a statement that selects passage ids.
NarrowHits = Callable[[Select[tuple[int]]], Select[tuple[int]]]


class Backend(Protocol):
    """A full-text index on one kind of database, implemented by the modules ``sqlite`` and ``postgres``.

    A query matches the same set of passages on both. The databases' own ranks are never used, since FTS5's bm25 and PostgreSQL's
    ts_rank cannot be made to agree: ``candidates.py`` decides which passages are read, ``rerank.py`` their order.
    """

    #: Whether one row can be matched against several queries (PostgreSQL), or only the index as a whole (FTS5).
    matches_per_row: bool

    def __hash__(self) -> int:
        """Needed as a key for cached statements."""

    def create(self, connection: Connection) -> None:
        """Create the index if it does not exist."""

    def drop(self, connection: Connection) -> None:
        """Remove the index."""

    def add(self, connection: Connection, entries: Sequence[IndexEntry]) -> None:
        """Index new passages. Deleting a row of ``passage`` deletes its index entry."""

    def is_current(self, connection: Connection, entries: Sequence[IndexEntry]) -> bool:
        """Return True if the index holds exactly these entries for these passages."""

    def integrity_errors(self, connection: Connection) -> Iterator[str]:
        """Yield a sentence for each inconsistency: a damaged index, entries without a passage. Needs a write transaction."""

    def clear(self, connection: Connection) -> None:
        """Empty the index."""

    def matching_ids(self, name: str) -> Select[tuple[int]]:
        """Return a SELECT of the ``id`` of each passage that matches the compiled query bound as ``name``.

        The query is a bound value, not part of the statement: so statements can be cached.
        """

    def matches_query(self, name: str) -> ColumnElement[bool]:
        """Return the condition of ``matching_ids``. It is usable as a value of each row only if ``matches_per_row``."""

    def match_counts(self, names: Sequence[str], most: int) -> list[ColumnElement[int]]:
        """Return an expression for each bound query that counts its passages, up to ``most``."""

    def newest(self, name: str, most: str, narrowed: NarrowHits, expected: ExpectedHits) -> Select[tuple[int]]:
        """Return a SELECT of the newest hits that pass ``narrowed``, at most the number bound as ``most``."""

    def passage_count(self, most: int) -> Select[Any]:
        """Return a SELECT of the number of passages; it may stop counting at ``most``."""

    def catalog_version(self) -> ColumnElement[str | None]:
        """Return an expression that changes with every change of the catalog; null if unknown. Valid for one connection."""

    def document_frequencies(self, connection: Connection, terms: Sequence[str]) -> dict[str, int]:
        """Map each index term to the number of passages that have it, up to ``FREQUENCY_CAP``; terms in none are missing."""

    def has_quality_mark(self, detail: SQLColumnExpression[Any], kinds: Collection[str]) -> ColumnElement[bool]:
        """Return a condition: a segment with this ``detail`` has a quality mark of one of these kinds."""

    def has_any_quality_mark(self, marks: SQLColumnExpression[Any], kinds: Collection[str]) -> ColumnElement[bool]:
        """Return a condition: a transcript with these ``marks`` has a quality mark of one of these kinds."""

    def compile_query(self, node: Node) -> str:
        """Compile a query tree to the database's own query language."""


#: Document frequencies are counted up to this.
FREQUENCY_CAP = 1000


def index_term(word: Token) -> str:
    """Return the index term for a word exactly as written."""
    return word.stem if word.form == word.stem else exact_form(word.form)


def exact_forms(entry: IndexEntry) -> list[str]:
    """Return the exact forms of a passage's words that differ from their stem, without duplicates; title words once more as such."""
    title, body = ([token.form for token in part if token.form != token.stem] for part in (entry.title, entry.body))
    return list(dict.fromkeys([*(exact_form(form, title=True) for form in title), *map(exact_form, title + body)]))


def exact_form(form: str, *, title: bool = False) -> str:
    """Return a word as written (or as written in a title), prefixed by a sign that no stem contains."""
    return f"{'‡' if title else '¦'}{form}"
