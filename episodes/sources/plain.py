"""Foreign text and JSON made fit for every database: no NUL, no half characters, no NaN."""

from __future__ import annotations

import html
import math
import re

_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")

_LINK = re.compile(r"<a\s[^>]*?href\s*=\s*[\"']([^\"'>]*)[\"'][^>]*>(.*?)</a\s*>", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/li|/div|/h\d)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)


def plain_text(text: str) -> str:
    """The text without what PostgreSQL refuses to store."""
    return _HALF_CHARACTERS.sub("\ufffd", text.replace("\0", ""))


def plain_markup(text: str) -> str:
    """A feed's description as text: lines kept, tags gone, the addresses of links put behind their words."""
    if "<" not in text:
        return html.unescape(text).strip()
    linked = _LINK.sub(lambda link: link[2] if link[1] in link[2] else f"{link[2]} {link[1]}", text)
    bare = html.unescape(_TAG.sub("", _BREAK.sub("\n", linked)))
    return "\n".join(line for line in (" ".join(line.split()) for line in bare.splitlines()) if line)


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
