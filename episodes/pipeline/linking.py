"""Episodes x articles -> links: read all texts, decide purely, write what changed; then align what is sure."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from episodes.catalog import articles, episodes, links, transcripts
from episodes.database import reading, writing
from episodes.linking.values import ArticleCandidate, EpisodeText
from episodes.linking.verdicts import link
from episodes.models import Article, Episode
from episodes.pipeline.aligning import align_all
from episodes.pipeline.run import Run
from episodes.values import Progress


def link_all(run: Run) -> dict[str, Any]:
    """Decide on all links anew; what a person decided is input and stays. Then align those that are sure and new or changed.

    Gives how many links are in each status, {"new", "changed", "gone", "without"} (the last is the number of episodes that have
    neither a sure nor a proposed article), and what ``align_all`` gives.
    """
    run.tell(Progress("link", "episodes and articles"))
    with reading(run.database) as session:
        said, written, decided = _said(session), _written(session), links.decided(session)
    verdicts = link(said, written, decided=decided)
    with writing(run.database) as session:
        new, changed, gone = links.put_all(session, verdicts)
        counts = dict.fromkeys(("linked", "proposed", "confirmed", "rejected"), 0)
        linked = set()
        for one in links.listed(session):
            counts[one.link.status] += 1
            if one.link.status != "rejected":
                linked.add(one.episode.id)
    linking = {**counts, "new": new, "changed": changed, "gone": gone, "without": len(said) - len(linked)}
    return {**linking, **align_all(run)}


def _said(session: Session) -> list[EpisodeText]:
    texts = transcripts.texts(session)
    return [_episode(row, texts.get(row.id or 0, "")) for row in episodes.newest_first(session)]


def _episode(row: Episode, text: str) -> EpisodeText:
    kind, _, name = row.identity.partition(":")
    return EpisodeText(
        id=row.id or 0,
        show=row.show_title or row.channel,
        title=row.title,
        number=row.number,
        published=row.published,
        description=row.description,
        url=row.url,
        video_id=name if kind == "youtube" else row.key,
        text=text,
    )


def _written(session: Session) -> list[ArticleCandidate]:
    texts = articles.texts(session)
    return [_article(row, texts.get(row.id or 0, "")) for row in articles.every(session)]


def _article(row: Article, text: str) -> ArticleCandidate:
    return ArticleCandidate(
        id=row.id or 0,
        url=row.url,
        title=row.title,
        dek=row.dek,
        published=row.published,
        text=text,
        video_ids=tuple(row.video_ids),
        links=tuple(row.links),
    )
