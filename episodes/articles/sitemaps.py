"""Parse sitemaps and sitemap indexes. Pure."""

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

#: Paths of sitemaps that robots.txt does not name, the most usual first.
USUAL = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml")

_GZIP = b"\x1f\x8b"
_NO_PAGES = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".pdf", ".mp3", ".mp4", ".xml", ".zip"}
#: Sitemaps of categories, authors and images, as WordPress and its plugins name them.
_NO_ARTICLES = re.compile(
    r"(?:^|[-_/])(?:wp-sitemap-(?:taxonomies|users)-[^/]{0,200}|(?:category|post_tag|tag|author|users?|attachment|image|video)-sitemap\d{0,9})\.xml",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Its pages, and the sitemaps that it names with their modification times ("" if missing)."""

    pages: tuple[Entry, ...] = ()
    maps: tuple[tuple[str, str], ...] = ()


def gunzip(body: bytes, size: int, url: str) -> bytes:
    """Decompress a sitemap if it is a .gz file.

    Raises:
        ArticleError: it is damaged or larger than ``size``.
    """
    return responses.gunzip(body, size, url) if body.startswith(_GZIP) else body


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """Return the pages and sitemaps in a sitemap.

    Raises:
        ArticleError: it is empty or damaged.
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
    """Return the text of the first descendant with this name, or ""."""
    return next((one_line(child.text or "") for child in node.iter(name)), "")
