"""All about one episode or one article as one JSON document: for ``nir show --json``, the API and assistants alike."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from episodes.catalog import alignments, articles, documents, links
from episodes.catalog.alignments import AlignedParagraph
from episodes.models import Article, Episode
from episodes.pipeline import doubts, passages


def of_episode(session: Session, row: Episode) -> dict[str, Any]:
    """An episode: where it is from, its transcripts, its articles and why they are linked."""
    heard = doubts.of_transcripts(session, row)
    linked = links.listed(session, episode_id=row.id)
    whole = documents.of_whole_episode(row, heard, linked, alignments.counts(session, row.id or 0))
    return {**whole, "corrections": doubts.of_corrections(session, row)}


def of_article(session: Session, row: Article) -> dict[str, Any]:
    """An article: its paragraphs, each with when it was said, and its episodes with why they are linked."""
    linked = links.listed(session, article_id=row.id)
    episodes = {one.link.id: one.episode for one in linked}
    said: dict[int, list[dict[str, Any]]] = {}
    for one in alignments.of_article(session, row.id or 0):
        if episode := episodes.get(one.span.link_id):
            said.setdefault(one.span.paragraph, []).append(_passage(one, episode))
    paragraphs = [
        {"paragraph": position, "kind": str(part.kind), "text": part.text, "said": said.get(position, [])}
        for position, part in enumerate(articles.paragraphs(session, row.id or 0))
        if part.text
    ]
    (short,) = documents.of_articles(session, [row])
    about = {"authors": list(row.authors), "dek": row.dek}
    return {**short, **about, "paragraphs": paragraphs, "links": [documents.of_link(one) for one in linked]}


def _passage(one: AlignedParagraph, episode: Episode) -> dict[str, Any]:
    return {**passages.document(one, episode.url), "episode": episode.key}
