"""Followed sites: recognised, listed batch by batch, and what is listed read page by page.

Articles that a list carries whole are written with their batch. The others wait in the table of outcomes, written down in the same
transaction as the site's state, so that a walk of years goes on where it was, however often it is killed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from episodes.articles import listing
from episodes.articles.feed_entry import Entry, entry_article
from episodes.articles.http import Page
from episodes.articles.recognise import SiteFound, recognise
from episodes.articles.web_client import NO_VALIDATORS
from episodes.catalog import addresses, outcomes, sites
from episodes.database import in_savepoint, in_transaction, reading, writing
from episodes.errors import ArticleError, CatalogError
from episodes.models import Site
from episodes.pipeline import pages, removed_articles
from episodes.pipeline.item_outcomes import finished_meanwhile, guarded
from episodes.pipeline.pages import STEP, KnownPage
from episodes.pipeline.rate_limits import rate_limited_until, site
from episodes.pipeline.run import Run
from episodes.urls import canonical
from episodes.values import ArticleText, Outcome, Progress, Read, State

LIST = "sites"

#: A known page is asked again whether it is still there after so long, and so many of them in one run.
RECHECK_AFTER = timedelta(days=14)
RECHECKS_PER_RUN = 50


@dataclass(frozen=True)
class Followed:
    """A site, free of any session."""

    site_id: int
    url: str
    kind: str
    title: str
    state: dict[str, Any]

    @classmethod
    def of(cls, row: Site) -> Followed:
        """From its row."""
        return cls(row.id or 0, row.url, row.kind, row.title, row.state)


def add_address(run: Run, target: str) -> Iterator[Outcome]:
    """Read what stands behind an address: a page, or a whole site, which is followed from now on."""
    try:
        url = canonical(target)
    except CatalogError as error:
        yield Outcome(target, State.FAILED, str(error), step=STEP)
        return
    with reading(run.database) as session:
        row = sites.by_url(session, url)
        followed = Followed.of(row) if row else None
    if followed:
        yield from _refresh(run, followed)
        return
    yield from _recognised(run, url)


def _recognised(run: Run, url: str) -> Iterator[Outcome]:
    """Ask what stands behind an address that is not followed."""
    if until := rate_limited_until(run, url):
        outcome = Outcome(url, State.WAITING, "the site asked for a pause", until=until, step=STEP)
        with writing(run.database) as session:
            outcomes.record(session, STEP, outcome, now=run.now(), data={"url": url})
        yield outcome
        return
    known = KnownPage.of(run, url)
    answer = _answer(run, url, known)
    if isinstance(answer, SiteFound):
        yield from _follow(run, answer)
    else:
        yield from pages.read_page(run, url, lambda: _raised(answer), known, {})


def _answer(run: Run, url: str, known: KnownPage | None) -> SiteFound | Page | Exception:
    try:
        return recognise(run.web, url, validators=known.validators if known else NO_VALIDATORS)
    except Exception as error:  # noqa: BLE001 - raised again where a page's errors become its outcome
        return error


def _raised(answer: Page | Exception) -> Page:
    if isinstance(answer, Exception):
        raise answer
    return answer


def _follow(run: Run, found: SiteFound) -> Iterator[Outcome]:
    with writing(run.database) as session:
        state = {"at": list(found.at)}
        row = sites.add(session, found.url, kind=found.kind, title=found.title, state=state, now=run.now())
        followed = Followed.of(row)
    yield from _refresh(run, followed)


def refresh(run: Run) -> Iterator[Outcome]:
    """List all followed sites, read what waits, and ask again for some pages that were last seen long ago."""
    with reading(run.database) as session:
        all_sites = [Followed.of(row) for row in sites.listed(session)]
    for one in all_sites:
        yield from _list(run, one)
        yield from removed_articles.recheck(run, one.site_id, RECHECK_AFTER)
    yield from read_due(run)
    yield from _recheck(run)


def _refresh(run: Run, one: Followed) -> Iterator[Outcome]:
    yield from _list(run, one)
    yield from read_due(run, only=one.site_id)


def read_due(run: Run, *, only: int | None = None, again: bool = False) -> Iterator[Outcome]:
    """Read the pages that wait, of one site if ``only`` names it; with ``again`` those that failed, too, however often."""
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
        reason = f"{count} pages are left for later, the site asked for a pause"
        yield Outcome(name, State.WAITING, reason, until=rate_limited_until(run, f"https://{name}"), step=STEP)


def _recheck(run: Run) -> Iterator[Outcome]:
    with reading(run.database) as session:
        urls = addresses.least_recently_checked(session, run.now() - RECHECK_AFTER, RECHECKS_PER_RUN)
        data = outcomes.data(session, STEP, urls)
    for url in urls:
        yield from pages.read_listed(run, url, data.get(url, {}))


def _list(run: Run, one: Followed) -> Iterator[Outcome]:
    """Read the site's lists: the outcomes of what they carry, and at last of the listing itself."""
    if rate_limited_until(run, one.url):
        return
    run.report(Progress("list", one.title or one.url))
    walk = _Walk(run, one)
    outcome = None
    while outcome is None or (outcome.state is State.WAITING and not outcome.until):
        outcome = guarded(run, walk.step, item=one.url, step=LIST, title=one.title)
        yield from walk.written
        walk.written = []
    if walk.closed and (other := _other_way(run, one)):
        yield from _list(run, other)
        return
    with writing(run.database) as session:
        outcomes.record(session, LIST, outcome, now=run.now())
        if outcome.state is not State.FAILED and not outcome.until:
            session.get_one(Site, one.site_id).checked_at = run.now()
    if outcome.state is not State.UNCHANGED:
        yield outcome


class _Walk:
    """One reading of a site's lists; ``written`` holds the outcomes of the last step. It does not catch errors."""

    def __init__(self, run: Run, one: Followed) -> None:
        self.run, self.one = run, one
        self.batches = listing.batches(run.web, one.kind, one.url, one.title, one.state, run.now())
        self.found = 0
        self.closed = False
        self.written: list[Outcome] = []

    def step(self) -> Outcome:
        """Write the next batch; waiting while there may be more, else the outcome of the listing."""
        try:
            batch = next(self.batches, None)
        except listing.ApiClosed:
            self.closed = True
            raise
        if batch:
            self.run.report(Progress("list", self.one.title or self.one.url, batch.done, batch.total))
            self.written, fresh = _write(self.run, self.one, batch)
            self.found += fresh
            return Outcome(self.one.url, State.WAITING, step=LIST)
        state = State.DONE if self.found else State.UNCHANGED
        return Outcome(
            self.one.url, state, f"{self.found} new or changed articles listed", title=self.one.title, step=LIST
        )


def _other_way(run: Run, one: Followed) -> Followed | None:
    """The site by its sitemap or feed, now that its API is closed; None where it has neither."""
    try:
        found = recognise(run.web, one.url, api=False)
    except CatalogError:
        return None
    if not isinstance(found, SiteFound):
        return None
    with writing(run.database) as session:
        row = session.get_one(Site, one.site_id)
        row.kind, row.state = found.kind, {"at": list(found.at)}
        return Followed.of(row)


def _write(run: Run, one: Followed, batch: listing.Batch) -> tuple[list[Outcome], int]:
    """Write a batch and the site's new state in one transaction: outcomes of what it carried whole, and how much was new."""
    entries = {entry.url: entry for entry in batch.entries}
    with reading(run.database) as session:
        known = outcomes.data(session, STEP, entries)
    fresh = [entry for entry in entries.values() if _is_fresh(entry, known.get(entry.url))]
    whole = {entry.url: article for entry in fresh if (article := _inline_article(entry))}

    def write(session: Session) -> list[Outcome]:
        results = [
            _put(run, session, whole[entry.url], entry, known.get(entry.url)) for entry in fresh if entry.url in whole
        ]
        for outcome in results:
            outcomes.record(session, STEP, outcome, now=run.now(), data=_data(one, entries[outcome.item]))
        listed = [entry for entry in fresh if entry.url not in whole]
        for entry in listed:
            if entry.url in known:
                again = Outcome(entry.url, State.WAITING, "listed as changed", title=entry.title, step=STEP)
                outcomes.record(session, STEP, again, now=run.now(), data=known[entry.url] | _data(one, entry))
        new = [(entry.url, entry.title, _data(one, entry)) for entry in listed if entry.url not in known]
        outcomes.enqueue(session, STEP, new, now=run.now())
        session.get_one(Site, one.site_id).state = dict(batch.state)
        return results

    return in_transaction(run.database, write), len(fresh)


def _is_fresh(entry: Entry, known: dict[str, Any] | None) -> bool:
    """Whether an entry is new, or was changed since it was last listed."""
    return known is None or bool(entry.version and entry.version != known.get("mark"))


def _data(one: Followed, entry: Entry) -> dict[str, Any]:
    return {"url": entry.url, "site": one.site_id, "mark": entry.version}


def _inline_article(entry: Entry) -> ArticleText | None:
    """The article that an entry carries whole; None where its page has to be read."""
    try:
        return entry_article(entry) if entry.html else None
    except ArticleError:
        return None


def _put(run: Run, session: Session, article: ArticleText, entry: Entry, known: dict[str, Any] | None) -> Outcome:
    other_source = not (known and known.get("mark"))

    def work() -> Outcome:
        read = Read(entry.url, article)
        return in_savepoint(session, lambda: pages.put(session, read, run.now(), other_source=other_source)[0])

    return guarded(run, work, item=entry.url, step=STEP, title=article.title)
