"""Convert a feed's HTML to text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from transcripts.text import one_line

#: A tag contains no other "<", so that matching takes linear time.
_TAG = re.compile(r"<(/?[a-z][a-z0-9]*)([^<>]*)>", re.IGNORECASE)
_HREF = re.compile(r"(?<![\w-])href\s*+=\s*+[\"']([^\"'>]*)[\"']", re.IGNORECASE)
_BREAKS = {"br", "/p", "/li", "/div", *(f"/h{level}" for level in range(1, 7))}


def html_to_text(text: str) -> str:
    """Convert a description to text: keep line breaks, drop tags, put the URL of a link after its words."""
    if "<" not in text:
        return html.unescape(text).strip()
    bare = html.unescape("".join(_pieces(text)))
    return "\n".join(line for each in bare.splitlines() if (line := one_line(each)))


def _pieces(text: str) -> Iterator[str]:
    """Yield text between tags, newlines for breaks, and a link's URL after its words unless they contain it."""
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
