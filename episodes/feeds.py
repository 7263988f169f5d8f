"""The one door to feedparser: RSS and Atom as it understands them, within bounds. Episodes and articles are made of it elsewhere.

feedparser reads what is broken, too. It takes out the entities that a document defines itself, so that none grows, and fetches none
(external entities are off); bytes are handed over in a stream, since it would open a text that looks like an address or a path.
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

#: Bytes and tags; a feed of ten thousand items has about 30 MB, and thirty tags an item.
LARGEST = 64 * 2**20
MOST_TAGS = 1_000_000


def parse_feed(content: bytes, *, charset: str = "", as_written: bool = False) -> Any:  # noqa: ANN401 - feedparser publishes no types
    """A feed's ``feed``, ``entries`` and ``version``.

    ``charset`` overrules what the document says of its own. ``as_written`` leaves HTML as it is, with what embeds a video; else scripts,
    frames and the like are taken out.

    Raises:
        BadItem: it is no feed, or larger than one can be.
    """
    import feedparser

    if len(content) > LARGEST or content.count(b"<") > MOST_TAGS:
        raise BadItem(detail=f"larger than a feed can be ({LARGEST // 2**20} MB, {MOST_TAGS:,} tags)")
    headers = {"content-type": f"application/xml; charset={charset}"} if charset else {}
    options = {"sanitize_html": False, "resolve_relative_uris": False} if as_written else {}
    found = feedparser.parse(io.BytesIO(content), response_headers=headers, **options)
    log.debug("a feed of %d bytes: %s, %d entries", len(content), found.get("version") or "none", len(found["entries"]))
    if not found.get("version"):
        raise BadItem(detail="no RSS or Atom feed; give .xml, .rss or .atom files of a feed")
    return found


def text_field(fields: Mapping[str, Any], name: str) -> str:
    """A field's text, empty where there is none; feedparser would give the day of publication for a missing one of a change."""
    value = fields[name] if name in fields else ""  # noqa: SIM401 - see above
    return value if isinstance(value, str) else ""


def published_day(entry: Mapping[str, Any]) -> date | None:
    """The UTC day of an entry's publication, else of its last change; None where neither can be read."""
    given = (entry[name] for name in ("published_parsed", "updated_parsed") if name in entry)
    return from_struct_time(next((at for at in given if at), None))
