"""Followed sites, the sources of articles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select

from episodes.batches import batched
from episodes.errors import NotFound
from episodes.models import Outcome, Site
from episodes.urls import variants
from episodes.values import State


def add(session: Session, url: str, *, kind: str, title: str, state: Mapping[str, Any], now: datetime) -> Site:
    """Follow the site at ``url``; a followed one keeps its state."""
    if known := by_url(session, url):
        return known
    site = Site(url=url, kind=kind, title=title, state=dict(state), added_at=now)
    session.add(site)
    session.flush()
    return site


def by_url(session: Session, url: str) -> Site | None:
    """The followed site with this URL, in any of its spellings."""
    statement = select(Site).where(col(Site.url).in_(variants(url)))
    return session.exec(statement.order_by(col(Site.url) != url, col(Site.id))).first()


def listed(session: Session) -> list[Site]:
    """All sites, in the order in which they were added."""
    return list(session.exec(select(Site).order_by(col(Site.id))))


def find(session: Session, name: str) -> Site:
    """The site with this id, URL or title.

    Raises:
        NotFound: There is none, or more than one.
    """
    sites = listed(session)
    wanted = name.rstrip("/").casefold()
    found = [one for one in sites if wanted in (str(one.id), one.url.rstrip("/").casefold(), one.title.casefold())]
    if len(found) != 1:
        known = f"sites: {', '.join(one.url for one in sites)}" if sites else "`nir articles add` follows one"
        raise NotFound(detail=f"{'more than one' if found else 'no'} followed site is named {name!r}; {known}")
    return found[0]


def forget(session: Session, site: Site, step: str) -> None:
    """Stop following; its articles stay, listed pages that were not read are dropped."""
    rows = select(Outcome).where(Outcome.step == step, col(Outcome.state).in_([State.WAITING, State.FAILED]))
    ids = [row.id for row in session.exec(rows) if row.data.get("site") == site.id]
    for some in batched(ids):
        session.exec(delete(Outcome).where(col(Outcome.id).in_(some)))
    session.delete(site)
