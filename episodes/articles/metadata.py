"""Find title, date, authors, site and dek of an article: in the page's head, and in what is visible beside the text.

The head describes the page's own article only. An article embedded in another page is described by what is visible in
it, and by the JSON-LD object with its URL. For titles, what readers see above the text takes precedence over what
search engines are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from episodes.articles.structured_data import Object, names_of, text_of
from episodes.articles.text_comparison import count_words, same_words
from episodes.articles.tree import Element, classes, is_element, words_of
from episodes.dates import date_in_address, find_date
from transcripts.text import one_line

_DEK = re.compile(
    r"(?:^|[\s_-])(?:dek|deck|standfirst|sub-?title|sub-?head(?:line)?|sub-?heading|strapline|tagline|article-summary|mvp-post-excerpt)(?:$|[\s_-])"
)
_DATE = re.compile(r"date|publish|posted|timestamp")
_UPDATED = re.compile(r"modif|updat")
_AUTHOR = re.compile(r"(?:^|[\s_-])(?:author(?:-?name)?|byline|by-line)(?:$|[\s_-])")
_BY = re.compile(r"^(?:written\s+|published\s+|posted\s+)?by\b[:\s]+", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,|;|\||&|\band\b)\s*")
_NOT_A_NAME = re.compile(
    r"\d|https?:|@|^(?:by|published|posted|updated|author|staff writer|admin|share|follow)$", re.IGNORECASE
)
_LONGEST_DEK = 60  # words


@dataclass(frozen=True, slots=True)
class Metadata:
    """Metadata of an article; empty fields are unknown."""

    title: str = ""
    published: date | None = None
    authors: tuple[str, ...] = ()
    site: str = ""
    dek: str = ""


def metadata_of(scope: Element, url: str, *, item: Object, meta: Mapping[str, str]) -> Metadata:
    """Collect the metadata of the article in ``scope``.

    The title is empty if neither an ``h1`` in the scope nor the head has one. ``item`` is the article's JSON-LD object
    (may be empty). ``meta`` are the page's properties, empty for an article embedded in another page.
    """
    site = meta.get("og:site_name") or next(iter(names_of(item.get("publisher"))), "")
    return Metadata(
        title=_title(scope, item, meta, site),
        published=_published(scope, item, meta) or date_in_address(url),
        authors=_authors(scope, item, meta),
        site=site,
        dek=_dek(scope, item),
    )


def without_site_name(title: str, site: str) -> str:
    """Strip the site's name from the end or the start of a title: "Ferry returns | Harbour Post"."""
    parts = re.split(r"\s+[|–—»·•-]\s+", title)
    if len(parts) > 1 and site:
        if same_words(parts[-1], site):
            return title[: title.rindex(parts[-1])].rstrip(" |–—»·•-")
        if same_words(parts[0], site):
            return title[len(parts[0]) :].lstrip(" |–—»·•-")
    return title


def headings(scope: Element, *levels: str) -> Iterator[Element]:
    """Yield headings of these levels that are not empty."""
    return (heading for heading in scope.iter(*levels) if words_of(heading))


def _title(scope: Element, item: Object, meta: Mapping[str, str], site: str) -> str:
    seen = [words_of(heading) for heading in headings(scope, "h1")]
    own = [title for title in seen if not same_words(title, site)]
    stated = text_of(item, "headline", "name") or without_site_name(
        meta.get("og:title") or meta.get("twitter:title") or "", site
    )
    if own and (len(own) == 1 or not stated or any(same_words(title, stated) for title in own)):
        return next((title for title in own if same_words(title, stated)), own[0])
    return stated


def _published(scope: Element, item: Object, meta: Mapping[str, str]) -> date | None:
    stated = [
        text_of(item, "datePublished", "dateCreated"),
        meta.get("article:published_time", ""),
        meta.get("date", ""),
    ]
    stated += [
        meta.get(name, "")
        for name in ("datepublished", "dc.date", "dc.date.issued", "dcterms.created", "pubdate", "parsely-pub-date")
    ]
    return next((found for text in stated if text and (found := find_date(text))), None) or _seen_date(scope)


def _seen_date(scope: Element) -> date | None:
    """Return the visible date: an element for the published date first, one for an updated date last."""
    marked: list[tuple[int, date]] = []
    for node in scope.iter():
        if not is_element(node):
            continue
        about = f"{classes(node)} {node.get('itemprop') or ''}".lower()
        if node.tag == "time" or _DATE.search(about):
            text = node.get("datetime") or node.get("content") or words_of(node)[:120]
            if found := find_date(text):
                marked.append((bool(_UPDATED.search(about)) - bool(re.search("publish", about)), found))
    return min(marked, key=lambda mark: mark[0])[1] if marked else None


def _authors(scope: Element, item: Object, meta: Mapping[str, str]) -> tuple[str, ...]:
    stated = [name for name in names_of(item.get("author")) if not _NOT_A_NAME.search(name)]
    for key in ("author", "article:author", "parsely-author"):
        stated = stated or _names(meta.get(key, ""))
    return tuple(dict.fromkeys(stated or _seen_authors(scope)))


def _seen_authors(scope: Element) -> list[str]:
    """Return the names of links with rel=author; else of the first element marked as author or byline."""
    links = [words_of(node) for node in scope.iter("a") if "author" in (node.get("rel") or "").lower().split()]
    if links:
        return [name for text in links for name in _names(text)]
    marked = (words_of(node)[:200] for node in scope.iter() if is_element(node) and _is_author(node))
    return next((names for text in marked if (names := _names(text))), [])


def _is_author(node: Element) -> bool:
    return bool(_AUTHOR.search(classes(node)) or (node.get("itemprop") or "") == "author") and node.tag not in (
        "body",
        "article",
        "a",
    )


def _names(text: str) -> list[str]:
    """Split a byline into names: without "By", at commas and "and"; drop dates and URLs."""
    parts = _AND.split(_BY.sub("", one_line(text)))
    return [part for part in parts if part and not _NOT_A_NAME.search(part) and len(part.split()) <= 6]


def _dek(scope: Element, item: Object) -> str:
    for node in scope.iter():
        if is_element(node) and (_DEK.search(classes(node)) or node.get("itemprop") == "alternativeHeadline"):
            text = words_of(node) or one_line(node.get("content") or "")
            if text and count_words(text) <= _LONGEST_DEK:
                return text
    return text_of(item, "alternativeHeadline")
