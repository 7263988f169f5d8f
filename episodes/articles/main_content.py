"""Find the main content of a page: remove navigation and the like, find the article's element, collect its links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from episodes.articles.text_comparison import count_words
from episodes.articles.tree import Element, classes, is_element, remove, words_of
from episodes.urls import absolute, same_page

_AROUND = {"nav", "footer", "aside", "form", "dialog", "button", "select"}
#: As a part of a class name between dashes. "has-sidebar" is the class of the content beside a sidebar.
_NOISE = re.compile(
    r"(?<!has-)(?<!with-)(?<!no-)(?:^|(?<=[-_]))(?:newsletter|subscri(?:be|ption)|sign-?up|donat(?:e|ion)s?|share|sharing|sharedaddy|socials?|soc|"
    r"addtoany|related|relatedposts|recommend(?:ed|ations)|comments|respond|sidebar|breadcrumbs?|cookies?|consent|promo|adverts?|advertisement|"
    r"taboola|outbrain|pagination|popup|modal|read-?more|mailchimp|jp-relatedposts)(?:[-_]|$)"
)
#: As a whole class name.
_NOISE_WHOLE = {
    "widget",
    "ad",
    "ads",
    "tags",
    "tag-list",
    "more",
    "trending",
    "most-read",
    "skip-link",
    "up-next",
    "toc",
    "print-only",
}
#: An element with a larger share of the page's words is content, whatever its tag or class says.
_CONTENT_SHARE, _CONTENT_SHARE_WHOLE = 0.5, 0.25
_SHARING = re.compile(
    r"(?:facebook\.com/(?:sharer|share|dialog)|(?:twitter|x)\.com/(?:intent|share)|linkedin\.com/share|pinterest\.\w+/pin/create|reddit\.com/submit"
    r"|t\.me/share|telegram\.me/share|api\.whatsapp\.com|wa\.me/|plus\.google\.com/share|getpocket\.com/(?:save|edit)|tumblr\.com/(?:share|widgets))",
    re.IGNORECASE,
)
_SCOPES = ("article", "main")
#: ``rel`` of links to lists: by the same author or on the same topic.
_LISTS = {"author", "tag", "category"}


def remove_surroundings(root: Element) -> None:
    """Remove navigation, footers, sidebars, share buttons, newsletter boxes and comments from a document.

    Elements with the title or a large share of the words stay: some sites wrap the whole page in one form, or in a
    "widget".
    """
    total = count_words(words_of(root))
    body = root.find(".//body")
    for element in list((root if body is None else body).iter()):
        share = _share_of_noise(element)
        if (
            share
            and element.getparent() is not None
            and not _holds_title(element)
            and count_words(words_of(element)) < share * total
        ):
            remove(element)


def main_element(root: Element, paragraphs: Iterable[str]) -> Element:
    """Return the element with the article, its title and its videos.

    That is the nearest ``article`` or ``main`` around the paragraphs. If the page has neither: the smallest element
    with the paragraphs and an ``h1``.
    """
    block = _around_all(root, {_key(text) for text in paragraphs})
    above = [block, *block.iterancestors()]
    named = [element for element in above if element.tag in _SCOPES or element.get("role") == "main"]
    headed = [element for element in above if element.find(".//h1") is not None]
    return (named or headed or [block])[0]


def links_in(scope: Element, url: str) -> tuple[str, ...]:
    """Return the canonical URLs that an article links to, deduplicated, without share buttons and links to itself."""
    linking = (link for link in scope.iter("a") if not _LISTS & set((link.get("rel") or "").lower().split()))
    found = (absolute(link.get("href") or "", url) for link in linking)
    kept = (
        link for link in found if link.startswith("http") and not _SHARING.search(link) and not same_page(link, url)
    )
    return tuple(dict.fromkeys(link for link in kept if urlsplit(link).hostname))


def _share_of_noise(element: Element) -> float:
    """Return the share of the page's words below which this element is noise; 0 if it is never noise."""
    if not is_element(element) or element.tag in ("body", "html", "main", "article", "h1"):
        return 0.0
    if element.tag in _AROUND or any(_NOISE.search(name) for name in classes(element).split()):
        return _CONTENT_SHARE
    return _CONTENT_SHARE_WHOLE if any(name in _NOISE_WHOLE for name in classes(element).split()) else 0.0


def _holds_title(element: Element) -> bool:
    return element.find(".//main") is not None or any(words_of(heading) for heading in element.iter("h1"))


def _around_all(root: Element, keys: set[str]) -> Element:
    """Return the smallest element around (nearly) all blocks whose text begins like one of the paragraphs."""
    marked = [node for node in root.iter("p", "li", "blockquote", "h2", "h3", "td") if _key(words_of(node)) in keys]
    counts = Counter(ancestor for node in marked for ancestor in node.iterancestors())
    body = root.find(".//body")
    best = root if body is None else body
    if not marked:
        return next(iter(best.iter("article", "main")), best)
    enough = [element for element, count in counts.items() if count >= 0.8 * len(marked)]
    return max(enough, key=lambda element: sum(1 for _ in element.iterancestors()), default=best)


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text)[:40].casefold()
