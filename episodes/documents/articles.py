"""An article: its summary and in full; the sites that articles come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self

from sqlmodel import Session

from episodes import models
from episodes.catalog import addresses, alignments, articles, links
from episodes.catalog.links import Linked
from episodes.documents.alignment import EpisodeAlignedParagraph
from episodes.documents.document import Day, Document, SpacedMoment
from episodes.documents.links import Link


class Article(Document):
    """The summary of an article."""

    url: str
    title: str
    date: Day | None
    site: str
    revisions: int
    addresses: list[str]

    @classmethod
    def all_of(cls, session: Session, rows: Sequence[models.Article]) -> list[Article]:
        """Make one of each row, with all its addresses and the number of its earlier texts."""
        ids = [row.id or 0 for row in rows]
        revisions, met = articles.revisions(session, ids), addresses.of_articles(session, ids)
        return [
            Article(
                url=row.url,
                title=row.title,
                date=row.published,
                site=row.site,
                revisions=revisions.get(row.id or 0, 0),
                addresses=met.get(row.id or 0, [row.url]),
            )
            for row in rows
        ]


class Paragraph(Document):
    """A paragraph, and when it was said."""

    paragraph: int
    kind: Literal["text", "quote", "heading", "list", "caption"]
    text: str
    said: list[EpisodeAlignedParagraph]


class WholeArticle(Article):
    """All about an article."""

    authors: list[str]
    dek: str
    paragraphs: list[Paragraph]
    links: list[Link]

    @classmethod
    def read(cls, session: Session, row: models.Article) -> Self:
        """Read an article's paragraphs, when each was said, and its links."""
        linked = links.listed(session, article_id=row.id)
        (short,) = Article.all_of(session, [row])
        return cls(
            **dict(short),
            authors=list(row.authors),
            dek=row.dek,
            paragraphs=_paragraphs(session, row.id or 0, linked),
            links=[Link.of(one) for one in linked],
        )


def _paragraphs(session: Session, article_id: int, linked: Sequence[Linked]) -> list[Paragraph]:
    episodes = {one.link.id: one.episode for one in linked}
    said: dict[int, list[EpisodeAlignedParagraph]] = {}
    for one in alignments.of_article(session, article_id):
        if episode := episodes.get(one.span.link_id):
            found = EpisodeAlignedParagraph.of(one, episode.url, episode=episode.key)
            said.setdefault(one.span.paragraph, []).append(found)
    return [
        Paragraph(paragraph=position, kind=str(part.kind), text=part.text, said=said.get(position, []))  # type: ignore[arg-type]
        for position, part in enumerate(articles.paragraphs(session, article_id))
        if part.text
    ]


class _IsArticle(Document):
    kind: Literal["article"] = "article"


class ShownArticle(WholeArticle, _IsArticle):
    """What the MCP tool `show` returns for an article."""


class Site(Document):
    """A followed site of articles."""

    id: int
    url: str
    kind: str
    title: str
    added: SpacedMoment
    checked: SpacedMoment | None

    @classmethod
    def of(cls, row: models.Site) -> Site:
        """Make it of a row."""
        return cls(
            id=row.id or 0, url=row.url, kind=row.kind, title=row.title, added=row.added_at, checked=row.checked_at
        )
