"""Articles: store, find, read their paragraphs and texts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col, func, select

from episodes.batches import batched
from episodes.catalog import addresses
from episodes.catalog.checksums import checksum
from episodes.errors import NotFound
from episodes.models import Article, ArticleRevision, Paragraph
from episodes.values import ArticleText, ParagraphKind, ParagraphText, State, whole_text


def put(session: Session, article: ArticleText, *, now: datetime) -> tuple[Article, State]:
    """Store an article, recognised by any of its URLs. A changed text replaces the earlier one, which is kept as a revision."""
    values = _values(article)
    digest = checksum(values, [(part.kind, part.text) for part in article.paragraphs])
    row = addresses.article(session, article.url)
    if row:
        addresses.add(session, row.id or 0, article.url)
    if row and row.checksum == digest:
        return row, State.UNCHANGED
    if row:
        _keep_revision(session, row, article, now)
    row = row or Article(url=article.url, title=article.title, checksum=digest, updated_at=now)
    for name, value in values.items():
        setattr(row, name, value)
    row.checksum, row.updated_at = digest, now
    session.add(row)
    session.flush()
    addresses.add(session, row.id or 0, row.url)
    _put_paragraphs(session, row.id or 0, article)
    return row, State.DONE


def _values(article: ArticleText) -> dict[str, Any]:
    return {
        "title": article.title,
        "published": article.published,
        "authors": list(article.authors),
        "site": article.site,
        "dek": article.dek,
        "video_ids": list(article.video_ids),
        "links": list(article.links),
        "extra": dict(article.extra),
    }


def _keep_revision(session: Session, row: Article, article: ArticleText, now: datetime) -> None:
    """Store the present text as a revision if the new one differs."""
    before = [{"kind": part.kind, "text": part.text} for part in paragraph_rows(session, row.id or 0)]
    after = [{"kind": str(part.kind), "text": part.text} for part in article.paragraphs if part.text]
    if (row.title, before) == (article.title, after):
        return
    count = session.exec(select(func.count()).where(ArticleRevision.article_id == row.id)).one()
    session.add(
        ArticleRevision(
            article_id=row.id or 0,
            position=count,
            title=row.title,
            paragraphs=before,
            since=row.updated_at,
            until=now,
        )
    )


def paragraph_rows(session: Session, article_id: int) -> list[Paragraph]:
    """The stored paragraphs of an article, in order."""
    statement = select(Paragraph).where(Paragraph.article_id == article_id)
    return list(session.exec(statement.order_by(col(Paragraph.position))))


def revisions(session: Session, ids: Collection[int]) -> dict[int, int]:
    """Map each article's id to its number of revisions; articles without any are left out."""
    article_id = col(ArticleRevision.article_id)
    grouped = select(ArticleRevision.article_id, func.count()).group_by(article_id)
    return dict(row for some in batched(ids) for row in session.exec(grouped.where(article_id.in_(some))))


def _put_paragraphs(session: Session, article_id: int, article: ArticleText) -> None:
    session.execute(delete(Paragraph).where(col(Paragraph.article_id) == article_id))
    rows = [
        {"article_id": article_id, "position": position, "kind": str(part.kind), "text": part.text}
        for position, part in enumerate(article.paragraphs)
        if part.text
    ]
    if rows:
        session.execute(insert(Paragraph), rows)


def every(session: Session) -> list[Article]:
    """All articles, the newest first, those without a date last."""
    order = (col(Article.published).desc().nulls_last(), col(Article.id))
    return list(session.exec(select(Article).order_by(*order)))


def find(session: Session, url: str) -> Article:
    """The article with this URL.

    Raises:
        NotFound: there is none.
    """
    if row := addresses.article(session, url):
        return row
    raise NotFound.of_kind("article", url)


def text(session: Session, article_id: int) -> str:
    """The whole text of one article."""
    return whole_text(part.text for part in paragraph_rows(session, article_id))


def by_ids(session: Session, ids: Collection[int]) -> list[Article]:
    """The articles with these ids; missing ones are left out."""
    return [row for some in batched(ids) for row in session.exec(select(Article).where(col(Article.id).in_(some)))]


def texts(session: Session, ids: Collection[int] | None = None) -> dict[int, str]:
    """Map each article's id to its whole text, paragraphs separated by a blank line; ``ids`` None: all articles."""
    order = (col(Paragraph.article_id), col(Paragraph.position))
    statement = select(Paragraph.article_id, Paragraph.text).order_by(*order)
    parts: dict[int, list[str]] = {}
    for some in [None] if ids is None else batched(ids):
        only = [] if some is None else [col(Paragraph.article_id).in_(some)]
        for article_id, text in session.exec(statement.where(*only)):
            parts.setdefault(article_id, []).append(text)
    return {article_id: whole_text(paragraphs) for article_id, paragraphs in parts.items()}


def paragraphs(session: Session, article_id: int) -> list[ParagraphText]:
    """The paragraphs of an article, each at its stored position; positions without a row (empty at the source) give an empty paragraph."""
    found: list[ParagraphText] = []
    for row in paragraph_rows(session, article_id):
        found += [ParagraphText("")] * (row.position - len(found))
        found.append(ParagraphText(row.text, ParagraphKind(row.kind)))
    return found
