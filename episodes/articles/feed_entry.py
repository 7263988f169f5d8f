"""Read an article from the full content of a feed or API entry, with the same extraction as a page. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from html import escape

from episodes.articles.article import embedded_article
from episodes.articles.tree import make_absolute, parse
from episodes.urls import canonical
from episodes.values import ArticleText


@dataclass(frozen=True, slots=True)
class Entry:
    """One article in a list (feed, sitemap, API).

    ``url`` is canonical. ``version`` changes when the article changes ("": unknown). ``html`` is the full content ("":
    only on its page).
    """

    url: str
    title: str = ""
    version: str = ""
    html: str = ""
    published: date | None = None
    authors: tuple[str, ...] = ()
    site: str = ""


def entry_article(entry: Entry) -> ArticleText:
    """Read the article in an entry's HTML.

    Raises:
        ArticleError: too little text, or an invalid URL.
    """
    url = canonical(entry.url)
    heading = f"<h1>{escape(entry.title)}</h1>"
    root = parse(f"<html><head></head><body><article>{heading}{entry.html}</article></body></html>")
    make_absolute(root, url)
    found = embedded_article(root, url, entry.title, [], entry.site)
    return replace(
        found,
        published=entry.published or found.published,
        authors=entry.authors or found.authors,
        site=entry.site or found.site,
    )
