"""A sitemap or an index of sitemaps -> the addresses in it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from episodes.articles import responses
from episodes.articles.feed_entry import Entry
from episodes.articles.tree import Element, parse_xml
from episodes.urls import absolute
from transcripts.text import one_line

#: Where sitemaps stand that nobody names, the usual first.
USUAL = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml")

_GZIP = b"\x1f\x8b"
_NO_PAGES = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".pdf", ".mp3", ".mp4", ".xml", ".zip"}
#: Lists of lists, authors and pictures: WordPress and its plugins name them so.
_NO_ARTICLES = re.compile(
    r"(?:^|[-_/])(?:wp-sitemap-(?:taxonomies|users)-[^/]{0,200}|(?:category|post_tag|tag|author|users?|attachment|image|video)-sitemap\d{0,9})\.xml",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Its pages, and the further sitemaps that it names with the time of their last change (empty where it is not said)."""

    pages: tuple[Entry, ...] = ()
    maps: tuple[tuple[str, str], ...] = ()


def gunzip(body: bytes, size: int, url: str) -> bytes:
    """The plain bytes of a sitemap that may be packed as .gz.

    Raises:
        ArticleError: it is damaged or larger than ``size``.
    """
    return responses.gunzip(body, size, url) if body.startswith(_GZIP) else body


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """The addresses in a sitemap.

    Raises:
        ArticleError: there is nothing in it.
    """
    root = parse_xml(body)
    pages, maps = [], []
    for node in root.iter("url", "sitemap"):
        address, changed = absolute(_text(node, "loc"), url), _text(node, "lastmod")
        if node.tag == "sitemap" and address and not _NO_ARTICLES.search(urlsplit(address).path):
            maps.append((address, changed))
        elif node.tag == "url" and address and _may_be_article(address):
            pages.append(Entry(address, title=_text(node, "title"), version=changed))
    return Sitemap(tuple(pages), tuple(maps))


def _may_be_article(address: str) -> bool:
    parts = urlsplit(address)
    return (parts.path != "/" or bool(parts.query)) and PurePosixPath(parts.path).suffix.lower() not in _NO_PAGES


def _text(node: Element, name: str) -> str:
    """The text of the first element of this name below."""
    return next((one_line(child.text or "") for child in node.iter(name)), "")
