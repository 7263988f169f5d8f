"""Foreign text and JSON made fit for every database: no NUL, no half characters, no NaN."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator

_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")

#: A tag ends where the next begins, so that each sign is read once.
_TAG = re.compile(r"<(/?[a-z][a-z0-9]*)([^<>]*)>", re.IGNORECASE)
_HREF = re.compile(r"(?<![\w-])href\s*+=\s*+[\"']([^\"'>]*)[\"']", re.IGNORECASE)
_BREAKS = {"br", "/p", "/li", "/div", *(f"/h{level}" for level in range(1, 7))}


def plain_text(text: str) -> str:
    """The text without what PostgreSQL refuses to store."""
    return _HALF_CHARACTERS.sub("\ufffd", text.replace("\0", ""))


def plain_markup(text: str) -> str:
    """A feed's description as text: lines kept, tags gone, the addresses of links put behind their words."""
    if "<" not in text:
        return html.unescape(text).strip()
    bare = html.unescape("".join(_pieces(text)))
    return "\n".join(line for line in (" ".join(line.split()) for line in bare.splitlines()) if line)


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


def plain_json(value: object) -> object:
    """A JSON value whose texts are plain and whose numbers are finite (null where one was not)."""
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [plain_json(item) for item in value]
    if isinstance(value, dict):
        return {plain_text(str(name)): plain_json(item) for name, item in value.items()}
    return value if isinstance(value, int) or value is None else str(value)
