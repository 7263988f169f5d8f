"""Read the lists of a followed site, batch by batch: inline articles are stored, the pages of the others are queued.

Both happen in one transaction with the site's state, so that a walk over years of articles continues after a kill.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from episodes.articles import listing
from episodes.articles.feed_entry import Entry, entry_article
from episodes.articles.recognise import SiteFound, recognise
from episodes.catalog import outcomes
from episodes.database import in_savepoint, in_transaction, reading, writing
from episodes.errors import ArticleError
from episodes.models import Site
from episodes.pipeline import pages
from episodes.pipeline.item_outcomes import failure, guarded
from episodes.pipeline.pages import STEP
from episodes.pipeline.rate_limits import rate_limited_until
from episodes.pipeline.run import Run
from episodes.values import ArticleText, Outcome, Progress, Read, State

LIST_STEP = "sites"


@dataclass(frozen=True)
class FollowedSite:
    """A followed site, independent of any session."""

    site_id: int
    url: str
    kind: str
    title: str
    state: dict[str, Any]

    @classmethod
    def of(cls, row: Site) -> FollowedSite:
        """Read from its row."""
        return cls(row.id or 0, row.url, row.kind, row.title, row.state)


def list_site(run: Run, one: FollowedSite) -> Iterator[Outcome]:
    """Read the site's lists; yield the outcomes of articles that a feed carries whole, then the outcome of the listing."""
    if rate_limited_until(run, one.url):
        return
    run.report(Progress("list", one.title or one.url))
    walk = _Walk(run, one)
    outcome = None
    while outcome is None or (outcome.state is State.WAITING and not outcome.until):
        outcome = guarded(run, walk.step, item=one.url, step=LIST_STEP, title=one.title)
        yield from walk.written
        walk.written = []
    if walk.closed:
        other = _without_api(run, one, outcome)
        if isinstance(other, FollowedSite):
            yield from list_site(run, other)
            return
        outcome = other
    with writing(run.database) as session:
        outcomes.record(session, LIST_STEP, outcome, now=run.now())
        if outcome.state is not State.FAILED and not outcome.until:
            session.get_one(Site, one.site_id).checked_at = run.now()
    if outcome.state is not State.UNCHANGED:
        yield outcome


class _Walk:
    """One walk over a site's lists; ``written`` holds the outcomes of the last step. Errors propagate."""

    def __init__(self, run: Run, one: FollowedSite) -> None:
        self.run, self.one = run, one
        self.batches = listing.batches(run.web, one.kind, one.url, one.title, one.state, run.now())
        self.found = 0
        self.closed = False
        self.written: list[Outcome] = []

    def step(self) -> Outcome:
        """Store the next batch; return WAITING while there may be more, then the outcome of the listing."""
        try:
            batch = next(self.batches, None)
        except listing.ApiClosed:
            self.closed = True
            raise
        if batch:
            self.run.report(Progress("list", self.one.title or self.one.url, batch.done, batch.total))
            self.written, fresh = _store_batch(self.run, self.one, batch)
            self.found += fresh
            return Outcome(self.one.url, State.WAITING, step=LIST_STEP)
        state = State.DONE if self.found else State.UNCHANGED
        return Outcome(
            self.one.url,
            state,
            f"{self.found} new or changed articles listed",
            title=self.one.title,
            step=LIST_STEP,
        )


def _without_api(run: Run, one: FollowedSite, closed: Outcome) -> FollowedSite | Outcome:
    """Follow the site by its sitemap or feed, now that its API is closed.

    If that fails, return an outcome with both reasons: that of the ``closed`` API, and why there is no other way.
    """
    try:
        found = recognise(run.web, one.url, api=False)
    except Exception as error:  # noqa: BLE001 - one site must not stop the others
        failed = failure(run, error, item=one.url, step=LIST_STEP, title=one.title)
        return failed if failed.until else replace(closed, reason=f"{closed.reason}; without its API: {failed.reason}")
    if not isinstance(found, SiteFound):
        return replace(closed, reason=f"{closed.reason}; without its API: it names neither a sitemap nor a feed")
    with writing(run.database) as session:
        row = session.get_one(Site, one.site_id)
        row.kind, row.state = found.kind, {"at": list(found.at)}
        return FollowedSite.of(row)


def _store_batch(run: Run, one: FollowedSite, batch: listing.Batch) -> tuple[list[Outcome], int]:
    """Store a batch and the site's new state in one transaction; returns outcomes of inline articles, and the number of fresh entries."""
    entries = {entry.url: entry for entry in batch.entries}
    with reading(run.database) as session:
        known = outcomes.data(session, STEP, entries)
    fresh = [entry for entry in entries.values() if _is_fresh(entry, known.get(entry.url))]
    inline = {entry.url: article for entry in fresh if (article := _inline_article(entry))}

    def store(session: Session) -> list[Outcome]:
        results = [_put(run, session, article, entries[url], known.get(url)) for url, article in inline.items()]
        for outcome in results:
            outcomes.record(session, STEP, outcome, now=run.now(), data=_data(one, entries[outcome.item]))
        _enqueue_pages(session, run, one, [entry for entry in fresh if entry.url not in inline], known)
        session.get_one(Site, one.site_id).state = dict(batch.state)
        return results

    return in_transaction(run.database, store), len(fresh)


def _enqueue_pages(
    session: Session, run: Run, one: FollowedSite, entries: list[Entry], known: dict[str, dict[str, Any]]
) -> None:
    """Queue the pages of entries without inline content: those changed since, and new ones."""
    for entry in entries:
        if entry.url in known:
            again = Outcome(entry.url, State.WAITING, "listed as changed", title=entry.title, step=STEP)
            outcomes.record(session, STEP, again, now=run.now(), data=known[entry.url] | _data(one, entry))
    new = [(entry.url, entry.title, _data(one, entry)) for entry in entries if entry.url not in known]
    outcomes.enqueue(session, STEP, new, now=run.now())


def _is_fresh(entry: Entry, known: dict[str, Any] | None) -> bool:
    """True if an entry is new, or has changed since it was last listed."""
    return known is None or bool(entry.version and entry.version != known.get("mark"))


def _data(one: FollowedSite, entry: Entry) -> dict[str, Any]:
    return {"url": entry.url, "site": one.site_id, "mark": entry.version}


def _inline_article(entry: Entry) -> ArticleText | None:
    """The article of a full-content entry; None if its page has to be read."""
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
