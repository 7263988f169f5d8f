"""Where on a page an article stands: what is around it taken away, its element found, its links read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from episodes.articles.text_comparison import count_words
from episodes.articles.tree import Element, classes, is_element, remove, words_of
from episodes.urls import absolute, same_page

_AROUND = {"nav", "footer", "aside", "form", "dialog", "button", "select"}
#: As a part of a class between dashes; "has-sidebar" says it of its own content.
_NOISE = re.compile(
    r"(?<!has-)(?<!with-)(?<!no-)(?:^|(?<=[-_]))(?:newsletter|subscri(?:be|ption)|sign-?up|donat(?:e|ion)s?|share|sharing|sharedaddy|socials?|soc|"
    r"addtoany|related|relatedposts|recommend(?:ed|ations)|comments|respond|sidebar|breadcrumbs?|cookies?|consent|promo|adverts?|advertisement|"
    r"taboola|outbrain|pagination|popup|modal|read-?more|mailchimp|jp-relatedposts)(?:[-_]|$)"
)
#: As a whole class.
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
#: What holds more of the page's words than this is its content, whatever its tag or class says.
_CONTENT_SHARE, _CONTENT_SHARE_WHOLE = 0.5, 0.25
_SHARING = re.compile(
    r"(?:facebook\.com/(?:sharer|share|dialog)|(?:twitter|x)\.com/(?:intent|share)|linkedin\.com/share|pinterest\.\w+/pin/create|reddit\.com/submit"
    r"|t\.me/share|telegram\.me/share|api\.whatsapp\.com|wa\.me/|plus\.google\.com/share|getpocket\.com/(?:save|edit)|tumblr\.com/(?:share|widgets))",
    re.IGNORECASE,
)
_SCOPES = ("article", "main")
#: Links to lists of articles by the same author or on the same topic.
_LISTS = {"author", "tag", "category"}


def remove_surroundings(root: Element) -> None:
    """Take navigation, footers, side bars, share buttons, newsletter boxes and comments out of a document.

    What holds the title or much of the page's words stays: some sites wrap all of a page in one form, or in a "widget".
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
    """The element in which the article stands with its title and its videos: around these paragraphs, the nearest article or main.

    Where the page has neither, it is the smallest element that holds the paragraphs and a heading.
    """
    block = _around_all(root, {_key(text) for text in paragraphs})
    above = [block, *block.iterancestors()]
    named = [element for element in above if element.tag in _SCOPES or element.get("role") == "main"]
    headed = [element for element in above if element.find(".//h1") is not None]
    return (named or headed or [block])[0]


def links_in(scope: Element, url: str) -> tuple[str, ...]:
    """Web addresses that an article links to, canonical and absolute, each once; without share buttons and links to itself."""
    linking = (link for link in scope.iter("a") if not _LISTS & set((link.get("rel") or "").lower().split()))
    found = (absolute(link.get("href") or "", url) for link in linking)
    kept = (
        link for link in found if link.startswith("http") and not _SHARING.search(link) and not same_page(link, url)
    )
    return tuple(dict.fromkeys(link for link in kept if urlsplit(link).hostname))


def _share_of_noise(element: Element) -> float:
    """The share of a page's words up to which such an element is no content; 0 for one that always is."""
    if not is_element(element) or element.tag in ("body", "html", "main", "article", "h1"):
        return 0.0
    if element.tag in _AROUND or any(_NOISE.search(name) for name in classes(element).split()):
        return _CONTENT_SHARE
    return _CONTENT_SHARE_WHOLE if any(name in _NOISE_WHOLE for name in classes(element).split()) else 0.0


def _holds_title(element: Element) -> bool:
    return element.find(".//main") is not None or any(words_of(heading) for heading in element.iter("h1"))


def _around_all(root: Element, keys: set[str]) -> Element:
    """The smallest element around (nearly) all elements whose words begin like one of the paragraphs."""
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
