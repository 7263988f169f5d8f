"""Markup before it is parsed: how it begins, and whether it is more than a page can mean. Pure, and linear in its
length.

Parsers and extraction take time by the square of a tag's attributes and of a page's elements, so what no author writes
is refused at the door: a tag with a thousand attributes, a page of a hundred thousand tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from episodes.errors import ArticleError

#: Opening tags of a page; the largest that people read have ten thousand.
MOST_TAGS = 20_000
#: Of a list (a sitemap, a feed): 50,000 addresses with four facts each.
MOST_TAGS_OF_LISTS = 500_000
#: Attributes of one tag.
MOST_ATTRIBUTES = 500

#: An opening tag as browsers part it: a value in quotes may hold anything else. Nothing in it is tried in two ways.
_TAG = re.compile(
    r"""<([^\s/>!?<][^\s/>]*+)(?:[\s/]++|=?+[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+|=)*+""",
    re.ASCII,
)
_ATTRIBUTE = re.compile(
    r"""=?+[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+|=""",
    re.ASCII,
)
_NAME = re.compile(r"<[^\s/>]*+", re.ASCII)
#: What follows is no markup up to here.
_CLOSING = {
    "!--": re.compile("--!?>"),
    "script": re.compile("</script", re.IGNORECASE | re.ASCII),
    "style": re.compile("</style", re.IGNORECASE | re.ASCII),
}
_ROOTS = ("<!doctype html", "<html", "<head", "<body")
_NAMED = re.compile(r"[\w:-]*+")


def check(text: str, *, most: int = MOST_TAGS) -> None:
    """Refuse a document with too many tags, or with too many attributes on one.

    Raises:
        ArticleError: it has more than anybody writes.
    """
    if text.count("<") <= most and len(text) < MOST_ATTRIBUTES:
        return
    for number, tag in enumerate(_tags(text)):
        if number >= most:
            raise ArticleError(detail=f"it has more than {most:,} tags")
        if len(tag) > 2 * MOST_ATTRIBUTES and _attributes(tag) > MOST_ATTRIBUTES:
            raise ArticleError(detail=f"a tag in it has more than {MOST_ATTRIBUTES} attributes")


def is_html(text: str) -> bool:
    """Whether a text begins as an HTML page does, behind an XML declaration and comments."""
    at = _behind_comments(text, 0)
    if text.startswith("<?xml", at):
        end = text.find(">", at)
        at = _behind_comments(text, end + 1) if end >= 0 else at
    start = text[at : at + 20].lower()
    root = next((root for root in _ROOTS if start.startswith(root)), None)
    return root is not None and not _NAMED.match(start, len(root))[0]  # type: ignore[index]  # matches always


def without_comments(text: str) -> str:
    """The text without its comments; one that is not closed stays."""
    kept, at = [], 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin + 4)) >= 0:
        kept.append(text[at:begin])
        at = end + 3
    return "".join([*kept, text[at:]])


def _behind_comments(text: str, at: int) -> int:
    """Where a text goes on behind white space and comments."""
    while True:
        while text[at : at + 1].isspace():
            at += 1
        end = text.find("-->", at + 4) if text.startswith("<!--", at) else -1
        if end < 0:
            return at
        at = end + 3


def _tags(text: str) -> Iterator[str]:
    """The opening tags without their last sign; what stands in comments, scripts and styles is passed over.

    Where parsers do not agree on where one of these ends, the first place counts: rather too many tags are seen than
    too few.
    """
    ends = {name: _Ends(text, sign) for name, sign in _CLOSING.items()}
    at = text.find("<")
    while at >= 0:
        if text.startswith("<!--", at):
            at = ends["!--"].behind(at + 2)
        elif tag := _TAG.match(text, at):
            yield tag[0]
            name = tag[1].lower()
            at = ends[name].behind(tag.end()) if name in ends else tag.end()
        else:
            at += 1
        at = text.find("<", at)


class _Ends:
    """Where a closing sign is found; what was not found once is not looked for again."""

    def __init__(self, text: str, sign: re.Pattern[str]) -> None:
        self._text, self._sign, self._next = text, sign, -1

    def behind(self, at: int) -> int:
        """The first such sign from a place on; the place itself where there is none."""
        if self._next < at:
            found = self._sign.search(self._text, at)
            self._next = found.start() if found else len(self._text)
        return self._next if self._next < len(self._text) else at


def _attributes(tag: str) -> int:
    name = _NAME.match(tag)
    return len(_ATTRIBUTE.findall(tag, name.end() if name else 0))
