"""An address that opens a video or a sound at a second."""

from __future__ import annotations

import math
import re
from urllib.parse import parse_qs, urldefrag, urlsplit

_YOUTUBE = re.compile(r"(?:[\w-]+\.)?youtube(?:-nocookie)?\.com")
_ID = re.compile(r"[\w-]+")


def deep_link(url: str, seconds: float) -> str:
    """``url`` at a second: YouTube's own form for its videos, else a media fragment (w3.org/TR/media-frags), which players know.

    Seconds are rounded down; what is no time counts as 0. Without an address there is none.
    """
    if not url:
        return ""
    at = max(0, math.floor(seconds)) if math.isfinite(seconds) else 0
    if video := _youtube_id(url):
        return f"https://www.youtube.com/watch?v={video}&t={at}s"
    return f"{urldefrag(url).url}#t={at}"


def _youtube_id(url: str) -> str:
    """The id in any of the addresses that YouTube gives a video, or nothing."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:  # brackets that hold no address
        return ""
    path = parts.path.strip("/").split("/")
    if host == "youtu.be":
        found = path[0]
    elif not _YOUTUBE.fullmatch(host):
        return ""
    elif path[0] in ("shorts", "live", "embed", "v") and len(path) > 1:
        found = path[1]
    else:
        found = parse_qs(parts.query).get("v", [""])[0]
    return found if _ID.fullmatch(found) else ""
