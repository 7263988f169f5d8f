"""What search wants of a database, and which file gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sqlalchemy import ColumnElement, Connection

if TYPE_CHECKING:
    from episodes.search.query import Node, Term
    from episodes.search.tokens import Token


class Entry(NamedTuple):
    """What is indexed of one passage: the tokens of its document's title and its own."""

    passage_id: int
    title: Sequence[Token]
    body: Sequence[Token]


class Candidate(NamedTuple):
    """A passage that the query matches, and the document it is of: exactly one of the two ids is set."""

    passage_id: int
    transcript_id: int | None
    article_id: int | None


class FullText(Protocol):
    """The index on one kind of database; ``sqlite.py`` and ``postgres.py`` are such modules.

    A ``Node`` gives the same set of passages on both. The order is the database's own (bm25 here, ts_rank there) and serves only to
    take the most promising ones first: ``ranking.py`` decides.
    """

    def create(self, connection: Connection) -> None:
        """Make the index unless it is there."""

    def drop(self, connection: Connection) -> None:
        """Remove the index."""

    def add(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Index passages that are not indexed yet; they leave the index with their row in ``passage``."""

    def same(self, connection: Connection, entries: Sequence[Entry]) -> bool:
        """Whether exactly this is indexed of these passages."""

    def clear(self, connection: Connection) -> None:
        """Empty the index."""

    def candidates(
        self,
        connection: Connection,
        node: Node,
        *,
        weights: Mapping[Term, float],
        filters: Sequence[ColumnElement[bool]],
        limit: int,
    ) -> list[Candidate]:
        """The passages that ``node`` and ``filters`` (on passage, transcript, episode, article) let through, likely best first."""

    def counts(self, connection: Connection, terms: Sequence[Term], *, at_most: int) -> dict[Term, int]:
        """In how many passages each term is; counting stops at ``at_most``."""


def written_forms(entry: Entry) -> list[str]:
    """The marked forms of a passage's words where they differ from the stem, each once."""
    return list(
        dict.fromkeys(
            marked(token.form) for part in (entry.title, entry.body) for token in part if token.form != token.stem
        )
    )


def marked(form: str) -> str:
    """A word as written, in a shape that no stem can have."""
    return f"¦{form}"


def full_text(connection: Connection) -> FullText:
    """The index of the database behind ``connection``."""
    from episodes.search import postgres, sqlite

    if connection.dialect.name == "postgresql":
        return postgres
    return sqlite
