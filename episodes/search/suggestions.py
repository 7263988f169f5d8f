"""Did you mean: replace words that are not in the catalog by the likeliest ones that are.

The index itself is the dictionary. All strings at edit distance one (Damerau-Levenshtein: a letter inserted, deleted, substituted, or two
swapped), and the word split in two, are looked up in it, and the one in most passages wins. So there is no second dictionary to keep in
step, and every suggestion has hits.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from episodes.models import Passage
from episodes.search.backends import backend_of
from episodes.search.backends.base import index_term
from episodes.search.query import And, Node, Or, Phrase, Prefix, Query, Term, Titled, Without, Word, positive_words
from episodes.search.tokenizer import Token, tokens

#: Shorter words are within one edit of too many others; longer ones are not typos.
MIN_LENGTH, MAX_LENGTH = 4, 24
#: At most this many unknown words are replaced.
_MAX_REPLACED = 4
#: A stem may look like a word that never occurs: this many passages are read to find the word as written.
_MAX_READ = 20


def suggestion(session: Session, query: Query) -> str:
    """Return the query with unknown words replaced, in its own grammar; empty if all words are known or there is nothing better."""
    if query.node is None:
        return ""
    words = {word.form: word for term in positive_words(query.node) for word in _words(term)}
    known = _passages(session, [_token(term) for term in words.values()], stems=True)
    unknown = [form for form in words if not known[form] and MIN_LENGTH <= len(form) <= MAX_LENGTH]
    replacements = {form: found for form in unknown[:_MAX_REPLACED] if (found := _best_replacement(session, form))}
    return str(replace(query, node=_with_replacements(query.node, replacements), note="")) if replacements else ""


def _best_replacement(session: Session, form: str) -> str:
    """Return the word or two words within one edit that most passages have; empty if none has any."""
    edits = [found[0] for edit in sorted(set(one_edit_away(form))) if len(found := tokens(edit)) == 1]
    frequency = _passages(session, edits)
    for edit in sorted(edits, key=lambda token: -frequency[token.form]):
        if not frequency[edit.form]:
            break
        if edit.form != edit.stem or _occurs_as_written(session, edit):
            return edit.form
    return _split_in_two(session, form)


def _split_in_two(session: Session, form: str) -> str:
    """Return ``form`` with a space inserted, if the two words occur side by side."""
    for at in range(2, len(form) - 1):
        pair = tokens(f"{form[:at]} {form[at:]}")
        if len(pair) == 2 and _hits(session, Phrase(tuple(each.stem for each in pair), (form[:at], form[at:])), 1):
            return f"{form[:at]} {form[at:]}"
    return ""


def one_edit_away(form: str) -> Iterator[str]:
    """Yield all strings at edit distance one, with the letters a to z and those of ``form``."""
    letters = sorted({*string.ascii_lowercase, *form})
    for at in range(len(form) + 1):
        before, after = form[:at], form[at:]
        yield from (before + letter + after for letter in letters)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in letters if letter != after[0])
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]


def _words(term: Term) -> Iterator[Word]:
    """Yield the words of a term, without prefixes."""
    match term:
        case Word():
            yield term
        case Titled(inner):
            yield from _words(inner)
        case Phrase(stems, forms, open_end):
            whole = len(forms) - open_end
            yield from (Word(form, stem) for form, stem in zip(forms[:whole], stems[:whole], strict=True))


def _token(word: Word) -> Token:
    return Token(0, len(word.form), word.form, word.stem)


def _passages(session: Session, words: Sequence[Token], *, stems: bool = False) -> dict[str, int]:
    """Map each word to the number of passages that have it, as written or (with ``stems``) in any inflected form."""
    connection = session.connection()
    terms = {word.form: word.stem if stems else index_term(word) for word in words}
    counted = backend_of(connection).document_frequencies(connection, sorted(set(terms.values())))
    return {form: counted.get(term, 0) for form, term in terms.items()}


def _occurs_as_written(session: Session, word: Token) -> bool:
    texts = select(col(Passage.text)).where(col(Passage.id).in_(_hits(session, Word(word.form, word.stem), _MAX_READ)))
    return any(
        token.form == word.form for text in session.connection().execute(texts).scalars() for token in tokens(text)
    )


def _hits(session: Session, node: Node, most: int) -> list[int]:
    connection = session.connection()
    backend = backend_of(connection)
    found = backend.matching_ids("question")
    newest = found.order_by(found.selected_columns.id.desc()).limit(most)
    rows: Iterable[Any] = connection.execute(newest, {"question": backend.compile_query(node)})
    return [row[0] for row in rows]


def _with_replacements(node: Node, replacements: Mapping[str, str]) -> Node:
    """Return the tree with words replaced."""
    match node:
        case Word(form) if form in replacements:
            words = [Word(token.form, token.stem) for token in tokens(replacements[form])]
            return words[0] if len(words) == 1 else And(tuple(words))
        case Phrase(_, forms, open_end, compound):
            found = tokens(" ".join(replacements.get(form, form) for form in forms))
            return Phrase(tuple(each.stem for each in found), tuple(each.form for each in found), open_end, compound)
        case Titled(term):
            replaced = _with_replacements(term, replacements)
            return And(tuple(map(_titled, replaced.parts))) if isinstance(replaced, And) else _titled(replaced)
        case And(parts):
            return And(tuple(_with_replacements(part, replacements) for part in parts))
        case Or(parts):
            return Or(tuple(_with_replacements(part, replacements) for part in parts))
        case Without(keep, drop):
            return Without(_with_replacements(keep, replacements), drop)
        case _:
            return node


def _titled(node: Node) -> Titled:
    assert isinstance(node, Word | Prefix | Phrase)
    return Titled(node)
