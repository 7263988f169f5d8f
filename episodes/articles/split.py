"""Split a page that holds several articles, each under its own URL.

Many sites append whole further articles below the requested one. They are found by, in this order:

1. containers of themes: Zox News' ``.mvp-post-add-story``, whose "Continue Reading" link is the article's own URL;
2. several ``article`` elements, each with a heading and a URL (of the heading's link, of rel=bookmark, of
   ``data-url``, or of the JSON-LD object with that headline);
3. containers with ``data-url`` or ``data-permalink``, as infinite scrolling leaves them;
4. several ``h1``, each with a URL;
5. headings after a line "Continue Reading", if nothing else marks the parts.

The part with the page's canonical URL, or what is left outside the containers, is the page's own article. Teasers (a
heading, a line or two, a link) are no articles: they are removed from the page and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from episodes.articles.containers import (
    Container,
    articles,
    first_headings,
    leads_away,
    link_of,
    of_themes,
    separated,
    with_data_address,
)
from episodes.articles.part_urls import part_url, unique_url
from episodes.articles.structured_data import Object, text_of
from episodes.articles.text_comparison import contains_words, count_words
from episodes.articles.tree import Element, document_of, remove, words_of

_CUT = re.compile(
    r"(?:…|\.\.\.|\[\s*(?:…|\.\.\.)\s*\])\W*(?:(?:continue|keep) reading|read more|more)?\W*$", re.IGNORECASE
)
#: A whole article has at least 35 words and two paragraphs of at least 10 words, or 120 words in any form.
_FULL_WORDS, _FULL_PARAGRAPHS, _PARAGRAPH_WORDS, _LONG_WORDS = 35, 2, 10, 120
_TEASER_WORDS = 100


@dataclass(frozen=True, slots=True)
class Part:
    """An article that shared its page with others: its URL, its heading, and a document that holds nothing else."""

    url: str
    title: str
    root: Element


@dataclass(frozen=True, slots=True)
class Split:
    """A split page. ``teasers`` counts announced articles; ``own_known`` is True if the page's own part was found."""

    parts: tuple[Part, ...]
    teasers: int
    own_known: bool


def split_page(root: Element, url: str, title: str, objects: list[Object]) -> Split:
    """Remove all other articles and teasers from a document, so that the page's own article is left.

    ``url`` is the page's canonical URL, ``title`` the title in its head.
    """
    headlines = [(text_of(item, "headline"), text_of(item, "url")) for item in objects]
    if themed := list(of_themes(root, url, headlines)):
        return _taken(themed, url, teasers=0, own_known=True)
    announced = 0
    for ways in (articles, with_data_address, first_headings):
        found = list(ways(root, url, headlines))
        strangers = [one for one in found if _is_strange(one, url, title)]
        if len(found) < 2 and not _first_heading_outside(root, strangers):
            continue
        full = [one for one in strangers if is_full(one.elements)]
        teasers = [one for one in strangers if one not in full]
        announced += len(teasers)
        for one in teasers:
            _drop(one.elements)
        if full:
            return _taken(full, url, teasers=announced, own_known=len(found) > len(strangers))
    return _taken(list(separated(root, url, headlines)), url, teasers=announced, own_known=True)


def is_full(elements: Iterable[Element]) -> bool:
    """True for a whole article, False for a teaser: enough words in enough paragraphs, not cut off at the end."""
    elements = list(elements)
    text = " ".join(words_of(element) for element in elements)
    paragraphs = [p for element in elements for p in element.iter("p") if count_words(words_of(p)) >= _PARAGRAPH_WORDS]
    words = count_words(text)
    enough = words >= _FULL_WORDS and len(paragraphs) >= _FULL_PARAGRAPHS
    return (enough or words >= _LONG_WORDS) and not _CUT.search(text[-80:])


def teaser_texts(root: Element, url: str) -> list[str]:
    """Return the texts around headings that lead to other pages of the site; none if there are fewer than three."""
    leading = [heading for heading in root.iter("h2", "h3", "h4") if leads_away(link_of(heading, url), url)]
    others = set(leading)
    cards = [words_of(_card(heading, others)) for heading in leading] if len(leading) > 2 else []
    return [card for card in cards if count_words(card) <= _TEASER_WORDS]


def _card(heading: Element, others: set[Element]) -> Element:
    """Return the largest element around one of these headings that holds none of the others."""
    top = heading
    while (parent := top.getparent()) is not None and not _holds_two(parent, others):
        top = parent
    return top


def _holds_two(element: Element, headings: set[Element]) -> bool:
    return len(list(islice((node for node in element.iter("h2", "h3", "h4") if node in headings), 2))) == 2


def _taken(found: list[Container], url: str, *, teasers: int, own_known: bool) -> Split:
    """Copy the found parts under their URLs, and remove them from the document."""
    taken = {url}
    parts = []
    for one in found:
        address = unique_url(one.address or part_url(url, one.title), taken)
        parts.append(Part(address, one.title, document_of(list(one.elements))))
    for one in found:
        _drop(one.elements)
    return Split(tuple(parts), teasers, own_known)


def _drop(elements: Iterable[Element]) -> None:
    for element in elements:
        remove(element)


def _first_heading_outside(root: Element, found: list[Container]) -> bool:
    inside = {node for one in found for element in one.elements for node in element.iter("h1")}
    return any(words_of(heading) and heading not in inside for heading in root.iter("h1"))


def _is_strange(one: Container, url: str, title: str) -> bool:
    """True if a container is another article: its URL is another page of the site, and its title is not this page's."""
    return bool(one.address) and leads_away(one.address, url) and not _same_title(one.title, title)


def _same_title(seen: str, stated: str) -> bool:
    """True if a heading is the title in the page's head, with a category before it or the site's name after it."""
    return contains_words(seen, stated) or (contains_words(stated, seen) and len(seen.split()) > 2)
