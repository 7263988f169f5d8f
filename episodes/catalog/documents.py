"""The JSON forms of what the catalog holds: one document for the command line's ``--json`` and for the web's API.

Rows in, plain JSON values out (dates and moments as ISO text). A search's hits make their own document, see ``search.find``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from episodes.catalog import addresses, articles
from episodes.catalog.links import Linked
from episodes.dates import iso
from episodes.models import Article, Episode, Show, Transcript
from episodes.redaction import redact_url


def of_episode(row: Episode) -> dict[str, Any]:
    """An episode in short, as lists show it."""
    return {
        "episode": row.key,
        "title": row.title,
        "number": row.number,
        "date": iso(row.published),
        "show": row.show_title,
        "duration": row.duration,
        "url": redact_url(row.url),
    }


def of_whole_episode(
    row: Episode, transcripts: list[dict[str, Any]], links: list[Linked], aligned: Mapping[int, tuple[int, int]]
) -> dict[str, Any]:
    """All about an episode; ``aligned``: of each article, by its id, how many paragraphs have a place, and how many there are."""
    about = {"description": row.description, "channel": row.channel, "media": redact_url(row.media)}
    places = {one.article.url: aligned[one.article.id or 0][0] for one in links if one.article.id in aligned}
    linked = [of_link(one) for one in links]
    return {**of_episode(row), **about, "transcripts": transcripts, "links": linked, "aligned": places}


def of_transcript(row: Transcript, segments: int) -> dict[str, Any]:
    """A transcript by where it is from; ``segments`` is their number."""
    return {
        "source": row.source,
        "model": row.model,
        "language": row.language,
        "shown": row.shown,
        "segments": segments,
        "marks": dict(row.marks),
        "created": iso(row.created_at),
    }


def of_articles(session: Session, rows: Sequence[Article]) -> list[dict[str, Any]]:
    """Articles in short, as lists show them: with all their addresses, and how many earlier texts are kept."""
    ids = [row.id or 0 for row in rows]
    revisions, met = articles.revisions(session, ids), addresses.of_articles(session, ids)
    return [
        {
            "url": row.url,
            "title": row.title,
            "date": iso(row.published),
            "site": row.site,
            "revisions": revisions.get(row.id or 0, 0),
            "addresses": met.get(row.id or 0, [row.url]),
        }
        for row in rows
    ]


def of_link(one: Linked) -> dict[str, Any]:
    """A link with both ends and its evidence."""
    return {
        "id": one.link.id,
        "episode": one.episode.key,
        "article": one.article.url,
        "status": one.link.status,
        "confidence": round(one.link.confidence, 4),
        "evidence": [{"kind": why.kind, "detail": why.detail, "weight": why.weight} for why in one.evidence],
        "episode_title": one.episode.title,
        "article_title": one.article.title,
        "decided": iso(one.link.decided_at),
    }


def of_show(show: Show, episodes: int) -> dict[str, Any]:
    """A followed show; ``episodes`` is their number."""
    about = {"id": show.id, "title": show.title, "url": redact_url(show.url), "match": show.match}
    return {**about, "episodes": episodes, "checked": iso(show.checked_at)}
