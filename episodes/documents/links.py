"""Links between episodes and articles, with their evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from episodes.documents.document import Document, Moment

if TYPE_CHECKING:
    from episodes.catalog.links import Linked


class Evidence(Document):
    """One reason for or against a link."""

    kind: str
    detail: str
    weight: float


class Link(Document):
    """A link between an episode and an article, in whatever status."""

    id: int
    episode: str
    article: str
    status: Literal["linked", "proposed", "confirmed", "rejected"]
    confidence: float
    evidence: list[Evidence]
    episode_title: str
    article_title: str
    decided: Moment | None

    @classmethod
    def of(cls, one: Linked) -> Link:
        """Make it of a link's row, its episode, its article and its evidence."""
        return cls(
            id=one.link.id or 0,
            episode=one.episode.key,
            article=one.article.url,
            status=one.link.status,  # type: ignore[arg-type]  # a column of text
            confidence=round(one.link.confidence, 4),
            evidence=[Evidence(kind=why.kind, detail=why.detail, weight=why.weight) for why in one.evidence],
            episode_title=one.episode.title,
            article_title=one.article.title,
            decided=one.link.decided_at,
        )


class LinkCounts(Document):
    """Links by status, what a run of linking changed, how many episodes are ``without`` an article, and what was aligned."""

    linked: int
    proposed: int
    confirmed: int
    rejected: int
    new: int
    changed: int
    gone: int
    without: int
    aligned: int
    places: int
