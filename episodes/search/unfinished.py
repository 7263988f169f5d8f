"""A word that is still being typed finds what begins so.

A page that answers at each letter would else show nothing at ``harb``, on the way to ``harbour``. A word that some passage has is never
taken for a beginning, so what was typed to its end is found as it always was.
"""

from __future__ import annotations

from sqlalchemy import case, select
from sqlmodel import Session

from episodes.search.backends import backend_of
from episodes.search.query import Node, Prefix, last_word_as_prefix


def prefix_fallback(session: Session, node: Node) -> tuple[Node, str] | None:
    """The same with its last word as the beginning of one, and a note; None unless nothing has that word and something begins so."""
    found = last_word_as_prefix(node)
    if found is None:
        return None
    word, node = found
    connection = session.connection()
    backend = backend_of(connection)
    bound = {"word": backend.compile_query(word), "beginning": backend.compile_query(Prefix(word.form))}
    written, open_ended = backend.match_counts(["word", "beginning"], 1)
    only_begun = case((written == 0, open_ended), else_=0)
    if not connection.execute(select(only_begun), bound).scalar_one():
        return None
    return node, f"Nothing has the word “{word.form}”; words that begin so were looked for."
