"""Parse RSS and Atom with feedparser, within limits; the only module that imports it.

Episodes and articles are built elsewhere. feedparser also reads broken feeds. It removes entities that a document
defines itself, so none can expand, and does not fetch external ones. Bytes are passed as a stream, because feedparser
would open a text that looks like a URL or a path.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

from episodes.dates import from_struct_time
from episodes.errors import BadItem
from episodes.logs import logger

log = logger(__name__)

#: Limits in bytes and tags. A feed of ten thousand items has about 30 MB, and thirty tags per item.
LARGEST = 64 * 2**20
MOST_TAGS = 1_000_000


def parse_feed(content: bytes, *, charset: str = "", as_written: bool = False) -> Any:  # noqa: ANN401 - untyped
    """Return feedparser's result, with ``feed``, ``entries`` and ``version``.

    ``charset`` overrides the document's own declaration. ``as_written`` keeps HTML unchanged, with embedded videos;
    otherwise scripts, frames and the like are removed.

    Raises:
        BadItem: it is no feed, or exceeds the limits.
    """
    import feedparser

    if len(content) > LARGEST or content.count(b"<") > MOST_TAGS:
        raise BadItem(detail=f"too large for a feed (at most {LARGEST // 2**20} MB, {MOST_TAGS:,} tags)")
    headers = {"content-type": f"application/xml; charset={charset}"} if charset else {}
    options = {"sanitize_html": False, "resolve_relative_uris": False} if as_written else {}
    found = feedparser.parse(io.BytesIO(content), response_headers=headers, **options)
    log.debug("a feed of %d bytes: %s, %d entries", len(content), found.get("version") or "none", len(found["entries"]))
    if not found.get("version"):
        raise BadItem(detail="this is not an RSS or Atom feed; give .xml, .rss or .atom files of a feed")
    return found


def text_field(fields: Mapping[str, Any], name: str) -> str:
    """Return a field's text, or "".

    Look with ``in`` first: feedparser answers a missing "updated" with "published".
    """
    value = fields[name] if name in fields else ""  # noqa: SIM401 - see above
    return value if isinstance(value, str) else ""


def published_day(entry: Mapping[str, Any]) -> date | None:
    """Return the UTC day on which an entry was published, else updated; None if neither is readable."""
    given = (entry[name] for name in ("published_parsed", "updated_parsed") if name in entry)
    return from_struct_time(next((at for at in given if at), None))
