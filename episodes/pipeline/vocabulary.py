"""The vocabulary of an episode: names to expect (the prompt for Whisper), and words that need no correction."""

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

#: Passages read to see how a word is written.
_READ = 50


def prompt_for(session: Session, episode: Episode) -> str:
    """The prompt for the engine: the show's glossary, then names from title, description and linked articles."""
    return prompt_of(glossary.of_episode(session, episode), names_in(_written_about(session, episode)))


def expected(session: Session, episode_id: int) -> str:
    """``prompt_for`` by the episode's id."""
    return prompt_for(session, session.get_one(Episode, episode_id))


def _written_about(session: Session, episode: Episode) -> list[str]:
    """Texts about an episode: title, description, articles."""
    linked = [one.article for one in links.listed(session, episode_id=episode.id) if one.holds]
    texts = [part for article in linked for part in (article.title, articles.text(session, article.id or 0))]
    return [episode.title, episode.description, *texts]


class KnownWords:
    """Test whether a word is right as it is: common, written so by somebody, or in lower case in other transcripts.

    For one episode; ``right`` are further right words. Words are looked up in the search index.
    """

    def __init__(self, session: Session, episode: Episode, right: Iterable[str] = ()) -> None:
        self._session = session
        self._of_episode = {word for text in (*_written_about(session, episode), *right) for word in letters(text)}
        self._found: dict[str, bool] = {}

    def __call__(self, word: str) -> bool:
        """Return True if ``word``, as written, needs no correction."""
        common = known_words()
        if word in self._of_episode or word in common or word.casefold() in common:
            return True
        if word not in self._found:
            self._found[word] = any(
                word.casefold() in written or (is_article and word in written)
                for is_article, written in self._passages(word)
            )
        return self._found[word]

    def _passages(self, word: str) -> Iterator[tuple[bool, set[str]]]:
        """Yield (from an article?, words) for passages with this word, without captions in lower case, which tell nothing about names."""
        found = tokens(word)
        if len(found) != 1:
            return
        connection = self._session.connection()
        backend = backend_of(connection)
        hits = backend.matching_ids("question").limit(_READ)
        values = {"question": backend.compile_query(Word(found[0].form, found[0].stem))}
        ids = list(connection.execute(hits, values).scalars())
        rows = select(Passage.article_id, Passage.text).where(col(Passage.id).in_(ids))
        for article_id, text in self._session.exec(rows):
            if not text.islower():
                yield article_id is not None, set(letters(text))
