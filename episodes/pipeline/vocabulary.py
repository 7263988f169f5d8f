"""Names that an episode is expected to speak of, and words that are right as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlmodel import Session, col, select

from episodes.catalog import articles, glossary, links
from episodes.models import Episode, Passage
from episodes.search.backends import backend_of
from episodes.search.query import Word
from episodes.search.tokenizer import tokens
from transcripts.names.expected import names_in, prompt_of
from transcripts.names.lexicon import known_words
from transcripts.tokens import letters

#: So many passages with a word are looked at to see how it is written.
_READ = 50


def prompt_for(session: Session, episode: Episode) -> str:
    """What an engine is told to expect: the glossary of the show, then names from title, description and linked articles."""
    return prompt_of(glossary.of_episode(session, episode), names_in(_written_about(session, episode)))


def expected(session: Session, episode_id: int) -> str:
    """``prompt_for`` by the episode's id."""
    return prompt_for(session, session.get_one(Episode, episode_id))


def _written_about(session: Session, episode: Episode) -> list[str]:
    """What is written about an episode: its title, its description, its articles."""
    linked = [one.article for one in links.listed(session, episode_id=episode.id) if one.holds]
    told = [part for article in linked for part in (article.title, articles.text(session, article.id or 0))]
    return [episode.title, episode.description, *told]


class KnownWords:
    """Says of a word whether it is right by itself: everybody knows it, somebody wrote it so, or it is no name in what others said.

    One is for one episode; ``right`` are further words that are right. It looks words up in the index, and so knows what is indexed.
    """

    def __init__(self, session: Session, episode: Episode, right: Iterable[str] = ()) -> None:
        self._session = session
        self._own = {word for text in (*_written_about(session, episode), *right) for word in letters(text)}
        self._found: dict[str, bool] = {}

    def __call__(self, word: str) -> bool:
        """``word`` as it is written."""
        common = known_words()
        if word in self._own or word in common or word.casefold() in common:
            return True
        if word not in self._found:
            self._found[word] = any(
                word.casefold() in written or (is_article and word in written)
                for is_article, written in self._passages(word)
            )
        return self._found[word]

    def _passages(self, word: str) -> Iterator[tuple[bool, set[str]]]:
        """(of an article, its words) for passages with this word; captions without any capital say nothing of names."""
        found = tokens(word)
        if len(found) != 1:
            return
        connection = self._session.connection()
        backend = backend_of(connection)
        hits = backend.matching_ids("question").limit(_READ)
        question = {"question": backend.compile_query(Word(found[0].form, found[0].stem))}
        ids = list(connection.execute(hits, question).scalars())
        rows = select(Passage.article_id, Passage.text).where(col(Passage.id).in_(ids))
        for article_id, text in self._session.exec(rows):
            if not text.islower():
                yield article_id is not None, set(letters(text))
