"""Read the articles of an RSS or Atom feed, with full text if the feed has it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from episodes.articles.feed_entry import Entry
from episodes.articles.text_comparison import count_words
from episodes.articles.tree import Element, decode_xml, parse, words_of
from episodes.dates import find_date
from episodes.errors import ArticleError, BadItem
from episodes.feeds import parse_feed, published_day, text_field
from episodes.urls import absolute, is_web
from transcripts.text import one_line

#: Fewer words may be an unmarked excerpt.
_WHOLE_WORDS = 120
_TYPES = ("application/rss+xml", "application/atom+xml")
_CUT = re.compile(
    r"(?:\[\s*(?:…|\.{3}|&hellip;)\s*\]|(?:continue|keep) reading.{0,80}|read (?:more|the full).{0,80}|…|\.{3})[\s»→.]*$",
    re.IGNORECASE,
)
#: An entity that only the document itself defines.
_UNKNOWN = re.compile(r"&\w{1,40};", re.ASCII)
_FOOTER_LENGTH = 500
_FOOTER = re.compile(
    r"(?:the post|der beitrag) .{1,300} (?:first appeared|appeared first|erschien zuerst) (?:on|auf) .{1,80}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's title, and its entries in feed order."""

    title: str
    entries: tuple[Entry, ...]


def read_feed(body: bytes, url: str) -> Feed:
    """Parse a feed; entries without a link to a page are left out.

    Raises:
        ArticleError: it is no feed, or too large.
    """
    try:
        found = parse_feed(decode_xml(body).encode(), charset="utf-8", as_written=True)
    except BadItem as error:
        raise ArticleError(url, error.detail) from error
    title = _plain(text_field(found.feed, "title"))
    entries = (_entry(one, url, title, found.version) for one in found.entries)
    return Feed(title, tuple(entry for entry in entries if entry))


def find_feed_url(root: Element, url: str) -> str:
    """Return the URL of the first feed that a page names (autodiscovery), or "". Comment feeds do not count."""
    for link in root.iter("link"):
        kind, title = (link.get("type") or "").lower(), (link.get("title") or "").lower()
        href = link.get("href") or ""
        is_feed = "alternate" in (link.get("rel") or "").lower() and kind in _TYPES
        if is_feed and href and "comment" not in title + href:
            return absolute(href, url)
    return ""


def is_full_text(html: str) -> bool:
    """True if an entry's content is the full article and no excerpt."""
    text = words_of(parse(html)) if html.strip() else ""
    end = _FOOTER.sub("", text[-_FOOTER_LENGTH:]).strip()
    return count_words(text[:-_FOOTER_LENGTH]) + count_words(end) >= _WHOLE_WORDS and not _CUT.search(end[-200:])


def _entry(fields: Mapping[str, Any], url: str, site: str, feed_format: str) -> Entry | None:
    link = absolute(_link(fields), url)
    html = next((text for part in fields.get("content", ()) if (text := text_field(part, "value").strip())), "")
    title, changed = _plain(text_field(fields, "title")), text_field(fields, "updated")
    content = "\n".join((title, html or text_field(fields, "summary"), changed))
    version = sha256(content.encode("utf-8", "replace")).hexdigest()[:16]
    written = text_field(fields, "published") or changed
    day = published_day(fields) or find_date(written)
    return (
        Entry(link, title, version, html if is_full_text(html) else "", day, _authors(fields, feed_format), site)
        if link
        else None
    )


def _link(fields: Mapping[str, Any]) -> str:
    """Return the entry's page, or "". feedparser takes any GUID without isPermaLink=false for a link."""
    link = text_field(fields, "link") or text_field(fields, "feedburner_origlink")
    return link if link != text_field(fields, "id") or is_web(link) else ""


def _authors(fields: Mapping[str, Any], feed_format: str) -> tuple[str, ...]:
    """Return author names. In RSS an author is a mail address, possibly with a name."""
    named = [one for one in fields.get("authors", ()) if not (feed_format.startswith("rss") and one.get("email"))]
    names = (one_line(text_field(one, "name")) for one in named)
    return tuple(name for name in names if name and "@" not in name)


def _plain(title: str) -> str:
    return one_line(_UNKNOWN.sub("", words_of(parse(f"<p>{title}</p>")))) if title.strip() else ""
