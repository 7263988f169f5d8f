"""Crawl the lists of a followed site in batches: its WordPress API, sitemaps or feed.

A site's state is a plain JSON object that only this module reads: {"at": URLs of its lists, plus what each kind
stores}. Each batch comes with the state after it. Write both in one transaction; then a crawl that is killed resumes
after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any

from episodes.articles import feeds, sitemaps, wordpress
from episodes.articles.feed_entry import Entry
from episodes.articles.http import Page
from episodes.articles.recognise import SiteKind
from episodes.articles.web_client import LISTS, NO_VALIDATORS, Validators, WebClient
from episodes.errors import ArticleError, PageRefused
from episodes.logs import logger
from episodes.urls import same_site

log = logger(__name__)

State = Mapping[str, Any]

#: Limits against hostile indexes: sitemaps in total, and levels of nesting.
_MOST_SITEMAPS = 2000
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Batch:
    """Some entries, and the site's state after them. ``done`` of ``total`` lists are read (None: unknown)."""

    entries: tuple[Entry, ...]
    state: State
    done: int = 1
    total: int | None = None


class ApiClosed(ArticleError):
    """The site's API no longer answers; its sitemap or feed may."""


def batches(web: WebClient, kind: str, url: str, title: str, state: State, now: datetime) -> Iterator[Batch]:
    """Yield batches of the site's entries: only new and changed ones where the list can tell.

    Raises:
        ApiClosed: the API of a WordPress site is closed now.
        RateLimited: the site asks for a pause.
        ArticleError: a list cannot be read; earlier batches are valid.
    """
    if kind == SiteKind.WORDPRESS:
        return _posts(web, title, state, now)
    return _sitemaps(web, url, state) if kind == SiteKind.SITEMAP else _feed(web, state)


@dataclass(frozen=True, slots=True)
class CurrentUrls:
    """The URLs in a site's list now, complete from ``since`` on (None: from the start), and the new state."""

    urls: frozenset[str]
    since: date | None
    state: State


def current_urls(web: WebClient, kind: str, state: State, now: datetime, every: timedelta) -> CurrentUrls | None:
    """Return the articles that the site still lists, to find removed ones.

    None if that was checked less than ``every`` ago, or if the kind of list cannot tell.

    Raises:
        ArticleError: the list cannot be read.
    """
    looked = state.get("looked")
    if kind == SiteKind.SITEMAP or (looked and now - datetime.fromisoformat(looked) < every):
        return None
    noted = {**state, "looked": now.isoformat()}
    if looked is None:  # the whole list was read just now
        return CurrentUrls(frozenset(), date.max, noted)
    if kind == SiteKind.WORDPRESS:
        return CurrentUrls(_links(web, state["at"][0]), None, noted)
    page = web.fetch(state["at"][0], limits=LISTS)
    entries = feeds.read_feed(page.body, page.url).entries
    days = [entry.published for entry in entries if entry.published]
    return CurrentUrls(frozenset(entry.url for entry in entries), min(days, default=date.max), noted)


def _links(web: WebClient, api: str) -> frozenset[str]:
    found: set[str] = set()
    more, number = True, 1
    while more:
        page = web.fetch(wordpress.links_url(api, number), limits=LISTS)
        some = wordpress.parse_posts(page.body, page.headers, page.url, "")
        found.update(entry.url for entry in some.entries)
        more = number < some.pages if some.pages is not None else some.full
        number += 1
    return frozenset(found)


def _posts(web: WebClient, title: str, state: State, now: datetime) -> Iterator[Batch]:
    """Yield all posts once, later those modified since. The state has "walk" while pages are left to read.

    The next crawl starts at the latest modification seen, or at this crawl's start if that was earlier; otherwise posts
    that are modified while pages are read would be missed.
    """
    start = {"page": 1, "after": state.get("modified_after", ""), "began": f"{now:%Y-%m-%dT%H:%M:%S}", "latest": ""}
    crawl = dict(state.get("walk") or start)
    more = True
    while more:
        url = wordpress.posts_url(state["at"][0], crawl["page"], crawl["after"] and f"{crawl['after']}Z")
        page = _api_page(web, url, state, first=crawl["page"] == 1)
        if page is None:
            if "walk" in state:  # fewer pages than before: the crawl is done
                yield Batch((), _after_crawl(state, crawl, None, url))
            return
        found = wordpress.parse_posts(page.body, page.headers, page.url, title)
        crawl = {**crawl, "page": crawl["page"] + 1, "latest": max(crawl["latest"], found.latest)}
        more = crawl["page"] <= found.pages if found.pages is not None else found.full
        state = {**state, "walk": crawl} if more else _after_crawl(state, crawl, page, url)
        yield Batch(found.entries, state, crawl["page"] - 1, found.pages)


def _api_page(web: WebClient, url: str, state: State, *, first: bool) -> Page | None:
    """Fetch a page of posts; None if nothing has changed, or after the last page."""
    validators = _validators(state.get("asked", {}).get(url, {})) if first else NO_VALIDATORS
    try:
        page = web.fetch(url, limits=LISTS, validators=validators)
    except PageRefused as error:
        if error.status == HTTPStatus.BAD_REQUEST and not first:
            return None
        if error.status in (400, 401, 403, 404, 405, 410):
            log.info("%s: closed: %s", url, error.detail)
            raise ApiClosed(url, error.detail) from error
        raise
    return page if page.body else None


def _after_crawl(state: State, crawl: Mapping[str, Any], page: Page | None, url: str) -> State:
    """Return the state after the last page."""
    after = min(crawl["latest"], crawl["began"]) if crawl["latest"] else crawl["after"]
    rest = {name: value for name, value in state.items() if name != "walk"}
    asked = {url: _validator_state(page)} if page and crawl["page"] == 2 else {}
    return {**rest, "modified_after": max(after, crawl["after"]), "asked": asked}


def _sitemaps(web: WebClient, site: str, state: State) -> Iterator[Batch]:
    """Yield the entries of every sitemap that may have changed.

    A sitemap is skipped if its index gives the same modification time as before. One that cannot be read does not stop
    the others; the first such error is raised at the end.
    """
    errors: list[ArticleError] = []
    waiting = [(address, "", 0) for address in reversed(state["at"])]
    seen: set[str] = set()
    while waiting and len(seen) < _MOST_SITEMAPS:
        address, changed, depth = waiting.pop()
        before = state.get("maps", {}).get(address, {})
        to_the_minute = "T" in changed  # a date alone does not show later changes on that day
        if address in seen or (to_the_minute and changed == before.get("changed")):
            continue
        seen.add(address)
        try:
            page, found = _fetch_sitemap(web, address, _validators(before))
        except ArticleError as error:
            log.info("%s: skipped: %s", address, error.detail)
            errors.append(error)
            continue
        if found:
            inner = [list(one) for one in found.maps]
            noted = {**_validator_state(page), "changed": changed, "maps": inner}
            state = {**state, "maps": {**state.get("maps", {}), address: noted}}
            own = tuple(one for one in found.pages if same_site(one.url, site) or same_site(one.url, address))
            yield Batch(own, state, len(seen), len(seen) + len(waiting) + len(inner))
        else:
            inner = before.get("maps", [])
        waiting += [(url, changed, depth + 1) for url, changed in reversed(inner) if depth < _DEEPEST]
    if errors:
        raise errors[0]


def _fetch_sitemap(web: WebClient, url: str, validators: Validators) -> tuple[Page, sitemaps.Sitemap | None]:
    """Fetch and parse a sitemap; None if it has not changed."""
    page = web.fetch(url, limits=LISTS, validators=validators)
    body = sitemaps.gunzip(page.body, LISTS.size, url)
    return page, sitemaps.read_sitemap(body, url) if body else None


def _feed(web: WebClient, state: State) -> Iterator[Batch]:
    address = state["at"][0]
    page = web.fetch(address, limits=LISTS, validators=_validators(state))
    if page.body:
        found = feeds.read_feed(page.body, page.url)
        yield Batch(found.entries, {**state, **_validator_state(page)})


def _validators(noted: Mapping[str, Any]) -> Validators:
    return Validators(noted.get("etag", ""), noted.get("modified", ""))


def _validator_state(page: Page) -> dict[str, str]:
    return {"etag": page.etag, "modified": page.modified}
