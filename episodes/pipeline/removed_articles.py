"""Articles that a followed site no longer lists: their pages are fetched, and recorded as removed on 404 or 410.

A feed lists the latest articles only: an article older than its oldest entry was not removed. Nothing is deleted from the catalog.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from episodes.articles import listing
from episodes.catalog import addresses, outcomes
from episodes.database import in_transaction, reading
from episodes.errors import CatalogError
from episodes.models import Site
from episodes.pipeline import pages
from episodes.pipeline.rate_limits import rate_limited_until
from episodes.pipeline.run import Run
from episodes.values import Outcome, State

#: Pages fetched per run.
MAX_PAGES = 50


def recheck(run: Run, site_id: int, every: timedelta) -> Iterator[Outcome]:
    """Fetch the pages of articles that the site no longer lists; at most once in ``every``."""
    with reading(run.database) as session:
        row = session.get_one(Site, site_id)
        url, kind, state = row.url, row.kind, row.state
    if rate_limited_until(run, url):
        return
    try:
        found = listing.current_urls(run.web, kind, state, run.now(), every)
    except CatalogError:  # the listing has reported it, or the next one will
        return
    if found is None:
        return
    for item, title, data in in_transaction(run.database, partial(_enqueue_dropped, run, site_id, found)):
        yield from pages.read_listed(run, item, data, title)


def _enqueue_dropped(
    run: Run, site_id: int, found: listing.CurrentUrls, session: Session
) -> list[tuple[str, str, dict[str, Any]]]:
    """Queue and return the dropped articles, in one transaction with the site's new state, so that a killed run loses none."""
    dropped = _dropped(session, site_id, found)
    session.get_one(Site, site_id).state = dict(found.state)
    for item, title, data in dropped:
        waiting = Outcome(item, State.WAITING, "no longer listed", title=title, step=pages.STEP)
        outcomes.record(session, pages.STEP, waiting, now=run.now(), data=data)
    return dropped


def _dropped(session: Session, site_id: int, found: listing.CurrentUrls) -> list[tuple[str, str, dict[str, Any]]]:
    named = outcomes.of_site(session, pages.STEP, site_id)
    return [one for one in named if one[0] not in found.urls and _is_recent(session, one[0], found.since)][:MAX_PAGES]


def _is_recent(session: Session, url: str, since: date | None) -> bool:
    article = addresses.article(session, url)
    if article is None:
        return False
    return since is None or (article.published is not None and article.published > since)
