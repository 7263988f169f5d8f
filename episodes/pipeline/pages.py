"""One page by its URL: a conditional request, extraction, and storing the articles with their outcome.

If a page was removed or has moved, that is recorded; its stored article stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from sqlmodel import Session

from episodes.articles.http import Page
from episodes.articles.read import read_response
from episodes.articles.text_comparison import is_near_duplicate
from episodes.articles.web_client import NO_VALIDATORS, Validators
from episodes.catalog import addresses, articles, outcomes
from episodes.database import in_transaction, reading
from episodes.errors import ArticleError, PageRefused, RobotsForbid
from episodes.pipeline.item_outcomes import guarded
from episodes.pipeline.rate_limits import rate_limited_until
from episodes.pipeline.run import Run
from episodes.search import index
from episodes.urls import canonical, same_page, split
from episodes.values import ArticleText, Outcome, Progress, Read, State

STEP = "articles"
REMOVED = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


@dataclass(frozen=True)
class KnownPage:
    """What the catalog has for a URL: the article, the validators of the last response, and whether the page was ever ``fetched``."""

    article_id: int
    title: str
    validators: Validators
    fetched: bool

    @classmethod
    def of(cls, run: Run, url: str) -> KnownPage | None:
        """Read from its row; None for an unknown URL."""
        with reading(run.database) as session:
            article, row = addresses.article(session, url), addresses.row(session, url)
            validators = Validators(row.etag, row.last_modified) if row else NO_VALIDATORS
            fetched = row is not None and row.checked_at is not None
            return cls(article.id or 0, article.title, validators, fetched) if article else None


def read_listed(run: Run, item: str, data: Mapping[str, Any], title: str = "") -> Iterator[Outcome]:
    """Fetch and read a page that was listed or failed before."""
    if rate_limited_until(run, item):
        return
    run.report(Progress("read", title or item))
    known = KnownPage.of(run, item)

    def fetch() -> Page:
        return run.web.fetch(item, by_name="site" not in data, validators=known.validators if known else NO_VALIDATORS)

    yield from read_page(run, item, fetch, known, data)


def read_page(
    run: Run, item: str, fetch: Callable[[], Page], known: KnownPage | None, data: Mapping[str, Any]
) -> list[Outcome]:
    """Fetch, read, store: the outcome of the page itself, and of each other article on it."""
    result = _PageResult([])

    def work() -> Outcome:
        nonlocal result
        result = _fetch_and_write(run, item, fetch, known, listed="site" in data)
        return result.outcomes[0]

    outcome = guarded(run, work, item=item, step=STEP, title=known.title if known else "", url=item)
    others = result.outcomes[1:]

    def keep(session: Session) -> None:
        kept = {name: value for name, value in data.items() if name != "gone"}
        if result.gone:
            kept["gone"] = result.gone
        outcomes.record(session, STEP, outcome, now=run.now(), data={**kept, "url": item})
        for other in others:
            outcomes.record(session, STEP, other, now=run.now(), data={"target": item})

    in_transaction(run.database, keep)
    return [outcome, *others]


@dataclass(frozen=True)
class _PageResult:
    """The outcomes of a page, its own first, then those of other articles on it; ``gone``: the day since which it is removed, or empty."""

    outcomes: list[Outcome]
    gone: str = ""


def _fetch_and_write(
    run: Run, item: str, fetch: Callable[[], Page], known: KnownPage | None, *, listed: bool
) -> _PageResult:
    """Fetch a page and store its articles.

    Raises:
        ArticleError: The request failed, and the catalog has no article of the page.
    """
    try:
        page = fetch()
    except RobotsForbid as error:
        return _PageResult([Outcome(item, State.SKIPPED, error.detail, step=STEP)])
    except PageRefused as error:
        if known is None and listed and error.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
            return _PageResult([Outcome(item, State.SKIPPED, error.detail, step=STEP)])
        if known is None or error.status not in REMOVED:
            raise
        return _record_removal(run, item, known, error.detail)
    if known and page.status != HTTPStatus.NOT_MODIFIED and _is_home(page.url) and not same_page(page.url, item):
        return _record_removal(run, item, known, "it redirects to the home page")
    return _PageResult(_store_response(run, item, page, known, listed=listed))


def _is_home(url: str) -> bool:
    return split(url).path in ("", "/")


def _record_removal(run: Run, item: str, known: KnownPage, why: str) -> _PageResult:
    """Record that a known page was removed; the day of the first such response counts."""

    def note(session: Session) -> str:
        addresses.record_check(session, known.article_id, item, "", "", now=run.now())
        return outcomes.data(session, STEP, [item]).get(item, {}).get("gone") or f"{run.now():%Y-%m-%d}"

    since = in_transaction(run.database, note)
    reason = f"gone since {since} ({why}); the article stays"
    return _PageResult([Outcome(item, State.SKIPPED, reason, title=known.title, step=STEP)], since)


def _store_response(run: Run, item: str, page: Page, known: KnownPage | None, *, listed: bool) -> list[Outcome]:
    """Read and store a response; the outcome of the page itself comes first.

    Raises:
        ArticleError: A page that a person named has no article. Listed pages without one are common, and skipped.
    """
    if known and page.status == HTTPStatus.NOT_MODIFIED:
        _record_check(run, item, page, known)
        reason = _moved(item, page) or "unchanged since the last request"
        return [Outcome(item, State.UNCHANGED, reason, title=known.title, step=STEP)]
    try:
        reads = list(read_response(page))
    except ArticleError as error:
        if known is None and listed:
            return [Outcome(item, State.SKIPPED, error.detail, step=STEP)]
        if known is None:
            raise
        _record_check(run, item, page, known)
        return [Outcome(item, State.SKIPPED, f"{error.detail}; the article stays", title=known.title, step=STEP)]
    other_source = known is not None and not known.fetched
    return in_transaction(
        run.database, lambda session: _stored(session, run.now(), item, page, reads, other_source=other_source)
    )


def _moved(item: str, page: Page) -> str:
    """Where a URL redirects to; empty if the page is still there."""
    return "" if same_page(page.url, item) else f"moved to {canonical(page.url)}"


def _record_check(run: Run, item: str, page: Page, known: KnownPage) -> None:
    """Store that the page was checked, with the validators of the response."""
    validators = (page.etag or known.validators.etag, page.modified or known.validators.modified)

    def note(session: Session) -> None:
        for address in dict.fromkeys((item, canonical(page.url))):
            addresses.record_check(session, known.article_id, address, *validators, now=run.now())

    in_transaction(run.database, note)


def _stored(
    session: Session, now: datetime, item: str, page: Page, reads: list[Read], *, other_source: bool
) -> list[Outcome]:
    """Store each article under its own URL; the page's own article also under the URLs that led to it."""
    stored = [(one, *put(session, one, now, other_source=other_source and one.own)) for one in reads]
    others = [outcome for one, outcome, _ in stored if not one.own]
    for one, outcome, article_id in stored:
        if one.own and article_id:
            for address in dict.fromkeys((item, canonical(page.url))):
                addresses.record_check(session, article_id, address, page.etag, page.modified, now=now)
            return [replace(outcome, item=item, reason=_moved(item, page) or outcome.reason), *others]
    return [
        Outcome(item, _sum(others), f"{len(others)} articles on it, each stored under its own URL", step=STEP),
        *others,
    ]


def _sum(results: list[Outcome]) -> State:
    """The best state: done, else unchanged, else skipped."""
    states = {outcome.state for outcome in results}
    return next((state for state in (State.DONE, State.UNCHANGED) if state in states), State.SKIPPED)


def put(session: Session, one: Read, now: datetime, *, other_source: bool = False) -> tuple[Outcome, int | None]:
    """Store and index what was read; returns the outcome, and the article's id if there is one.

    From another source than before (its page after its feed), an article reads slightly differently: such a near duplicate is no change.
    """
    article = one.value
    if not isinstance(article, ArticleText):
        outcome = one.outcome or Outcome(one.item, State.FAILED, "nothing could be read")
        return replace(outcome, step=STEP), None
    known = addresses.article(session, article.url) if other_source else None
    if known and is_near_duplicate(articles.text(session, known.id or 0), article.text):
        addresses.add(session, known.id or 0, article.url)
        return Outcome(one.item, State.UNCHANGED, known.url, title=known.title, step=STEP), known.id
    row, state = articles.put(session, article, now=now)
    if state is State.DONE:
        index.index_article(session, row.id or 0)
    return Outcome(
        one.item, state, "; ".join([article.url, *article.passed_over]), title=article.title, step=STEP
    ), row.id
