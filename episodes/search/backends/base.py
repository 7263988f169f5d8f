"""What search wants of a database, and which file gives it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from sqlalchemy import ColumnElement, Connection, Select, SQLColumnExpression

if TYPE_CHECKING:
    from episodes.search.query import Node
    from episodes.search.tokenizer import Token


class IndexEntry(NamedTuple):
    """What is indexed of one passage: the tokens of its document's title and its own."""

    passage_id: int
    title: Sequence[Token]
    body: Sequence[Token]


#: How many passages match: some thousands at most, more, or nobody can say.
ExpectedHits = Literal["few", "many", "unknown"]
#: Makes fewer of hits.
NarrowHits = Callable[[Select[tuple[int]]], Select[tuple[int]]]


class Backend(Protocol):
    """The index on one kind of database; ``sqlite.py`` and ``postgres.py`` are such modules.

    A ``Node`` gives the same set of passages on both. Neither database's own rank is ever asked, since bm25 and ts_rank cannot be made
    to agree: which passages are read is decided in ``candidates.py``, and their order in ``rerank.py``.
    """

    #: Whether a row that was found for one question can be looked at for others.
    matches_per_row: bool

    def __hash__(self) -> int:
        """Statements are kept by it."""

    def create(self, connection: Connection) -> None:
        """Make the index unless it is there."""

    def drop(self, connection: Connection) -> None:
        """Remove the index."""

    def add(self, connection: Connection, entries: Sequence[IndexEntry]) -> None:
        """Index passages that are not indexed yet; they leave the index with their row in ``passage``."""

    def is_current(self, connection: Connection, entries: Sequence[IndexEntry]) -> bool:
        """Whether exactly this is indexed of these passages."""

    def integrity_errors(self, connection: Connection) -> Iterator[str]:
        """What is wrong inside the index, and rows that belong to no passage, a sentence each. Needs a transaction that may write."""

    def clear(self, connection: Connection) -> None:
        """Empty the index."""

    def matching_ids(self, name: str) -> Select[tuple[int]]:
        """A statement for the ids (in a column ``id``) of the passages that match the compiled node bound as ``name``.

        The question itself is not in the statement, so that statements can be made once and kept.
        """

    def matches_query(self, name: str) -> ColumnElement[bool]:
        """The condition of ``matching_ids``; as a value of each row only where the database ``matches_per_row``."""

    def match_counts(self, names: Sequence[str], most: int) -> list[ColumnElement[int]]:
        """How many passages match what is bound as each of these names; more than ``most`` count as so many."""

    def newest(self, name: str, most: str, narrowed: NarrowHits, expected: ExpectedHits) -> Select[tuple[int]]:
        """The newest of the ``narrowed`` hits, as many as are bound as ``most``, of as many as are ``expected``."""

    def passage_count(self, most: int) -> Select[Any]:
        """A statement for how many passages there are; more than ``most`` need not be told apart."""

    def catalog_version(self) -> ColumnElement[str | None]:
        """What is different whenever the catalog has changed, for this connection; null where that cannot be told."""

    def document_frequencies(self, connection: Connection, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of these terms of the index is, up to ``FREQUENCY_CAP``; those in none are missing."""

    def has_quality_mark(self, detail: SQLColumnExpression[Any], kinds: Collection[str]) -> ColumnElement[bool]:
        """Whether a segment with this ``detail`` has a mark of one of these kinds."""

    def has_any_quality_mark(self, marks: SQLColumnExpression[Any], kinds: Collection[str]) -> ColumnElement[bool]:
        """Whether a transcript with these ``marks`` has one of these kinds."""

    def compile_query(self, node: Node) -> str:
        """A node in the database's own language."""


#: Counting passages of a word in the vocabulary stops here.
FREQUENCY_CAP = 1000


def index_term(word: Token) -> str:
    """What is in the index for a word just as it is written."""
    return word.stem if word.form == word.stem else exact_form(word.form)


def exact_forms(entry: IndexEntry) -> list[str]:
    """The marked forms of a passage's words where they differ from the stem, each once; those of its title once more as the title's."""
    title, body = ([token.form for token in part if token.form != token.stem] for part in (entry.title, entry.body))
    return list(dict.fromkeys([*(exact_form(form, title=True) for form in title), *map(exact_form, title + body)]))


def exact_form(form: str, *, title: bool = False) -> str:
    """A word as written (in a title), in a shape that no stem can have."""
    return f"{'‡' if title else '¦'}{form}"
