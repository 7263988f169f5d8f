"""An article that a feed or an API carries whole -> ``ArticleText``, through the same extraction as a page. Pure."""

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
    """One article as a list names it: its canonical address, a mark that changes when it does, and its HTML where the list has it whole."""

    url: str
    title: str = ""
    version: str = ""
    html: str = ""
    published: date | None = None
    authors: tuple[str, ...] = ()
    site: str = ""


def entry_article(entry: Entry) -> ArticleText:
    """The article in an entry's HTML.

    Raises:
        ArticleError: there is too little text in it, or no address.
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
