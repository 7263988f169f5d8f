"""The addresses under which one article was met: with http and https, with and without "www.", listed, asked for, canonical."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from episodes.batches import batched
from episodes.models import Article, ArticleAddress
from episodes.urls import variants


def article(session: Session, url: str) -> Article | None:
    """The article that was met under this address, in whatever spelling."""
    statement = select(Article).join(ArticleAddress).where(col(ArticleAddress.url).in_(variants(url)))
    return session.exec(statement.order_by(col(ArticleAddress.url) != url, col(ArticleAddress.id))).first()


def row(session: Session, url: str) -> ArticleAddress | None:
    """What is known of exactly this address."""
    return session.exec(select(ArticleAddress).where(ArticleAddress.url == url)).first()


def add(session: Session, article_id: int, url: str) -> ArticleAddress:
    """Keep the address as one of the article's; one that is another's already stays with that."""
    known = row(session, url) or ArticleAddress(url=url, article_id=article_id)
    session.add(known)
    session.flush()
    return known


def record_check(session: Session, article_id: int, url: str, etag: str, modified: str, *, now: datetime) -> None:
    """Keep what the server said when it was asked for the page at this address."""
    known = add(session, article_id, url)
    known.etag, known.last_modified, known.checked_at = etag, modified, now
    session.flush()


def of_articles(session: Session, ids: Collection[int]) -> dict[int, list[str]]:
    """All addresses of each of these articles, by its id, the first met first."""
    found: dict[int, list[str]] = {}
    columns = select(ArticleAddress.article_id, ArticleAddress.url).order_by(col(ArticleAddress.id))
    for some in batched(ids):
        for article_id, url in session.exec(columns.where(col(ArticleAddress.article_id).in_(some))):
            found.setdefault(article_id, []).append(url)
    return found


def least_recently_checked(session: Session, before: datetime, limit: int) -> list[str]:
    """Addresses whose pages were last asked for before a moment, the longest ago first."""
    checked = col(ArticleAddress.checked_at)
    statement = select(ArticleAddress.url).where(checked < before).order_by(checked, col(ArticleAddress.id))
    return list(session.exec(statement.limit(limit)))
