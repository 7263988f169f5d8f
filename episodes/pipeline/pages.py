"""One page by its address: asked for if it may have changed, read, and written with what became of it.

A page that is gone or has moved is noted, and what the catalog has of it stays.
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
GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


@dataclass(frozen=True)
class KnownPage:
    """What the catalog knows of an address: the article there, the marks of the page when it was last asked for, whether it was."""

    article_id: int
    title: str
    validators: Validators
    fetched: bool

    @classmethod
    def of(cls, run: Run, url: str) -> KnownPage | None:
        """From its row; None for an address that nobody has met."""
        with reading(run.database) as session:
            article, row = addresses.article(session, url), addresses.row(session, url)
            validators = Validators(row.etag, row.last_modified) if row else NO_VALIDATORS
            fetched = row is not None and row.checked_at is not None
            return cls(article.id or 0, article.title, validators, fetched) if article else None


def read_listed(run: Run, item: str, data: Mapping[str, Any], title: str = "") -> Iterator[Outcome]:
    """Ask for a page that was listed (or failed before) and read it."""
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
    """Ask, read, write: the outcome of the page itself, and of each other article on it."""
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
    """What became of a page: its own outcome first, then those of other articles on it; the day since which it is ``gone``, if it is."""

    outcomes: list[Outcome]
    gone: str = ""


def _fetch_and_write(
    run: Run, item: str, fetch: Callable[[], Page], known: KnownPage | None, *, listed: bool
) -> _PageResult:
    """Ask for a page and write what comes.

    Raises:
        ArticleError: nothing comes, and nothing is known of the page.
    """
    try:
        page = fetch()
    except RobotsForbid as error:
        return _PageResult([Outcome(item, State.SKIPPED, error.detail, step=STEP)])
    except PageRefused as error:
        if known is None and listed and error.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
            return _PageResult([Outcome(item, State.SKIPPED, error.detail, step=STEP)])
        if known is None or error.status not in GONE:
            raise
        return _gone(run, item, known, error.detail)
    if known and page.status != HTTPStatus.NOT_MODIFIED and _is_home(page.url) and not same_page(page.url, item):
        return _gone(run, item, known, "its address leads to the home page now")
    return _PageResult(_written(run, item, page, known, listed=listed))


def _is_home(url: str) -> bool:
    return split(url).path in ("", "/")


def _gone(run: Run, item: str, known: KnownPage, why: str) -> _PageResult:

    def note(session: Session) -> str:
        addresses.record_check(session, known.article_id, item, "", "", now=run.now())
        return outcomes.data(session, STEP, [item]).get(item, {}).get("gone") or f"{run.now():%Y-%m-%d}"

    since = in_transaction(run.database, note)
    reason = f"gone since {since} ({why}); the article stays"
    return _PageResult([Outcome(item, State.SKIPPED, reason, title=known.title, step=STEP)], since)


def _written(run: Run, item: str, page: Page, known: KnownPage | None, *, listed: bool) -> list[Outcome]:
    """What a server's answer comes to: the page's own outcome first.

    Raises:
        ArticleError: a page that a person named has no article; sites list many such pages, and those are passed over.
    """
    if known and page.status == HTTPStatus.NOT_MODIFIED:
        _note(run, item, page, known)
        reason = _moved(item, page) or "not changed since it was last read"
        return [Outcome(item, State.UNCHANGED, reason, title=known.title, step=STEP)]
    try:
        reads = list(read_response(page))
    except ArticleError as error:
        if known is None and listed:
            return [Outcome(item, State.SKIPPED, error.detail, step=STEP)]
        if known is None:
            raise
        _note(run, item, page, known)
        return [Outcome(item, State.SKIPPED, f"{error.detail}; the article stays", title=known.title, step=STEP)]
    other_source = known is not None and not known.fetched
    return in_transaction(
        run.database, lambda session: _stored(session, run.now(), item, page, reads, other_source=other_source)
    )


def _moved(item: str, page: Page) -> str:
    """Where an address leads by now; empty where it is still the page's own."""
    return "" if same_page(page.url, item) else f"moved to {canonical(page.url)}"


def _note(run: Run, item: str, page: Page, known: KnownPage) -> None:
    """Keep that the page was asked for, and what the server said of it."""
    validators = (page.etag or known.validators.etag, page.modified or known.validators.modified)

    def note(session: Session) -> None:
        for address in dict.fromkeys((item, canonical(page.url))):
            addresses.record_check(session, known.article_id, address, *validators, now=run.now())

    in_transaction(run.database, note)


def _stored(
    session: Session, now: datetime, item: str, page: Page, reads: list[Read], *, other_source: bool
) -> list[Outcome]:
    """Each article under its own address; the page's own one under those, too, by which the page was reached."""
    stored = [(one, *put(session, one, now, other_source=other_source and one.own)) for one in reads]
    others = [outcome for one, outcome, _ in stored if not one.own]
    for one, outcome, article_id in stored:
        if one.own and article_id:
            for address in dict.fromkeys((item, canonical(page.url))):
                addresses.record_check(session, article_id, address, page.etag, page.modified, now=now)
            return [replace(outcome, item=item, reason=_moved(item, page) or outcome.reason), *others]
    return [
        Outcome(item, _sum(others), f"{len(others)} articles on it, each under its own address", step=STEP),
        *others,
    ]


def _sum(results: list[Outcome]) -> State:
    states = {outcome.state for outcome in results}
    return next((state for state in (State.DONE, State.UNCHANGED) if state in states), State.SKIPPED)


def put(session: Session, one: Read, now: datetime, *, other_source: bool = False) -> tuple[Outcome, int | None]:
    """Store what was read, with its place in the index; its outcome, and the article's id where there is one.

    Through another door than before (its page after the feed) the same article reads a little differently: that is no change.
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
