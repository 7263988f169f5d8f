"""A feed's markup as text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from transcripts.text import one_line

#: A tag ends where the next begins, so that each sign is read once.
_TAG = re.compile(r"<(/?[a-z][a-z0-9]*)([^<>]*)>", re.IGNORECASE)
_HREF = re.compile(r"(?<![\w-])href\s*+=\s*+[\"']([^\"'>]*)[\"']", re.IGNORECASE)
_BREAKS = {"br", "/p", "/li", "/div", *(f"/h{level}" for level in range(1, 7))}


def html_to_text(text: str) -> str:
    """A feed's description as text: lines kept, tags gone, the addresses of links put behind their words."""
    if "<" not in text:
        return html.unescape(text).strip()
    bare = html.unescape("".join(_pieces(text)))
    return "\n".join(line for each in bare.splitlines() if (line := one_line(each)))


def _pieces(text: str) -> Iterator[str]:
    """The text between tags, line ends for what breaks a line, and behind a link's words its address where they do not hold it."""
    address, words, at = "", [""], 0
    for tag in _TAG.finditer(text):
        words.append(text[at : tag.start()])
        yield words[-1]
        name, at = tag[1].lower(), tag.end()
        if name == "a":
            href = _HREF.search(tag[2])
            address, words = href[1] if href else "", []
        elif name == "/a":
            if address and address not in "".join(words):
                yield f" {address}"
            address, words = "", []
        elif name in _BREAKS:
            yield "\n"
    yield text[at:]
