"""What narrows a search, as conditions on ``passage`` that both databases take: side, show, dates.

What has no date is in no period. A written passage is of a show if its article is linked to an episode of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_
from sqlmodel import Session, col, select

from episodes.models import Article, Episode, Link, LinkStatus, Passage, Show, Transcript
from episodes.search.query import SIDES, Query

#: The links that hold; a proposed one does not yet.
HOLDING = (LinkStatus.LINKED, LinkStatus.CONFIRMED)


def conditions(query: Query, of_show: ColumnElement[bool] | None) -> list[ColumnElement[bool]]:
    """All conditions of a query; ``of_show`` is on ``episode``."""
    found = []
    if query.sides != SIDES:
        allowed = {"said": col(Passage.transcript_id).is_not(None), "written": col(Passage.article_id).is_not(None)}
        found.append(or_(false(), *(allowed[side] for side in sorted(query.sides))))
    if query.after or query.before:
        spoken, written = (_period(query, dated) for dated in (col(Episode.published), col(Article.published)))
        found.append(_documents(spoken, select(Article.id).where(written)))
    if of_show is not None:
        linked = select(Link.article_id).join(Episode).where(of_show, col(Link.status).in_(HOLDING))
        found.append(_documents(of_show, linked))
    return found


def _documents(of_episode: ColumnElement[bool], articles: Select[Any]) -> ColumnElement[bool]:
    """Passages of these episodes and of these articles."""
    transcripts = select(Transcript.id).join(Episode).where(of_episode)
    return or_(col(Passage.transcript_id).in_(transcripts), col(Passage.article_id).in_(articles))


def _period(query: Query, dated: Any) -> ColumnElement[bool]:  # noqa: ANN401 - SQLAlchemy's own type of a column differs by its nullability
    bounds: list[ColumnElement[bool]] = [dated.is_not(None)]
    bounds += [dated >= query.after] if query.after else []
    bounds += [dated < query.before] if query.before else []
    return and_(*bounds)


def of_show(session: Session, name: str) -> ColumnElement[bool] | None:
    """The condition on ``episode`` for a show by its number, address or title, whole or its beginning; None if none is called so."""
    wanted = name.strip().casefold()
    followed = [(show.id, _names(show)) for show in session.exec(select(Show))]
    titles = list(session.exec(select(Episode.show_title).where(Episode.show_title != "").distinct()))
    for fits in (str.__eq__, str.startswith):
        ids = [show_id for show_id, names in followed if any(fits(each, wanted) for each in names)]
        called = [title for title in titles if fits(title.casefold(), wanted)]
        if wanted and (ids or called):
            return or_(col(Episode.show_id).in_(ids), col(Episode.show_title).in_(called))
    return None


def _names(show: Show) -> Sequence[str]:
    return str(show.id), show.url.casefold(), show.title.casefold()
