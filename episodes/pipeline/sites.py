"""Followed sites of articles: recognise and follow one, refresh them all, read their queued pages, recheck old ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from episodes.articles.http import Page
from episodes.articles.recognise import SiteFound, recognise
from episodes.articles.web_client import NO_VALIDATORS
from episodes.catalog import addresses, outcomes, sites
from episodes.database import reading, writing
from episodes.errors import CatalogError
from episodes.pipeline import pages, removed_articles
from episodes.pipeline.item_outcomes import finished_meanwhile
from episodes.pipeline.pages import STEP, KnownPage
from episodes.pipeline.rate_limits import rate_limited_until, site
from episodes.pipeline.run import Run
from episodes.pipeline.site_listing import FollowedSite, list_site
from episodes.urls import canonical
from episodes.values import Outcome, State

#: A stored article's page is requested again after this time, to see if it still exists; at most this many pages per run.
RECHECK_AFTER = timedelta(days=14)
RECHECKS_PER_RUN = 50


def add_address(run: Run, target: str) -> Iterator[Outcome]:
    """Read a URL: one page, or a whole site, which is followed from now on."""
    try:
        url = canonical(target)
    except CatalogError as error:
        yield Outcome(target, State.FAILED, str(error), step=STEP)
        return
    with reading(run.database) as session:
        row = sites.by_url(session, url)
        followed = FollowedSite.of(row) if row else None
    if followed:
        yield from _refresh(run, followed)
        return
    yield from _recognise(run, url)


def _recognise(run: Run, url: str) -> Iterator[Outcome]:
    """Find out what a URL is that is not followed, and read it."""
    if until := rate_limited_until(run, url):
        outcome = Outcome(url, State.WAITING, "the site limits requests", until=until, step=STEP)
        with writing(run.database) as session:
            outcomes.record(session, STEP, outcome, now=run.now(), data={"url": url})
        yield outcome
        return
    known = KnownPage.of(run, url)
    found = _recognise_or_error(run, url, known)
    if isinstance(found, SiteFound):
        yield from _follow(run, found)
    else:
        yield from pages.read_page(run, url, lambda: _raise_or_return(found), known, {})


def _recognise_or_error(run: Run, url: str, known: KnownPage | None) -> SiteFound | Page | Exception:
    try:
        return recognise(run.web, url, validators=known.validators if known else NO_VALIDATORS)
    except Exception as error:  # noqa: BLE001 - raised again where it becomes the page's outcome
        return error


def _raise_or_return(found: Page | Exception) -> Page:
    if isinstance(found, Exception):
        raise found
    return found


def _follow(run: Run, found: SiteFound) -> Iterator[Outcome]:
    with writing(run.database) as session:
        state = {"at": list(found.at)}
        row = sites.add(session, found.url, kind=found.kind, title=found.title, state=state, now=run.now())
        followed = FollowedSite.of(row)
    yield from _refresh(run, followed)


def refresh(run: Run) -> Iterator[Outcome]:
    """List all followed sites, read queued pages, and recheck some pages that were requested long ago."""
    with reading(run.database) as session:
        all_sites = [FollowedSite.of(row) for row in sites.listed(session)]
    for one in all_sites:
        yield from list_site(run, one)
        yield from removed_articles.recheck(run, one.site_id, RECHECK_AFTER)
    yield from read_due(run)
    yield from _recheck(run)


def _refresh(run: Run, one: FollowedSite) -> Iterator[Outcome]:
    yield from list_site(run, one)
    yield from read_due(run, only=one.site_id)


def read_due(run: Run, *, only: int | None = None, again: bool = False) -> Iterator[Outcome]:
    """Read the queued pages, of the site with the id ``only`` if given; with ``again`` also those that failed, however often."""
    since = run.now()
    with reading(run.database) as session:
        rows = outcomes.due(session, STEP, now=run.now(), failed=again)
        due = [(row.item, row.title, row.data) for row in rows if row.data.get("url")]
    later: Counter[str] = Counter()
    for item, title, data in due:
        if only not in (None, data.get("site")) or finished_meanwhile(run, STEP, item, since):
            continue
        if rate_limited_until(run, item):
            later[site(item)] += 1
        yield from pages.read_listed(run, item, data, title)
    for name, count in later.items():
        reason = f"{count} pages are left for later: the site limits requests"
        yield Outcome(name, State.WAITING, reason, until=rate_limited_until(run, f"https://{name}"), step=STEP)


def _recheck(run: Run) -> Iterator[Outcome]:
    with reading(run.database) as session:
        urls = addresses.least_recently_checked(session, run.now() - RECHECK_AFTER, RECHECKS_PER_RUN)
        data = outcomes.data(session, STEP, urls)
    for url in urls:
        yield from pages.read_listed(run, url, data.get(url, {}))
