"""Name episodes: the identity, equal from every source; the short key that users type; the stem of files.

    youtube:ID       any YouTube URL, yt-dlp, or YouTube's own feed
    <site>:ID        another site that yt-dlp supports by name
    feed:GUID        a feed's item; a GUID that other feeds may use too ("55", "episode-55") is prefixed by the feed's
                     title: feed:news-in-review/55
    url:host/path    if there is nothing better
    import:SHOW:ID   a record that has only an id

The catalog decides whether a key is free.
"""

from __future__ import annotations

import re
from hashlib import sha256
from urllib.parse import unquote

from episodes.errors import BadAddress
from episodes.slugs import ascii_slug
from episodes.urls import canonical, is_video_id, split, with_scheme, youtube_id

_YOUTUBE_GUID = "yt:video:"
_NUMBERED = re.compile(r"(?:[a-z]{0,10}[\s\-_./#:]*)?\d{1,9}", re.IGNORECASE)
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,39}")


def of_youtube(video_id: str) -> str:
    """Return the identity of a YouTube video."""
    return f"youtube:{video_id}"


def of_site(extractor: str, video_id: str) -> str:
    """Return the identity on a site that yt-dlp names."""
    return f"{extractor.lower()}:{video_id}"


def of_feed(guid: str, feed_title: str = "", address: str = "") -> str:
    """Return the identity of a feed's item: by its GUID, or by ``address`` (of its audio or page) without one.

    An item that is a YouTube video has the identity of that video.
    """
    guid = guid.strip()
    named = guid.removeprefix(_YOUTUBE_GUID)
    video_id = named if named != guid and is_video_id(named) else youtube_id(address)
    if video_id:
        return of_youtube(video_id)
    if not guid:
        return of_address(address)
    common = len(guid) < 6 or _NUMBERED.fullmatch(guid)
    scope = ascii_slug(feed_title) if common else ""
    return f"feed:{scope}/{guid}" if scope else f"feed:{guid}"


def short_id(name: str) -> str:
    """Return the id in an identity as a user would type it ("55" of feed:news-in-review/55); "" if it is a URL."""
    _, _, rest = name.partition(":")
    return "" if name.startswith("url:") or "://" in rest else rest.rpartition("/")[2]


def of_address(address: str) -> str:
    """Return the identity by URL alone: the canonical URL without its scheme, or the YouTube video."""
    if video_id := youtube_id(address):
        return of_youtube(video_id)
    try:
        return f"url:{canonical(with_scheme(address)).partition('://')[2]}"
    except BadAddress:
        return f"url:{address.strip()}"


def of_import(show: str, entry_id: str) -> str:
    """Return the identity of a record that has only an id, unique within its show."""
    scope = ascii_slug(show)
    return f"import:{scope}:{entry_id}" if scope else f"import:{entry_id}"


def key(identity: str, entry_id: str, title: str) -> str:
    """Return the key that users type: the id if short and plain, else the title's slug and six digits of a hash."""
    if _PLAIN_KEY.fullmatch(entry_id):
        return entry_id
    return f"{ascii_slug(title) or 'episode'}-{_hash(identity)[:6]}"


def file_stem(identity: str) -> str:
    """Return a file name without extension that is unique per episode and valid on every file system."""
    return f"{ascii_slug(identity)[:60].rstrip('-') or 'episode'}-{_hash(identity)[:10]}"


def file_name(address: str) -> str:
    """Return the last part of a URL's path without its extension; the host if there is no path."""
    parts = split(with_scheme(address))
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    return last.rpartition(".")[0] or last or (parts.hostname or "").rstrip(".")


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
