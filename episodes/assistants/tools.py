"""What the tools return: plain JSON values from the catalog.

An hour of speech is 60 kB of text, more than an assistant can or needs to read at once: ``show`` returns a part of a
transcript, and the second where it continues.
"""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Engine

from episodes.catalog import articles, episodes
from episodes.database import reading
from episodes.documents.articles import ShownArticle
from episodes.documents.episodes import ShownEpisode
from episodes.documents.search import Answer
from episodes.errors import NotFound
from episodes.pipeline.searching import searched

#: Maximum characters of a query, and maximum hits.
MAX_QUERY, MAX_HITS = 4000, 50


def search(
    engine: Engine, words: str, where: Literal["all", "said", "written"] = "all", show: str = "", limit: int = 10
) -> dict[str, Any]:
    """Return hits with their counterparts, how the query was read, and notes."""
    limit = max(1, min(limit, MAX_HITS))
    with reading(engine) as session:
        return Answer.of(*searched(session, words[:MAX_QUERY], where=where, show=show or None, limit=limit)).as_dict()


def show(engine: Engine, name: str, start: float = 0.0, minutes: float = 10.0) -> dict[str, Any]:
    """Return everything about an article (by address) or an episode (by key, number, address or words of its title).

    Raises:
        NotFound: no match, or more than one episode.
    """
    with reading(engine) as session:
        try:
            return ShownArticle.read(session, articles.find(session, name)).as_dict()
        except NotFound:
            row = episodes.find(session, name)
        return ShownEpisode.between(session, row, start, start + max(minutes * 60, 1.0)).as_dict()
