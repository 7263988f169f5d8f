"""Check HTML before it is parsed: its type, and whether it has more tags than any real page. Pure, in linear time.

Parsers and extraction take quadratic time in a tag's attributes and in a page's elements. So input that no author
writes is refused here: a tag with a thousand attributes, a page of a hundred thousand tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from episodes.errors import ArticleError

#: Opening tags of a page; the largest real ones have ten thousand.
MOST_TAGS = 20_000
#: Opening tags of a sitemap or feed: 50,000 URLs with four fields each.
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
#: Where these elements end; until there nothing is markup.
_CLOSING = {
    "!--": re.compile("--!?>"),
    "script": re.compile("</script", re.IGNORECASE | re.ASCII),
    "style": re.compile("</style", re.IGNORECASE | re.ASCII),
}
_ROOTS = ("<!doctype html", "<html", "<head", "<body")
_NAMED = re.compile(r"[\w:-]*+")


def check(text: str, *, most: int = MOST_TAGS) -> None:
    """Refuse a document with too many tags, or with too many attributes on one tag.

    Raises:
        ArticleError: it exceeds a limit.
    """
    if text.count("<") <= most and len(text) < MOST_ATTRIBUTES:
        return
    for number, tag in enumerate(_tags(text)):
        if number >= most:
            raise ArticleError(detail=f"it has more than {most:,} tags")
        if len(tag) > 2 * MOST_ATTRIBUTES and _attributes(tag) > MOST_ATTRIBUTES:
            raise ArticleError(detail=f"a tag in it has more than {MOST_ATTRIBUTES} attributes")


def is_html(text: str) -> bool:
    """True if a text begins like an HTML page, after an XML declaration and comments."""
    at = _behind_comments(text, 0)
    if text.startswith("<?xml", at):
        end = text.find(">", at)
        at = _behind_comments(text, end + 1) if end >= 0 else at
    start = text[at : at + 20].lower()
    root = next((root for root in _ROOTS if start.startswith(root)), None)
    return root is not None and not _NAMED.match(start, len(root))[0]  # type: ignore[index]  # matches always


def without_comments(text: str) -> str:
    """Remove comments; an unclosed one stays."""
    kept, at = [], 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin + 4)) >= 0:
        kept.append(text[at:begin])
        at = end + 3
    return "".join([*kept, text[at:]])


def _behind_comments(text: str, at: int) -> int:
    """Return the position after white space and comments."""
    while True:
        while text[at : at + 1].isspace():
            at += 1
        end = text.find("-->", at + 4) if text.startswith("<!--", at) else -1
        if end < 0:
            return at
        at = end + 3


def _tags(text: str) -> Iterator[str]:
    """Yield opening tags without their ">"; skip comments, scripts and styles.

    Parsers disagree on where those end; the first possible end counts, so that too many tags are seen rather than too
    few.
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
    """Find closing marks; do not search again for one that was not found."""

    def __init__(self, text: str, sign: re.Pattern[str]) -> None:
        self._text, self._sign, self._next = text, sign, -1

    def behind(self, at: int) -> int:
        """Return the position of the first mark from ``at`` on; ``at`` itself if there is none."""
        if self._next < at:
            found = self._sign.search(self._text, at)
            self._next = found.start() if found else len(self._text)
        return self._next if self._next < len(self._text) else at


def _attributes(tag: str) -> int:
    name = _NAME.match(tag)
    return len(_ATTRIBUTE.findall(tag, name.end() if name else 0))
