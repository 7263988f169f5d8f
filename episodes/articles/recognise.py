"""Recognise what is at a URL: a WordPress site, a sitemap, a feed (feed autodiscovery), or just a page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

from episodes.articles import feeds, sitemaps, wordpress
from episodes.articles.charset import decode
from episodes.articles.http import LIMITS, Page
from episodes.articles.read import list_kind
from episodes.articles.structured_data import meta_properties
from episodes.articles.tree import Element, parse, words_of
from episodes.articles.web_client import LISTS, NO_VALIDATORS, Validators, WebClient
from episodes.errors import ArticleError
from episodes.logs import logger
from episodes.urls import canonical, same_page

log = logger(__name__)


class SiteKind(StrEnum):
    """How a followed site lists its articles."""

    WORDPRESS = "wordpress"
    SITEMAP = "sitemap"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class SiteFound:
    """A site: its canonical URL, kind and title, and the URLs of its lists (API, sitemaps, or feed)."""

    url: str
    kind: SiteKind
    title: str
    at: tuple[str, ...]


def recognise(
    web: WebClient, url: str, *, validators: Validators = NO_VALIDATORS, api: bool = True
) -> SiteFound | Page:
    """Fetch a URL and return the site that it belongs to, or the page. An inner page of a WordPress site is a page.

    Without ``api`` a WordPress site is recognised by its sitemap or feed only.

    Raises:
        RateLimited: the site asks for a pause.
        ArticleError: nothing can be fetched.
    """
    listed = urlsplit(url).path.endswith((".xml", ".gz"))
    page = web.fetch(url, validators=validators, limits=LISTS if listed else LIMITS, by_name=True)
    if not page.body:
        return page
    if page.content_type.endswith("json") and wordpress.is_api(page.body):
        return _wordpress(web, page.url, canonical(wordpress.home_url(page.url)), "") or page
    text = decode(sitemaps.gunzip(page.body, LISTS.size, page.url), page.charset)
    kind = list_kind(text)
    if kind == "sitemap":
        return SiteFound(canonical(page.url), SiteKind.SITEMAP, urlsplit(page.url).hostname or "", (page.url,))
    if kind == "feed":
        title = feeds.read_feed(page.body, page.url).title
        return SiteFound(canonical(page.url), SiteKind.FEED, title or urlsplit(page.url).hostname or "", (page.url,))
    return (_home(web, page, text, api=api) if "<" in text else None) or page


def _home(web: WebClient, page: Page, text: str, *, api: bool) -> SiteFound | None:
    """Return the site whose home page this is: by its API, else its sitemaps, else its feed."""
    root = parse(text)
    interface = wordpress.find_api_url(root, text, page.url)
    at_top = urlsplit(page.url).path in ("", "/") and not urlsplit(page.url).query
    if not at_top and not (interface and same_page(wordpress.home_url(interface), page.url)):
        return None
    url, title = canonical(page.url), _title(root) or urlsplit(page.url).hostname or ""
    by_api = _wordpress(web, interface, url, title) if api and interface else None
    return by_api or _sitemap(web, url, title) or _feed(web, root, url, title)


def _wordpress(web: WebClient, api: str, url: str, title: str) -> SiteFound | None:
    """Return the site by its API, if that is open."""
    try:
        answer = web.fetch(wordpress.probe_url(api))
    except ArticleError as error:  # closed, removed, broken or forbidden: try sitemap and feed
        log.info("%s: no WordPress API: %s", api, error.detail)
        return None
    if not wordpress.is_list(answer.body):
        return None
    return SiteFound(url, SiteKind.WORDPRESS, title or urlsplit(url).hostname or "", (api,))


def _sitemap(web: WebClient, url: str, title: str) -> SiteFound | None:
    """Return the site by the sitemaps named in robots.txt, else at the usual paths."""
    named = web.robots_txt(url).sitemaps
    for address in named or [urljoin(url, path) for path in sitemaps.USUAL]:
        try:
            answer = web.fetch(address, limits=LISTS)
            found = sitemaps.read_sitemap(sitemaps.gunzip(answer.body, LISTS.size, address), address)
        except ArticleError as error:
            log.info("%s: no sitemap: %s", address, error.detail)
            continue
        if found.pages or found.maps:
            return SiteFound(url, SiteKind.SITEMAP, title, tuple(named) or (address,))
    return None


def _feed(web: WebClient, root: Element, url: str, title: str) -> SiteFound | None:
    address = feeds.find_feed_url(root, url)
    try:
        found = feeds.read_feed(web.fetch(address, limits=LISTS).body, address) if address else None
    except ArticleError as error:
        log.info("%s: no feed: %s", address, error.detail)
        return None
    return SiteFound(url, SiteKind.FEED, found.title or title, (address,)) if found and found.entries else None


def _title(root: Element) -> str:
    return meta_properties(root).get("og:site_name") or next((words_of(title) for title in root.iter("title")), "")
