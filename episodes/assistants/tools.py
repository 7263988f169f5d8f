"""What the tools give: plain JSON values out of the catalog.

An hour of speech is 60 kB of text, which an assistant can neither read at once nor needs: of an episode's words a stretch is given, and
from which second to ask on.
"""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Engine
from sqlmodel import Session

from episodes.catalog import alignments, articles, episodes, transcripts
from episodes.database import reading
from episodes.errors import NotFound
from episodes.models import Episode
from episodes.pipeline import passages, whole
from episodes.pipeline.searching import searched

#: Characters of a question, and hits of an answer.
MAX_QUERY, MAX_HITS = 4000, 50


def search(
    engine: Engine, words: str, where: Literal["all", "said", "written"] = "all", show: str = "", limit: int = 10
) -> dict[str, Any]:
    """Hits with their other side, how the words were read, and what else is to be said of the answer."""
    with reading(engine) as session:
        answer, results = searched(
            session, words[:MAX_QUERY], where=where, show=show or None, limit=max(1, min(limit, MAX_HITS))
        )
    return {
        "read_as": answer.query,
        "hits": [one.document() for one in results],
        "note": answer.note,
        "did_you_mean": answer.suggestion,
    }


def show(engine: Engine, name: str, start: float = 0.0, minutes: float = 10.0) -> dict[str, Any]:
    """All about the article with this address, or the episode with this key, number, address or words of its title.

    Raises:
        NotFound: there is none, or more than one episode.
    """
    with reading(engine) as session:
        try:
            return {"kind": "article", **whole.of_article(session, articles.find(session, name))}
        except NotFound:
            row = episodes.find(session, name)
        return {"kind": "episode", **whole.of_episode(session, row), **_window(session, row, start, minutes * 60)}


def _window(session: Session, row: Episode, start: float, seconds: float) -> dict[str, Any]:
    """What was said in these ``seconds``, what is written about it, and where it goes on (None: it ends here)."""
    transcript = transcripts.shown(session, row.id or 0)
    segments = transcripts.load(session, transcript).segments if transcript else ()
    end = start + max(seconds, 1.0)
    later = [segment.start for segment in segments if segment.start >= end]
    return {
        "said": [
            {"start": segment.start, "speaker": segment.speaker, "text": segment.text}
            for segment in segments
            if segment.end > start and segment.start < end
        ],
        "passages": [
            passages.document(one, row.url)
            for one in alignments.of_episode(session, row.id or 0)
            if one.span.end > start and one.span.start < end
        ],
        "goes_on_at": min(later, default=None),
    }
