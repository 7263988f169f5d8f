"""The name of an episode that is the same from every door, the short key that people type, and the stem of its files.

    youtube:ID            any YouTube address, yt-dlp, or YouTube's own feed
    <site>:ID             another site that yt-dlp knows by name
    feed:GUID             a feed's item; GUIDs that other feeds may have, too ("55", "episode-55") carry the feed's title:
                          feed:news-in-review/55
    url:host/path         where there is nothing better
    import:SHOW:ID        a line of a file that only has an id

Whether a key is free is the catalog's business.
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
    """Identity of a YouTube video."""
    return f"youtube:{video_id}"


def of_site(extractor: str, video_id: str) -> str:
    """Identity on a site that yt-dlp names."""
    return f"{extractor.lower()}:{video_id}"


def of_feed(guid: str, feed_title: str = "", address: str = "") -> str:
    """Identity of a feed's item: by its GUID, or by ``address`` (of its sound or page) where it has none.

    An item that is a YouTube video is that video.
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
    """The id within an identity, as a person would type it ("55" of feed:news-in-review/55); empty where it is an address."""
    _, _, rest = name.partition(":")
    return "" if name.startswith("url:") or "://" in rest else rest.rpartition("/")[2]


def of_address(address: str) -> str:
    """Identity by address alone, in its canonical form without the scheme; a YouTube video is itself."""
    if video_id := youtube_id(address):
        return of_youtube(video_id)
    try:
        return f"url:{canonical(with_scheme(address)).partition('://')[2]}"
    except BadAddress:
        return f"url:{address.strip()}"


def of_import(show: str, entry_id: str) -> str:
    """Identity of a line that only has an id, which is unique within its show."""
    scope = ascii_slug(show)
    return f"import:{scope}:{entry_id}" if scope else f"import:{entry_id}"


def key(identity: str, entry_id: str, title: str) -> str:
    """What people type: the id where it is short and plain, else the title's words and six digits of a hash."""
    if _PLAIN_KEY.fullmatch(entry_id):
        return entry_id
    return f"{ascii_slug(title) or 'episode'}-{_hash(identity)[:6]}"


def file_stem(identity: str) -> str:
    """A file name without ending that no other episode has and every file system takes."""
    return f"{ascii_slug(identity)[:60].rstrip('-') or 'episode'}-{_hash(identity)[:10]}"


def file_name(address: str) -> str:
    """The last part of an address's path without its ending; the host where there is no path."""
    parts = split(with_scheme(address))
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    return last.rpartition(".")[0] or last or (parts.hostname or "").rstrip(".")


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
