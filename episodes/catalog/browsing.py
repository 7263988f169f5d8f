"""Queries for browsing: paginated lists, the ends of links, counts by month.

They read only, and only the rows of one page: a list of ten thousand episodes costs as much as a list of ten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, extract
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, func, select

from episodes.errors import NotFound
from episodes.models import Article, Episode, Link, Transcript
from episodes.values import CERTAIN_STATUSES


@dataclass(frozen=True, slots=True)
class ShowCount:
    """A show by the title that its episodes have ("" if they have none), with their number and their first and last date."""

    title: str
    episodes: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Month:
    """What was published in a month (``day`` is its first day), and how many of its episodes have a transcript and a link."""

    day: date
    episodes: int
    transcribed: int
    linked: int
    articles: int


def shows(session: Session) -> list[ShowCount]:
    """All shows that have episodes, the largest first."""
    many = func.count(col(Episode.id))
    dates = func.min(col(Episode.published)), func.max(col(Episode.published))
    rows = session.execute(
        select(col(Episode.show_title), many, *dates)
        .group_by(col(Episode.show_title))
        .order_by(many.desc(), col(Episode.show_title))
    )
    return [ShowCount(*row) for row in rows]


def episodes(
    session: Session, *, show: str | None = None, limit: int | None, offset: int = 0
) -> tuple[list[Episode], int]:
    """A stretch of the episodes, the newest first, and how many there are in all; ``show`` is the name they carry."""
    rows, all_of_them = select(Episode), select(func.count()).select_from(Episode)
    if show is not None:
        rows, all_of_them = rows.where(Episode.show_title == show), all_of_them.where(Episode.show_title == show)
    found = session.exec(rows.order_by(*_newest(Episode)).limit(limit).offset(offset))
    return list(found), session.exec(all_of_them).one()


def articles(session: Session, *, limit: int | None, offset: int = 0) -> tuple[list[Article], int]:
    """A stretch of the articles, the newest first, and how many there are in all."""
    order = (col(Article.published).desc().nulls_last(), col(Article.id))
    found = session.exec(select(Article).order_by(*order).limit(limit).offset(offset))
    return list(found), session.exec(select(func.count()).select_from(Article)).one()


def days(session: Session, *, show: str, limit: int) -> list[tuple[str, str, date]]:
    """(key, title, day) of the newest dated episodes of a show, the oldest of them first; ``show`` is the title they have."""
    columns = (col(Episode.key), col(Episode.title), col(Episode.published))
    dated = select(*columns).where(Episode.show_title == show, col(Episode.published).is_not(None))
    rows = session.execute(dated.order_by(columns[2].desc(), columns[0].desc()).limit(limit))
    return [tuple(row) for row in rows][::-1]


def changes(session: Session, limit: int) -> tuple[list[tuple[str, date]], list[tuple[int, date]]]:
    """(key, day of the last change) of the newest episodes, and (id, day) of the newest articles."""
    episodes = select(col(Episode.key), col(Episode.updated_at)).order_by(*_newest(Episode)).limit(limit)
    articles = select(col(Article.id), col(Article.updated_at)).order_by(*_newest(Article)).limit(limit)
    return (
        [(key, changed.date()) for key, changed in session.execute(episodes)],
        [(number, changed.date()) for number, changed in session.execute(articles)],
    )


def _newest(table: type[Episode | Article]) -> tuple[Any, Any]:
    return col(table.published).desc().nulls_last(), col(table.id).desc()


def episode(session: Session, key: str) -> Episode:
    """The episode with exactly this key.

    Raises:
        NotFound: there is none.
    """
    if row := session.exec(select(Episode).where(Episode.key == key)).first():
        return row
    raise NotFound.of_kind("episode", key)


def article(session: Session, article_id: int) -> Article:
    """The article with this id.

    Raises:
        NotFound: there is none.
    """
    if row := session.get(Article, article_id):
        return row
    raise NotFound.of_kind("article", article_id)


def article_ids(session: Session, urls: Iterable[str]) -> dict[str, int]:
    """Map URLs to article ids; unknown URLs are left out."""
    rows = session.execute(select(col(Article.url), col(Article.id)).where(col(Article.url).in_(set(urls))))
    return {url: number for url, number in rows}  # noqa: C416 - rows are no pairs to mypy


def article_titles(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Map article ids to titles."""
    rows = session.execute(select(col(Article.id), col(Article.title)).where(col(Article.id).in_(set(ids))))
    return {number: title for number, title in rows}  # noqa: C416 - rows are no pairs to mypy


def titles(session: Session, keys: Iterable[str]) -> dict[str, str]:
    """Map episode keys to titles."""
    rows = session.execute(select(col(Episode.key), col(Episode.title)).where(col(Episode.key).in_(set(keys))))
    return {key: title for key, title in rows}  # noqa: C416 - rows are no pairs to mypy


def transcribed_ids(session: Session, ids: Sequence[int]) -> set[int]:
    """The ids, of these, of episodes with a transcript."""
    rows = session.exec(select(Transcript.episode_id).where(col(Transcript.shown), col(Transcript.episode_id).in_(ids)))
    return set(rows)


def linked_ids(session: Session, ids: Sequence[int]) -> set[int]:
    """The ids, of these, of episodes with a link that holds."""
    rows = session.exec(
        select(Link.episode_id).where(col(Link.status).in_(CERTAIN_STATUSES), col(Link.episode_id).in_(ids)).distinct()
    )
    return set(rows)


def months(session: Session) -> list[Month]:
    """Counts for each month in which something was published, in order."""
    transcribed = select(Transcript.episode_id).where(col(Transcript.shown))
    linked = select(Link.episode_id).where(col(Link.status).in_(CERTAIN_STATUSES))
    counted = [
        _by_month(session, col(Episode.published)),
        _by_month(session, col(Episode.published), col(Episode.id).in_(transcribed)),
        _by_month(session, col(Episode.published), col(Episode.id).in_(linked)),
        _by_month(session, col(Article.published)),
    ]
    there = {month for counts in counted for month in counts}
    return [_month(number, counted) for number in sorted(there)]


def _by_month(session: Session, day: Mapped[date | None], *conditions: ColumnElement[bool]) -> Counter[int]:
    """The number of rows in each month; months are counted from year 0."""
    year, month = extract("year", day), extract("month", day)
    rows = session.execute(select(year, month, func.count()).where(day.is_not(None), *conditions).group_by(year, month))
    return Counter({int(year) * 12 + int(month) - 1: many for year, month, many in rows})


def _month(number: int, counted: Sequence[Counter[int]]) -> Month:
    return Month(date(number // 12, number % 12 + 1, 1), *(counts[number] for counts in counted))
