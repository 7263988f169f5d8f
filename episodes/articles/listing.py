"""A followed site's lists, read batch by batch: what is in them, and from where to go on.

A site's state is a plain JSON object that only this file reads: {"at": addresses of its lists, and what each kind
remembers}. Whoever writes a batch writes the state that comes with it in the same transaction; then a walk that is
killed goes on behind it.
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

#: An index that names more sitemaps than this, or sitemaps nested deeper, is no honest one.
_MOST_SITEMAPS = 2000
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Batch:
    """Some entries, and the site's state once they are written; ``done`` of ``total`` lists are read (None: nobody knows)."""

    entries: tuple[Entry, ...]
    state: State
    done: int = 1
    total: int | None = None


class ApiClosed(ArticleError):
    """The site's API answers no longer; its sitemap or feed may."""


def batches(web: WebClient, kind: str, url: str, title: str, state: State, now: datetime) -> Iterator[Batch]:
    """What the site's lists have, the new and the changed where they can tell, in batches.

    Raises:
        ApiClosed: a WordPress site whose API is closed by now.
        RateLimited: the site asks to be left alone for a while.
        ArticleError: a list cannot be read; the batches before it are good.
    """
    if kind == SiteKind.WORDPRESS:
        return _posts(web, title, state, now)
    return _sitemaps(web, url, state) if kind == SiteKind.SITEMAP else _feed(web, state)


@dataclass(frozen=True, slots=True)
class CurrentUrls:
    """What a site's list names by now, whole from ``since`` on (None: from its beginning), and the site's state with that noted."""

    urls: frozenset[str]
    since: date | None
    state: State


def current_urls(web: WebClient, kind: str, state: State, now: datetime, every: timedelta) -> CurrentUrls | None:
    """Which articles the site still knows; None where that was looked at less than ``every`` ago, or cannot be told
    from a list.

    Raises:
        ArticleError: the list cannot be read.
    """
    looked = state.get("looked")
    if kind == SiteKind.SITEMAP or (looked and now - datetime.fromisoformat(looked) < every):
        return None
    noted = {**state, "looked": now.isoformat()}
    if looked is None:  # it was read whole just now
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
    """All posts once, later those modified since; "walk" is there while not all pages are read.

    The next walk begins at the latest change seen, or at this walk's beginning if that was earlier: posts that are
    modified while pages are read would else be missed.
    """
    start = {"page": 1, "after": state.get("modified_after", ""), "began": f"{now:%Y-%m-%dT%H:%M:%S}", "latest": ""}
    crawl = dict(state.get("walk") or start)
    more = True
    while more:
        url = wordpress.posts_url(state["at"][0], crawl["page"], crawl["after"] and f"{crawl['after']}Z")
        page = _api_page(web, url, state, first=crawl["page"] == 1)
        if page is None:
            if "walk" in state:  # fewer pages than there were: the walk is at its end
                yield Batch((), _after_crawl(state, crawl, None, url))
            return
        found = wordpress.parse_posts(page.body, page.headers, page.url, title)
        crawl = {**crawl, "page": crawl["page"] + 1, "latest": max(crawl["latest"], found.latest)}
        more = crawl["page"] <= found.pages if found.pages is not None else found.full
        state = {**state, "walk": crawl} if more else _after_crawl(state, crawl, page, url)
        yield Batch(found.entries, state, crawl["page"] - 1, found.pages)


def _api_page(web: WebClient, url: str, state: State, *, first: bool) -> Page | None:
    """A page of posts; None where nothing has changed, or behind the last one."""
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
    """The state behind the last page."""
    after = min(crawl["latest"], crawl["began"]) if crawl["latest"] else crawl["after"]
    rest = {name: value for name, value in state.items() if name != "walk"}
    asked = {url: _validator_state(page)} if page and crawl["page"] == 2 else {}
    return {**rest, "modified_after": max(after, crawl["after"]), "asked": asked}


def _sitemaps(web: WebClient, site: str, state: State) -> Iterator[Batch]:
    """Every sitemap that may have changed: one whose time stands in its index and is the old one is not asked for.

    A sitemap that cannot be read stops no other; the first such error is raised at the end.
    """
    errors: list[ArticleError] = []
    waiting = [(address, "", 0) for address in reversed(state["at"])]
    seen: set[str] = set()
    while waiting and len(seen) < _MOST_SITEMAPS:
        address, changed, depth = waiting.pop()
        before = state.get("maps", {}).get(address, {})
        to_the_minute = "T" in changed  # a date alone says nothing of later changes on that day
        if address in seen or (to_the_minute and changed == before.get("changed")):
            continue
        seen.add(address)
        try:
            page = web.fetch(address, limits=LISTS, validators=_validators(before))
            found = (
                sitemaps.read_sitemap(sitemaps.gunzip(page.body, LISTS.size, address), address) if page.body else None
            )
        except ArticleError as error:
            log.info("%s: passed over: %s", address, error.detail)
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
