"""A WordPress site's REST interface: where it is, and its posts, a hundred a page. Pure.

``content.rendered`` is the best source there is: it keeps embedded videos and has no neighbours below it.
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
    """One page of posts: as entries, how many pages there are (None where nobody says), the latest change among them."""

    entries: tuple[Entry, ...]
    pages: int | None
    latest: str
    full: bool


def find_api_url(root: Element, text: str, url: str) -> str:
    """The address of the interface that a page names, or that a WordPress page does not name; empty where it is no WordPress."""
    for link in root.iter("link"):
        if link.get("rel") == "https://api.w.org/" and link.get("href"):
            with suppress(ValueError):  # no address: as if it named none
                return urljoin(url, str(link.get("href")))
    return urljoin(url, "/wp-json/") if _SIGNS.search(text) else ""


def home_url(api: str) -> str:
    """The home page of the site whose interface this is."""
    return api.partition("?")[0].removesuffix("/").removesuffix("/wp-json").removesuffix("/index.php") + "/"


def is_api(body: bytes) -> bool:
    """Whether a JSON document is the description of such an interface."""
    try:
        document = loads(body)
    except ValueError:
        return False
    return isinstance(document, dict) and "wp/v2" in (document.get("namespaces") or [])


def probe_url(api: str) -> str:
    """The address that tells whether posts may be read: one post, and only its number."""
    return _posts_endpoint(api, "per_page=1&_fields=id")


def posts_url(api: str, page: int, modified_after: str = "") -> str:
    """The address of a page of posts, the oldest first, so that what is published meanwhile comes behind the last."""
    since = f"&modified_after={quote(modified_after)}" if modified_after else ""
    order = f"per_page={PER_PAGE}&page={page}&orderby=id&order=asc"
    return _posts_endpoint(api, f"{order}{since}&_embed=author&_fields={_FIELDS}")


def links_url(api: str, page: int) -> str:
    """The address of a page of posts with nothing but their links."""
    return _posts_endpoint(api, f"per_page={PER_PAGE}&page={page}&orderby=id&order=asc&_fields=link")


def is_list(body: bytes) -> bool:
    """Whether a body is a JSON list, as posts come in."""
    try:
        return isinstance(loads(body), list)
    except ValueError:
        return False


def parse_posts(body: bytes, headers: Mapping[str, str], url: str, site: str) -> Posts:
    """Read a page of posts.

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
    """The endpoint of posts; an interface without pretty addresses is a query itself."""
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
    """A title without its tags and character references."""
    text = title.get("rendered") if isinstance(title, dict) else title
    return words_of(parse(f"<p>{text}</p>")) if isinstance(text, str) and text.strip() else ""


def _authors(document: dict[str, Any]) -> list[str]:
    embedded = document.get("_embedded")
    return names_of(embedded.get("author")) if isinstance(embedded, dict) else []
