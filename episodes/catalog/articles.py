"""Written articles, each under its own address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from episodes.catalog.checksums import checksum
from episodes.errors import NotFound
from episodes.models import Article, Paragraph
from episodes.values import ArticleText, ParagraphKind, ParagraphText, State


def put(session: Session, article: ArticleText, *, now: datetime) -> tuple[Article, State]:
    """Store an article; it is recognised by its address, and a changed text replaces the earlier one."""
    values = _values(article)
    mark = checksum(values, [(part.kind, part.text) for part in article.paragraphs])
    row = session.exec(select(Article).where(Article.url == article.url)).first()
    if row and row.checksum == mark:
        return row, State.UNCHANGED
    row = row or Article(url=article.url, title=article.title, checksum=mark, updated_at=now)
    for name, value in values.items():
        setattr(row, name, value)
    row.checksum, row.updated_at = mark, now
    session.add(row)
    session.flush()
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


def _put_paragraphs(session: Session, article_id: int, article: ArticleText) -> None:
    session.execute(delete(Paragraph).where(col(Paragraph.article_id) == article_id))
    rows = [
        {"article_id": article_id, "position": position, "kind": str(part.kind), "text": part.text}
        for position, part in enumerate(article.paragraphs)
    ]
    if rows:
        session.execute(insert(Paragraph), rows)


def every(session: Session) -> list[Article]:
    """All articles, the newest first, those without a date last."""
    order = (col(Article.published).desc().nulls_last(), col(Article.id))
    return list(session.exec(select(Article).order_by(*order)))


def find(session: Session, url: str) -> Article:
    """The article with this address.

    Raises:
        NotFound: there is none.
    """
    if row := session.exec(select(Article).where(Article.url == url)).first():
        return row
    raise NotFound(url)


def texts(session: Session) -> dict[int, str]:
    """The whole text of each article, by its id; a blank line between paragraphs."""
    rows = session.exec(
        select(Paragraph.article_id, Paragraph.text).order_by(col(Paragraph.article_id), col(Paragraph.position))
    )
    parts: dict[int, list[str]] = {}
    for article_id, text in rows:
        parts.setdefault(article_id, []).append(text)
    return {article_id: "\n\n".join(lines) for article_id, lines in parts.items()}


def paragraphs(session: Session, article_id: int) -> list[ParagraphText]:
    """The paragraphs of an article in order."""
    rows = session.exec(select(Paragraph).where(Paragraph.article_id == article_id).order_by(col(Paragraph.position)))
    return [ParagraphText(row.text, ParagraphKind(row.kind)) for row in rows]
