"""A page that holds several articles taken apart: each part with its own address, never its neighbour's.

Many sites append whole further articles below the one that was asked for. They are known by, in this order:

1. containers of themes: Zox News' ``.mvp-post-add-story``, whose "Continue Reading" link is the story's own address;
2. several ``article`` elements, each with a heading and an address (of the heading's link, of rel=bookmark, of ``data-url``, or of the
   JSON-LD object with that headline);
3. containers with ``data-url`` or ``data-permalink``, as endless scrolling leaves them;
4. several ``h1``, each with an address;
5. headings behind a line "Continue Reading", where nothing else marks the parts.

The part with the page's canonical address, or what is left outside the containers, is the page's own article. Teasers
(a heading, a line or two, a link) are no articles: they are taken out of the page's own and counted.
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
#: A whole article has this many words in this many paragraphs of this many words, or is one long paragraph.
_FULL_WORDS, _FULL_PARAGRAPHS, _PARAGRAPH_WORDS, _LONG_WORDS = 35, 2, 10, 120
_TEASER_WORDS = 100


@dataclass(frozen=True, slots=True)
class Part:
    """An article that shared its page with others: its address, its heading, and a document that holds nothing else."""

    url: str
    title: str
    root: Element


@dataclass(frozen=True, slots=True)
class Split:
    """A page taken apart; ``teasers`` counts what was only announced on it, ``own_known`` says that its own part was found."""

    parts: tuple[Part, ...]
    teasers: int
    own_known: bool


def split_page(root: Element, url: str, title: str, objects: list[Object]) -> Split:
    """Take every other article and every teaser out of a document, and leave the page's own article in it.

    ``url`` is the page's canonical address, ``title`` what its head calls it.
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
    """Whether this is a whole article and not its teaser: some words in some paragraphs, not broken off at the end."""
    elements = list(elements)
    text = " ".join(words_of(element) for element in elements)
    paragraphs = [p for element in elements for p in element.iter("p") if count_words(words_of(p)) >= _PARAGRAPH_WORDS]
    words = count_words(text)
    enough = words >= _FULL_WORDS and len(paragraphs) >= _FULL_PARAGRAPHS
    return (enough or words >= _LONG_WORDS) and not _CUT.search(text[-80:])


def teaser_texts(root: Element, url: str) -> list[str]:
    """The words of a page's teasers: what stands around each heading that leads to another page of the site; none below three."""
    leading = [heading for heading in root.iter("h2", "h3", "h4") if leads_away(link_of(heading, url), url)]
    others = set(leading)
    cards = [words_of(_card(heading, others)) for heading in leading] if len(leading) > 2 else []
    return [card for card in cards if count_words(card) <= _TEASER_WORDS]


def _card(heading: Element, others: set[Element]) -> Element:
    """The largest element around one of these headings that holds none of the others."""
    top = heading
    while (parent := top.getparent()) is not None and not _holds_two(parent, others):
        top = parent
    return top


def _holds_two(element: Element, headings: set[Element]) -> bool:
    return len(list(islice((node for node in element.iter("h2", "h3", "h4") if node in headings), 2))) == 2


def _taken(found: list[Container], url: str, *, teasers: int, own_known: bool) -> Split:
    """Copies of the found parts under their addresses, and the parts gone from the document."""
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
    """Whether a container is another article: it says an address on this site that is not the page's, and not the page's own title."""
    return bool(one.address) and leads_away(one.address, url) and not _same_title(one.title, title)


def _same_title(seen: str, told: str) -> bool:
    """Whether a heading is the title that the page's head tells, a category before it or the site's name behind it."""
    return contains_words(seen, told) or (contains_words(told, seen) and len(seen.split()) > 2)
