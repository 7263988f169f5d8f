"""The URLs of an article: http and https, with and without "www.", as listed, as requested, and the canonical URL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from episodes.batches import batched
from episodes.models import Article, ArticleAddress
from episodes.urls import variants


def article(session: Session, url: str) -> Article | None:
    """The article with this URL, in any of its spellings (see ``urls.spellings``); None if unknown."""
    statement = select(Article).join(ArticleAddress).where(col(ArticleAddress.url).in_(variants(url)))
    return session.exec(statement.order_by(col(ArticleAddress.url) != url, col(ArticleAddress.id))).first()


def row(session: Session, url: str) -> ArticleAddress | None:
    """The row of exactly this URL; None if unknown."""
    return session.exec(select(ArticleAddress).where(ArticleAddress.url == url)).first()


def add(session: Session, article_id: int, url: str) -> ArticleAddress:
    """Store the URL as one of the article's; a URL of another article stays with that one."""
    known = row(session, url) or ArticleAddress(url=url, article_id=article_id)
    session.add(known)
    session.flush()
    return known


def record_check(session: Session, article_id: int, url: str, etag: str, modified: str, *, now: datetime) -> None:
    """Store the validators (ETag, Last-Modified) of a response to a request for this URL."""
    known = add(session, article_id, url)
    known.etag, known.last_modified, known.checked_at = etag, modified, now
    session.flush()


def of_articles(session: Session, ids: Collection[int]) -> dict[int, list[str]]:
    """Map each article's id to all its URLs, the oldest first."""
    found: dict[int, list[str]] = {}
    columns = select(ArticleAddress.article_id, ArticleAddress.url).order_by(col(ArticleAddress.id))
    for some in batched(ids):
        for article_id, url in session.exec(columns.where(col(ArticleAddress.article_id).in_(some))):
            found.setdefault(article_id, []).append(url)
    return found


def least_recently_checked(session: Session, before: datetime, limit: int) -> list[str]:
    """URLs last requested before a moment, the longest ago first."""
    checked = col(ArticleAddress.checked_at)
    statement = select(ArticleAddress.url).where(checked < before).order_by(checked, col(ArticleAddress.id))
    return list(session.exec(statement.limit(limit)))
