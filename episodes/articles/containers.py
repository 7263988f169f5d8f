"""Find the containers of articles on a page, each with its heading and the URL that it states.

Each public function handles one way in which pages hold several articles, and yields every candidate, including the
page's own article. split.py decides which are other articles and which only teasers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from episodes.articles.text_comparison import contains_words, count_words, same_words
from episodes.articles.tree import Element, classes, is_element, words_of
from episodes.urls import absolute, same_page, same_site

#: Containers that always hold another article: the theme Zox News.
_THEMES = (".//*[contains(concat(' ', normalize-space(@class), ' '), ' mvp-post-add-story ')]",)
_DATA_ADDRESSES = ("data-url", "data-permalink", "data-post-url", "data-article-url")
_ADDRESSES = (*_DATA_ADDRESSES, "data-href", "data-share-url", "itemid", "resource")
_SEPARATOR = re.compile(
    r"\W*(?:(?:continue|keep) reading|read (?:more|on|the full (?:article|story)))\W*", re.IGNORECASE
)
#: More ``h1`` than this are a matter of style, and not articles.
_MOST_PARTS = 40
#: More containers than this are entries of a list.
_MOST_CONTAINERS = 500
#: Fewer words around a heading are its byline; the text then follows unwrapped.
_WRAPPED_WORDS = 25

#: Headlines with their URLs, from JSON-LD.
Headlines = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Container:
    """A candidate for an article.

    ``elements`` are several siblings if nothing wraps them; ``address`` is the URL that it states ("": none).
    """

    elements: tuple[Element, ...]
    title: str
    address: str


def of_themes(root: Element, url: str, headlines: Headlines) -> Iterator[Container]:
    """Yield the containers of known themes."""
    for path in _THEMES:
        for element in root.xpath(path):
            yield Container((element,), *_name(element, url, headlines))


def articles(root: Element, url: str, headlines: Headlines) -> Iterator[Container]:
    """Yield ``article`` elements with a heading, if there are several."""
    elements = list(root.iter("article"))
    for element in elements if 1 < len(elements) <= _MOST_CONTAINERS else ():
        if _heading(element, "article") is not None:
            yield Container((element,), *_name(element, url, headlines, nearest="article"))


def with_data_address(root: Element, url: str, headlines: Headlines) -> Iterator[Container]:
    """Yield elements with a heading and ``data-url`` or the like, as infinite scrolling leaves them."""
    named = [one for one in root.iter("div", "section", "li") if any(one.get(name) for name in _DATA_ADDRESSES)]
    for element in named if len(named) <= _MOST_CONTAINERS else ():
        if _heading(element, "") is not None:
            yield Container((element,), *_name(element, url, headlines))


def first_headings(root: Element, url: str, headlines: Headlines) -> Iterator[Container]:
    """If there are several ``h1``: yield the largest element around each, or its siblings if nothing wraps them."""
    firsts = [heading for heading in root.iter("h1") if words_of(heading)]
    for heading in firsts if 2 <= len(firsts) <= _MOST_PARTS else ():
        elements = _around(heading, set(firsts))
        address = _address_in(elements, heading, url) or _by_headline(words_of(heading), url, headlines)
        yield Container(elements, words_of(heading), address)


def separated(root: Element, url: str, headlines: Headlines) -> Iterator[Container]:
    """Yield the parts that follow a line "Continue Reading" as its siblings.

    The link of such a line is the URL of the part above it. If the first one leads away from this page, it is that of
    the part below.
    """
    small = [one for one in root.iter("p", "div", "a", "h5", "h6") if len(list(islice(one.iter(), 5))) < 5]
    lines = [one for one in small if _SEPARATOR.fullmatch(words_of(one)) and _opens(one) is not None]
    among = set(lines)
    lines = [one for one in lines if one.getparent() not in among]
    below = bool(lines) and leads_away(link_of(lines[0], url), url)
    for line in lines[:_MOST_PARTS]:
        heading, row, closing = _opens(line), [line], None
        for sibling in line.itersiblings():
            if sibling in among or _SEPARATOR.fullmatch(words_of(sibling)):
                closing = sibling
                break
            row.append(sibling)
        linked = link_of(line if below else closing, url)
        address = link_of(_own_link(heading), url) or linked or _by_headline(words_of(heading), url, headlines)
        yield Container(tuple(row), words_of(heading), address if leads_away(address, url) else "")


def leads_away(address: str, url: str) -> bool:
    """True if a URL is another page of the same site."""
    at_home = same_site(address, url) or url.startswith("file:")
    return address.startswith("http") and at_home and not same_page(address, url)


def link_of(node: Element | None, url: str) -> str:
    """Return the URL of a node: its own, that of a link inside it, or of a link around it; "" if none."""
    if node is None:
        return ""
    for one in (node, next(iter(node.iter("a")), None), next(node.iterancestors("a"), None)):
        if one is not None:
            named = one.get("href") or one.get("itemid") or (one.get("content") if one.tag in ("meta", "link") else "")
            if address := absolute(named or "", url):
                return address
    return ""


def _around(heading: Element, firsts: set[Element]) -> tuple[Element, ...]:
    """Return the largest element around an ``h1`` that holds no other one, or the siblings up to the next."""
    top = heading
    while (
        (parent := top.getparent()) is not None and parent.tag not in ("body", "html") and _holds(parent, firsts) == 1
    ):
        top = parent
    if count_words(words_of(top)) - count_words(words_of(heading)) >= _WRAPPED_WORDS:
        return (top,)
    row = [top]
    for sibling in top.itersiblings():
        if _holds(sibling, firsts):
            break
        row.append(sibling)
    return tuple(row)


def _holds(element: Element, headings: set[Element]) -> int:
    return sum(1 for node in element.iter("h1") if node in headings)


def _opens(line: Element) -> Element | None:
    """Return the heading right after a separator line, or None."""
    following = line.getnext()
    if following is None or not is_element(following):
        return None
    heading = following if following.tag in ("h1", "h2") else next(iter(following.iter("h1", "h2")), None)
    return heading if heading is not None and words_of(following).startswith(words_of(heading)) else None


def _name(element: Element, url: str, headlines: Headlines, nearest: str = "") -> tuple[str, str]:
    """Return a container's heading and the URL that it states, each "" if missing."""
    heading = _heading(element, nearest)
    title = words_of(heading) if heading is not None else ""
    stated_url = next((address for name in _ADDRESSES if (address := absolute(element.get(name) or "", url))), "")
    return title, stated_url or _address_in((element,), heading, url, nearest) or _by_headline(title, url, headlines)


def _heading(element: Element, nearest: str) -> Element | None:
    """Return a container's own heading, the highest level first; headings of nested containers do not count."""
    for level in ("h1", "h2", "h3"):
        for heading in element.iter(level):
            inner = next(heading.iterancestors(nearest), element) if nearest else element
            if inner is element and words_of(heading) and "cat" not in re.split(r"[\s_-]", classes(heading)):
                return heading
    return None


def _address_in(elements: tuple[Element, ...], heading: Element | None, url: str, nearest: str = "") -> str:
    """Return the URL that a container states.

    In this order: rel=bookmark, itemprop=mainEntityOfPage, its heading's link, "Continue Reading".
    """
    nodes = [node for element in elements for node in element.iter() if is_element(node)]
    if nearest:
        nodes = [node for node in nodes if next(node.iterancestors(nearest), elements[0]) is elements[0]]
    marked = [
        node
        for node in nodes
        if "bookmark" in (node.get("rel") or "").split() or node.get("itemprop") == "mainEntityOfPage"
    ]
    reading = [node for node in nodes if node.tag == "a" and _SEPARATOR.fullmatch(words_of(node))]
    return next((address for node in [*marked, _own_link(heading), *reading] if (address := link_of(node, url))), "")


def _own_link(heading: Element | None) -> Element | None:
    """Return the link inside or around a heading; None if it covers only some words (a category before the title)."""
    if heading is None:
        return None
    links = [*heading.iterancestors("a"), *heading.iter("a")]
    return next((link for link in links if contains_words(words_of(link), words_of(heading))), None)


def _by_headline(title: str, url: str, headlines: Headlines) -> str:
    return next(
        (absolute(address, url) for headline, address in headlines if address and same_words(headline, title)), ""
    )
