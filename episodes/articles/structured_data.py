"""Read structured data in a page's head: JSON-LD objects, meta properties, the canonical URL.

JSON-LD on real pages is often broken (comments, trailing semicolons, line breaks inside strings). Unreadable objects
are skipped, since all that they say is visible on the page as well.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from episodes.articles.tree import Element
from episodes.urls import absolute, same_page, same_site
from transcripts.bounded_json import loads
from transcripts.text import one_line

_ARTICLE_TYPES = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|Report|Review\w*|AnalysisNewsArticle)$")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|;)\s*$"
)
_MOST_OBJECTS = 2000

#: A JSON object as it was read.
Object = dict[str, Any]


def json_ld_objects(root: Element) -> list[Object]:
    """Return every object in the page's JSON-LD, nested ones after those that contain them."""
    scripts = (script for script in root.iter("script") if _is_json_ld(script))
    return list(islice((item for script in scripts for item in _objects(_read(script.text or ""))), _MOST_OBJECTS))


def article_object(objects: list[Object], url: str) -> Object:
    """Return the JSON-LD object of the article with this URL, or an empty one.

    If no object states a URL, the only article object counts.
    """
    articles = [item for item in objects if any(_ARTICLE_TYPES.fullmatch(kind) for kind in _types(item))]
    named = [item for item in articles if any(same_page(address, url) for address in _addresses(item, url))]
    silent = [item for item in articles if not _addresses(item, url)]
    return next(iter(named), silent[0] if len(silent) == len(articles) == 1 else {})


def meta_properties(root: Element) -> dict[str, str]:
    """Map ``meta`` properties and names, in lower case, to their content; the first of each name counts."""
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").strip().lower()
        content = one_line(meta.get("content") or "")
        if name and content:
            found.setdefault(name, content)
    return found


def canonical(root: Element, url: str, meta: Mapping[str, str]) -> str:
    """Return the page's canonical URL: what it states, if plausible, else the URL that was fetched.

    A page on the web may name its own host only, and a site whose every page names the home page is misconfigured. A
    saved page has no host, so it is believed.
    """
    links = [
        link.get("href") or "" for link in root.iter("link") if "canonical" in (link.get("rel") or "").lower().split()
    ]
    for named in [*links, meta.get("og:url", "")]:
        address = absolute(named, url)
        if address.startswith("http") and _may_be(address, url):
            return address
    return absolute(url, url) or url


def names_of(value: object) -> list[str]:
    """Return the names of JSON-LD persons or organisations: a text, an object, or a list of either."""
    items = value if isinstance(value, list) else [value]
    names = [item.get("name") if isinstance(item, dict) else item for item in items]
    flat = [part for name in names for part in (name if isinstance(name, list) else [name])]
    return [one_line(name) for name in flat if isinstance(name, str) and one_line(name)]


def text_of(item: Object, *names: str) -> str:
    """Return the first of these properties that is a text, or ""."""
    return next(
        (one_line(item[name]) for name in names if isinstance(item.get(name), str) and one_line(item[name])), ""
    )


def _may_be(address: str, url: str) -> bool:
    if url.startswith("file:"):
        return True
    is_home = urlsplit(address).path in ("", "/") and not urlsplit(address).query
    return same_site(address, url) and (not is_home or same_page(address, url))


def _is_json_ld(script: Element) -> bool:
    return bool((script.get("type") or "").split(";")[0].strip().lower() == "application/ld+json")


def _read(text: str) -> object:
    plain = _WRAPPING.sub("", _WRAPPING.sub("", text)).strip()
    try:
        return loads(plain, strict=False)
    except ValueError:
        return None


def _objects(value: object) -> Iterator[Object]:
    waiting = deque([value])
    while waiting:
        item = waiting.popleft()
        if isinstance(item, dict):
            yield item
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item


def _types(item: Object) -> list[str]:
    kinds = item.get("@type")
    return [str(kind).rpartition("/")[2] for kind in (kinds if isinstance(kinds, list) else [kinds])]


def _addresses(item: Object, base: str) -> list[str]:
    page = item.get("mainEntityOfPage")
    named = [page.get("@id") or page.get("url") if isinstance(page, dict) else page, item.get("url")]
    return [address for name in named if isinstance(name, str) and (address := absolute(name, base))]
