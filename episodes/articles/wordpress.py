"""WordPress's REST API: find it, and read posts, a hundred per page. Pure.

``content.rendered`` is the best source of an article: it keeps embedded videos and has no other articles below it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin

from episodes.articles.feed_entry import Entry
from episodes.articles.structured_data import names_of
from episodes.articles.tree import Element, parse, words_of
from episodes.dates import find_date
from episodes.errors import ArticleError
from episodes.urls import absolute
from transcripts.bounded_json import loads

PER_PAGE = 100
_FIELDS = "id,link,date_gmt,modified_gmt,title,content,_links,_embedded"
_SIGNS = re.compile(r"/wp-(?:content|includes|json)/|<meta[^<>]+WordPress", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Posts:
    """One page of posts: entries, number of pages (None: unknown), latest modification, whether the page is full."""

    entries: tuple[Entry, ...]
    pages: int | None
    latest: str
    full: bool


def find_api_url(root: Element, text: str, url: str) -> str:
    """Return the API's URL that a page names, or the usual one if it looks like WordPress; else ""."""
    for link in root.iter("link"):
        if link.get("rel") == "https://api.w.org/" and link.get("href"):
            with suppress(ValueError):  # invalid URL: as if there were none
                return urljoin(url, str(link.get("href")))
    return urljoin(url, "/wp-json/") if _SIGNS.search(text) else ""


def home_url(api: str) -> str:
    """Return the home page of the site with this API."""
    return api.partition("?")[0].removesuffix("/").removesuffix("/wp-json").removesuffix("/index.php") + "/"


def is_api(body: bytes) -> bool:
    """True if a JSON document describes such an API."""
    try:
        document = loads(body)
    except ValueError:
        return False
    return isinstance(document, dict) and "wp/v2" in (document.get("namespaces") or [])


def probe_url(api: str) -> str:
    """Return a URL that tests whether posts are readable: one post, only its id."""
    return _posts_endpoint(api, "per_page=1&_fields=id")


def posts_url(api: str, page: int, modified_after: str = "") -> str:
    """Return the URL of a page of posts, oldest first, so that new posts appear after the last page."""
    since = f"&modified_after={quote(modified_after)}" if modified_after else ""
    order = f"per_page={PER_PAGE}&page={page}&orderby=id&order=asc"
    return _posts_endpoint(api, f"{order}{since}&_embed=author&_fields={_FIELDS}")


def links_url(api: str, page: int) -> str:
    """Return the URL of a page of posts' links only."""
    return _posts_endpoint(api, f"per_page={PER_PAGE}&page={page}&orderby=id&order=asc&_fields=link")


def is_list(body: bytes) -> bool:
    """True if a body is a JSON list, like posts."""
    try:
        return isinstance(loads(body), list)
    except ValueError:
        return False


def parse_posts(body: bytes, headers: Mapping[str, str], url: str, site: str) -> Posts:
    """Parse a page of posts.

    Raises:
        ArticleError: it is no list of posts.
    """
    try:
        documents = loads(body)
    except ValueError as error:
        raise ArticleError(url, "the site's posts cannot be read") from error
    if not isinstance(documents, list):
        raise ArticleError(url, "the site's posts cannot be read")
    found = [document for document in documents if isinstance(document, dict)]
    entries = tuple(entry for document in found if (entry := _entry(document, url, site)))
    pages = headers.get("x-wp-totalpages", "")
    latest = max((_time(document, "modified_gmt") for document in found), default="")
    return Posts(
        entries, int(pages) if pages.isdecimal() and len(pages) < 10 else None, latest, len(documents) >= PER_PAGE
    )


def _posts_endpoint(api: str, query: str) -> str:
    """Return the endpoint for posts; without pretty permalinks the API is itself a query."""
    return f"{api.rstrip('/')}/wp/v2/posts{'&' if '?' in api else '?'}{query}"


def _entry(document: dict[str, Any], url: str, site: str) -> Entry | None:
    link = absolute(str(document.get("link") or ""), url)
    content = document.get("content")
    html = content.get("rendered") if isinstance(content, dict) and not content.get("protected") else ""
    if not link:
        return None
    return Entry(
        url=link,
        title=_plain(document.get("title")),
        version=_time(document, "modified_gmt"),
        html=html if isinstance(html, str) else "",
        published=find_date(_time(document, "date_gmt") or _time(document, "date")),
        authors=tuple(_authors(document)),
        site=site,
    )


def _time(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""


def _plain(title: object) -> str:
    """Strip tags and character references from a title."""
    text = title.get("rendered") if isinstance(title, dict) else title
    return words_of(parse(f"<p>{text}</p>")) if isinstance(text, str) and text.strip() else ""


def _authors(document: dict[str, Any]) -> list[str]:
    embedded = document.get("_embedded")
    return names_of(embedded.get("author")) if isinstance(embedded, dict) else []
