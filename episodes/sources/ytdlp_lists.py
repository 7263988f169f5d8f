"""Read lists with yt-dlp: channels with their tabs, playlists, feeds; and find one episode among several on a page.

Entries are taken raw (``process=False``): lists stay lazy, and a feed's own words are kept. yt-dlp's ``match_filter``
and ``daterange`` are not used: without a download, entries that they reject are returned all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from episodes.errors import SourceError
from episodes.sources import info_dict, order
from episodes.urls import split, youtube
from episodes.values import Listed

if TYPE_CHECKING:
    from yt_dlp import YoutubeDL

#: Extractors of lists inside lists.
_LISTS = ("YoutubeTab", "YoutubePlaylist")
#: Paths of a channel's tabs.
_TABS = ("/videos", "/streams", "/shorts", "/live")
_MAX_REDIRECTIONS = 5


def list_behind_feed(url: str) -> str:
    """Return the playlist or channel behind a YouTube feed, which has the last 15 videos only; other URLs unchanged."""
    named = youtube(url)
    if named and named.feed and named.playlist:
        return f"https://www.youtube.com/playlist?list={named.playlist}"
    if named and named.feed and named.channel:
        return f"https://www.youtube.com/{'' if '/' in named.channel else 'channel/'}{named.channel}"
    return url


def resolve(downloader: YoutubeDL, url: str) -> dict[str, Any]:
    """Return the raw info dict of a URL, redirections between extractors followed.

    Raises:
        SourceError: yt-dlp finds nothing there.
    """
    found, key = downloader.extract_info(url, download=False, process=False), None
    for _ in range(_MAX_REDIRECTIONS):
        if not found or found.get("_type") not in ("url", "url_transparent"):
            break
        url, key = found["url"], found.get("ie_key")
        found = downloader.extract_info(url, download=False, process=False, ie_key=key)
    if not found:
        raise SourceError(url, "nothing was found there")
    if found.get("extractor") == "html5":  # the only video of a page needs no number
        found["title"] = info_dict.text(found, "title").removesuffix(" (1)")
    return dict(found)


def list_entries(downloader: YoutubeDL, found: Mapping[str, Any]) -> Iterator[Listed]:
    """Yield the entries of a resolved list, newest first, deduplicated; a single video is a list of one.

    A channel's tabs are interleaved; its shorts are left out.
    """
    from yt_dlp.utils import PlaylistEntries

    if found.get("_type") not in ("playlist", "multi_video"):
        return iter(filter(None, [_single(found)]))
    entries = found.get("entries") or []
    if isinstance(entries, list) and any(isinstance(entry, dict) and "entries" in entry for entry in entries):
        tabs = [tab for tab in entries if "/shorts" not in info_dict.text(tab, "webpage_url")]
        return order.deduplicated(order.interleaved([list_entries(downloader, tab) for tab in tabs]))
    several = (entry for _, entry in PlaylistEntries(downloader, {**found, "entries": entries})[:] if entry)
    listed = order.deduplicated(_flat(downloader, several, found))
    return listed if _is_newest_first(info_dict.page_url(found)) else order.newest_first(listed)


def list_title(found: Mapping[str, Any]) -> str:
    """Return the list's own title; of a channel's tab, the channel's name."""
    title = info_dict.text(found, "title")
    if found.get("extractor_key") == "YoutubeTab" and info_dict.text(found, "channel"):
        return re.sub(r" - (?:Videos|Live|Shorts|Home)$", "", title)
    return title


def pick_episode(found: Mapping[str, Any], listed: Listed) -> Mapping[str, Any]:
    """Return the only episode found, or of several the one that the listing meant.

    Raises:
        SourceError: nothing was found, or several and none can be told from the others.
    """
    if "entries" not in found:
        if not found:
            raise SourceError(listed.url, "nothing was found there")
        return found
    entries = [entry for entry in found["entries"] or () if entry]
    meant = [entry for entry in entries if entry.get("id") == listed.hint.get("id")] or entries
    if len(meant) != 1:
        raise SourceError(listed.url, f"{len(entries)} episodes are there; follow it with `nir shows add`")
    return {"webpage_url": found.get("webpage_url"), **meant[0]}


def is_dated_by_server(info: Mapping[str, Any]) -> bool:
    """True if the date is only the Last-Modified of a file or page, and so no day of publication."""
    return bool(info.get("direct")) or info.get("extractor") == "html5"


def _flat(downloader: YoutubeDL, entries: Iterator[dict[str, Any]], found: Mapping[str, Any]) -> Iterator[Listed]:
    """Yield entries as values; open lists inside the list."""
    for entry in (_absolute(entry, found) for entry in entries):
        if entry.get("ie_key") in _LISTS and entry.get("url") != info_dict.page_url(found):
            yield from list_entries(downloader, resolve(downloader, entry["url"]))
        elif listed := info_dict.listed(entry, found):
            yield listed


def _is_newest_first(url: str) -> bool:
    """True if YouTube lists newest first: a channel's tab, or the playlist of all its uploads."""
    named = youtube(url)
    return named is not None and (named.playlist.startswith("UU") or split(url).path.rstrip("/").endswith(_TABS))


def _absolute(entry: dict[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Resolve a feed entry's URL against the feed's; yt-dlp leaves it relative."""
    address = entry.get("url")
    if found.get("extractor_key") != "Generic" or not isinstance(address, str) or not address:
        return entry
    try:
        return {**entry, "url": urljoin(info_dict.page_url(found), address)}
    except ValueError:
        return entry


def _single(found: Mapping[str, Any]) -> Listed | None:
    """Return the only episode in the form of a list's entry."""
    names = {field: found.get(field) for field in ("id", "title", "extractor", "extractor_key")}
    dates = {} if is_dated_by_server(found) else {field: found.get(field) for field in ("timestamp", "upload_date")}
    return info_dict.listed({"url": info_dict.page_url(found), **names, **dates}, found)
