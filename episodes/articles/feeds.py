"""An RSS or Atom feed -> its articles, whole where the feed carries them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from hashlib import sha256

from episodes.articles.addresses import absolute
from episodes.articles.carried import Entry
from episodes.articles.tidy import count_words
from episodes.articles.tree import Element, parse, parse_xml, words_of
from episodes.dates import believed, find_date
from transcripts.text import one_line

#: A text with fewer words may be an excerpt that does not say so.
_WHOLE_WORDS = 120
_TYPES = ("application/rss+xml", "application/atom+xml")
_CUT = re.compile(
    r"(?:\[\s*(?:…|\.{3}|&hellip;)\s*\]|(?:continue|keep) reading.{0,80}|read (?:more|the full).{0,80}|…|\.{3})[\s»→.]*$",
    re.IGNORECASE,
)
_FOOTER_LENGTH = 500
_FOOTER = re.compile(
    r"(?:the post|der beitrag) .{1,300} (?:first appeared|appeared first|erschien zuerst) (?:on|auf) .{1,80}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Feed:
    """Its title and its entries, in its own order."""

    title: str
    entries: tuple[Entry, ...]


def read_feed(body: bytes, url: str) -> Feed:
    """The entries of a feed that lead to a page.

    Raises:
        ArticleError: there is nothing in it.
    """
    root = parse_xml(body)
    channel = next(root.iter("channel"), root)
    title = _plain(_text(channel, "title"))
    entries = (_entry(node, url, title) for node in root.iter("item", "entry"))
    return Feed(title, tuple(entry for entry in entries if entry))


def feed_of(root: Element, url: str) -> str:
    """The address of the feed that a page names, the first of several; comments' feeds are none."""
    for link in root.iter("link"):
        kind, title = (link.get("type") or "").lower(), (link.get("title") or "").lower()
        href = link.get("href") or ""
        is_feed = "alternate" in (link.get("rel") or "").lower() and kind in _TYPES
        if is_feed and href and "comment" not in title + href:
            return absolute(href, url)
    return ""


def is_whole(html: str) -> bool:
    """Whether a feed's content is the article itself and no excerpt of it."""
    text = words_of(parse(html)) if html.strip() else ""
    end = _FOOTER.sub("", text[-_FOOTER_LENGTH:]).strip()
    return count_words(text[:-_FOOTER_LENGTH]) + count_words(end) >= _WHOLE_WORDS and not _CUT.search(end[-200:])


def _entry(node: Element, url: str, site: str) -> Entry | None:
    link = absolute(_link(node), url)
    html = _text(node, "content_encoded") or _text(node, "content:encoded") or _content(node)
    title = _plain(_text(node, "title"))
    when = _text(node, "published") or _text(node, "pubDate") or _text(node, "date") or _text(node, "updated")
    told = "\n".join((title, html or _text(node, "description") or _text(node, "summary"), _text(node, "updated")))
    mark = sha256(told.encode("utf-8", "replace")).hexdigest()[:16]
    whole = html if is_whole(html) else ""
    return Entry(link, title, mark, whole, _day(when), tuple(_authors(node)), site) if link else None


def _link(node: Element) -> str:
    """RSS has the link as text, Atom as an attribute, and a guid may be one."""
    for child in node.iterchildren("link", "origLink"):
        if (child.text or "").strip():
            return str(child.text)
        if child.get("href") and (child.get("rel") or "alternate") == "alternate":
            return str(child.get("href"))
    guid = next(node.iterchildren("guid"), None)
    return str(guid.text or "") if guid is not None and guid.get("isPermaLink") != "false" else ""


def _content(node: Element) -> str:
    """Atom's content, as escaped HTML or as XHTML inside."""
    from lxml import etree

    found = next(node.iterchildren("content"), None)
    if found is None:
        return ""
    return etree.tostring(found, encoding="unicode", with_tail=False) if len(found) else str(found.text or "")


def _authors(node: Element) -> list[str]:
    found = [one_line(child.text or "") or _text(child, "name") for child in node.iterchildren("creator", "author")]
    return [name for name in found if name and "@" not in name]


def _text(node: Element, name: str) -> str:
    """The text of the first child of this name."""
    return next((str(child.text or "").strip() for child in node.iterchildren(name)), "")


def _plain(title: str) -> str:
    return words_of(parse(f"<p>{title}</p>")) if title.strip() else ""


def _day(when: str) -> date | None:
    try:
        return believed(parsedate_to_datetime(when).date())
    except (ValueError, TypeError, IndexError, OverflowError):
        return find_date(when)
