"""The one door to yt-dlp: lists, metadata, captions and sound of whatever site it knows.

yt-dlp's filters, archive and retry of formats are left alone: they do not hold where nothing is downloaded (research: entries that
``match_filter`` rejects are returned all the same). Client names are never set either, since they change monthly. Entries are taken
raw (``process=False``), which keeps lists lazy and a feed's own words; one is processed when it is read. With
``ignore_no_formats_error`` a video that cannot be played is described all the same, and the reason is in the warnings.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from episodes.errors import AddressRefused, BadItem, FileRefused, RateLimited, SourceError, TooSlow
from episodes.guard.client import NetworkPolicy
from episodes.logs import logger
from episodes.sources import feed_file, identity, info_dict, order
from episodes.sources.download_limits import DownloadLimits
from episodes.sources.media_file import OnProgress, download_options, finished_file, make_folder
from episodes.sources.merging import add_item, listed_from_item, merge_info, merge_listing
from episodes.sources.ytdlp_messages import MessageLog, to_catalog_error
from episodes.urls import is_web, split, youtube
from episodes.values import CaptionTrack, EpisodeInfo, Listed, Listing

if TYPE_CHECKING:
    from yt_dlp import YoutubeDL

log = logger(__name__)

#: How sound may come: nothing else is fetched without another program.
_PROTOCOLS = "[protocol~='^(https?|m3u8(_native)?|http_dash_segments|ism)$']"
#: The best sound alone, else the smallest that has sound: nothing is merged, so that no ffmpeg is needed.
_FORMAT = f"bestaudio{_PROTOCOLS}/worst[acodec!=?none]{_PROTOCOLS}/worst{_PROTOCOLS}"
#: Characters.
_MOST_COOKIES = 16 * 2**20
_LISTS = ("YoutubeTab", "YoutubePlaylist")
_MAY_BE_FEED = re.compile(r"^https?://.*(?:atom|rss|feed|\.xml)", re.IGNORECASE)
#: A channel's tabs.
_TABS = ("/videos", "/streams", "/shorts", "/live")


@dataclass(frozen=True, slots=True)
class _Fetched:
    """What is there, and where that was at last."""

    content: bytes
    url: str

    def episodes(self) -> Iterator[EpisodeInfo]:
        """Those of a feed."""
        return feed_file.episodes(self.content, self.url) if self.content else iter(())


_NO_FEED = _Fetched(b"", "")


@dataclass(frozen=True)
class YtDlp:
    """How to call: ``cookies`` is a Netscape cookies file of a login, ``pause`` are seconds between requests to YouTube.

    ``languages`` of captions are wanted beside a video's own. Addresses of this machine and network are asked only where ``allow_private``;
    ``proxy`` goes before the environment's. It keeps nothing between calls, and does not decide what is worth having.
    """

    cookies: Path | None = None
    pause: float = 0.75
    languages: tuple[str, ...] = ("en",)
    timeout: float = 20.0
    allow_private: bool = False
    proxy: str = ""
    limits: DownloadLimits = field(default_factory=DownloadLimits)

    def listing(self, url: str) -> Listing:
        """A channel, playlist or feed, flat and lazy, what is new first; a single video is a list of one.

        Raises:
            SourceError: it cannot be read; the entries raise the same where a later page cannot.
        """
        url = _behind_feed(url)
        log.info("%s: listed", url)
        feed = self._feed(url) if _MAY_BE_FEED.search(url) else _NO_FEED
        if feed_file.is_atom(feed.content):  # yt-dlp takes it for a page
            return Listing(feed_file.title(feed.content), order.newest_first(map(listed_from_item, feed.episodes())))
        with self._open(url) as (downloader, _):
            found = _resolved(downloader, url)
        entries = _closing(downloader, url, self._lists(downloader, found))
        return Listing(_title(found), self._with_items(found, entries, feed))

    def read_episode(self, entry: Listed | str) -> EpisodeInfo:
        """All about one episode: an entry of a listing, or an address that holds one.

        Raises:
            SourceError: it cannot be read.
        """
        listed = entry if isinstance(entry, Listed) else Listed("", entry)
        log.info("%s: read", listed.url)
        with self._open(listed.url) as (downloader, messages):
            raw = dict(listed.hint.get("entry") or _one(_resolved(downloader, listed.url), listed))
            own_date = bool(listed.hint.get("entry")) and "timestamp" in raw
            info = _one(downloader.process_ie_result(raw, download=False) or {}, listed)
        if not own_date and _by_last_modified(info):
            info = {**info, "timestamp": None, "upload_date": None}
        info = {**info, "series": info.get("series") or listed.hint.get("show")}
        return merge_listing(merge_info(info, messages.warnings, self.languages, listed.url), listed)

    def fetch_captions(self, track: CaptionTrack) -> bytes:
        """A track's content, from its address; what is none of the web is not for this door.

        Raises:
            SourceError: it is not there, or empty.
        """
        _check_web(track.location)
        log.info("%s: captions fetched", track.location)
        content = self._get(track.location).content
        if not content.strip():
            raise SourceError(track.location, "the site sent empty captions")
        return content

    def fetch_audio(self, info: EpisodeInfo, folder: Path, on_progress: OnProgress | None = None) -> Path:
        """The episode's sound as a file in ``folder``; what is there is kept, what was begun is gone on with.

        ``on_progress`` is told bytes done and bytes in all, None where nobody knows. A file appears under its final name when it is whole.

        Raises:
            SourceError: it cannot be fetched.
            DiskFull: there is no room for it.
        """
        address, stem = info.media or info.url, identity.file_stem(info.identity)
        _check_web(address)
        if found := finished_file(folder, stem):
            log.info("%s: its sound is there, as %s", address, found.name)
            return found
        log.info("%s: sound fetched as %s", address, stem)
        make_folder(folder)
        with self._open(address, download_options(folder, stem, on_progress)) as (downloader, _):
            downloader.extract_info(address, download=True)
        if found := finished_file(folder, stem):
            return found
        raise SourceError(address, "there is no sound to fetch")

    def _lists(self, downloader: YoutubeDL, found: Mapping[str, Any]) -> Iterator[Listed]:
        """The entries of what was found; a channel's tabs are interleaved, its shorts left out."""
        from yt_dlp.utils import PlaylistEntries

        if found.get("_type") not in ("playlist", "multi_video"):
            return iter(filter(None, [_single(found)]))
        entries = found.get("entries") or []
        if isinstance(entries, list) and any(isinstance(entry, dict) and "entries" in entry for entry in entries):
            tabs = [tab for tab in entries if "/shorts" not in info_dict.text(tab, "webpage_url")]
            return order.deduplicated(order.interleaved([self._lists(downloader, tab) for tab in tabs]))
        several = (entry for _, entry in PlaylistEntries(downloader, {**found, "entries": entries})[:] if entry)
        listed = order.deduplicated(self._flat(downloader, several, found))
        return listed if _is_newest_first(info_dict.page_url(found)) else order.newest_first(listed)

    def _flat(
        self, downloader: YoutubeDL, entries: Iterator[dict[str, Any]], found: Mapping[str, Any]
    ) -> Iterator[Listed]:
        """Entries as values; a list inside a list is opened."""
        for entry in (_absolute(entry, found) for entry in entries):
            if entry.get("ie_key") in _LISTS and entry.get("url") != info_dict.page_url(found):
                yield from self._lists(downloader, _resolved(downloader, entry["url"]))
            elif listed := info_dict.listed(entry, found):
                yield listed

    def _feed(self, url: str) -> _Fetched:
        """What is there, if it is a feed, else nothing; errors are left to yt-dlp, which meets them as well."""
        try:
            fetched = self._get(url)
            feed_file.title(fetched.content)
        except RateLimited:
            raise
        except (SourceError, BadItem) as error:
            if isinstance(getattr(error.__cause__, "cause", None), AddressRefused | TooSlow):
                raise  # asking again would only take longer
            log.debug("%s: no feed: %s", url, error)
            return _NO_FEED
        return fetched

    def _with_items(self, found: Mapping[str, Any], entries: Iterator[Listed], feed: _Fetched) -> Iterator[Listed]:
        """The entries; those of a feed with what yt-dlp leaves out of them."""
        if found.get("extractor_key") != "Generic" or "entries" not in found:
            yield from entries
            return
        fetched = feed if feed.content else self._feed(info_dict.page_url(found))
        beside = {item.identity: item for item in fetched.episodes()}
        yield from (
            add_item(entry, beside.get(entry.identity)) if entry.hint.get("entry") else entry for entry in entries
        )

    def _get(self, url: str) -> _Fetched:
        with self._open(url, extractors=False) as (downloader, _), downloader.urlopen(url) as response:
            return _Fetched(response.read(), response.url)

    @contextmanager
    def _open(
        self, url: str, options: Mapping[str, object] | None = None, *, extractors: bool = True
    ) -> Iterator[tuple[YoutubeDL, MessageLog]]:
        """yt-dlp for calls to ``url``, its errors made ours; a plain file needs none of its 1,800 extractors, which take a while."""
        if not url.lower().startswith(("http://", "https://")):
            raise SourceError(url, "only http and https addresses are fetched")
        messages = MessageLog()
        downloader = self._downloader(url, messages, options or {}, extractors=extractors)
        try:
            with _errors(url):
                yield downloader, messages
        finally:
            downloader.close()

    def _downloader(
        self, url: str, messages: MessageLog, options: Mapping[str, object], *, extractors: bool
    ) -> YoutubeDL:
        from episodes.sources.ytdlp_network import GuardedYoutubeDL

        standard = {
            "logger": messages,
            "quiet": True,
            "no_color": True,
            "cachedir": False,
            "format": _FORMAT,
            "ignore_no_formats_error": True,
            "writesubtitles": True,  # else some extractors do not look for them
            "writeautomaticsub": True,
            "js_runtimes": {"deno": {}, "node": {}},
            "socket_timeout": self.timeout,
            "retries": 3,
            "extractor_retries": 2,
            "noplaylist": True,
            "cookiefile": self._cookies(),
            "sleep_interval_requests": self.pause if youtube(url) else 0,
        }
        policy = NetworkPolicy(self.allow_private, self.proxy)
        return GuardedYoutubeDL({**standard, **options}, policy, self.limits, auto_init=extractors)

    def _cookies(self) -> io.StringIO | None:
        """What is in the person's cookies file: yt-dlp writes back to what it is given, and the file is not ours.

        Raises:
            SourceError: it cannot be read.
        """
        if not self.cookies:
            return None
        try:
            with self.cookies.expanduser().open(encoding="utf-8") as file:
                return io.StringIO(file.read(_MOST_COOKIES))
        except (OSError, ValueError) as error:
            raise SourceError(self.cookies, f"the cookies file cannot be read: {error}") from error


def _behind_feed(url: str) -> str:
    """The list behind a feed of YouTube's, which names the last 15 videos only; any other address is itself."""
    named = youtube(url)
    if named and named.feed and named.playlist:
        return f"https://www.youtube.com/playlist?list={named.playlist}"
    if named and named.feed and named.channel:
        return f"https://www.youtube.com/{'' if '/' in named.channel else 'channel/'}{named.channel}"
    return url


def _is_newest_first(url: str) -> bool:
    """Whether YouTube gives the list in this order: a channel's tab, or the playlist of all its uploads."""
    named = youtube(url)
    return named is not None and (named.playlist.startswith("UU") or split(url).path.rstrip("/").endswith(_TABS))


def _resolved(downloader: YoutubeDL, url: str) -> dict[str, Any]:
    """What stands at ``url``, raw, redirections from site to site followed."""
    found, key = downloader.extract_info(url, download=False, process=False), None
    for _ in range(5):
        if not found or found.get("_type") not in ("url", "url_transparent"):
            break
        url, key = found["url"], found.get("ie_key")
        found = downloader.extract_info(url, download=False, process=False, ie_key=key)
    if not found:
        raise SourceError(url, "nothing was found there")
    if found.get("extractor") == "html5":  # the only video of a page needs no number
        found["title"] = info_dict.text(found, "title").removesuffix(" (1)")
    return dict(found)


def _absolute(entry: dict[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """A feed's entry, its address resolved against that of the feed, which yt-dlp leaves as it stands."""
    address = entry.get("url")
    if found.get("extractor_key") != "Generic" or not isinstance(address, str) or not address:
        return entry
    try:
        return {**entry, "url": urljoin(info_dict.page_url(found), address)}
    except ValueError:
        return entry


def _one(found: Mapping[str, Any], listed: Listed) -> Mapping[str, Any]:
    """The single episode that was found, or the one of several that the listing meant."""
    if "entries" not in found:
        if not found:
            raise SourceError(listed.url, "nothing was found there")
        return found
    entries = [entry for entry in found["entries"] or () if entry]
    meant = [entry for entry in entries if entry.get("id") == listed.hint.get("id")] or entries
    if len(meant) != 1:
        raise SourceError(listed.url, f"{len(entries)} episodes are there; follow it with `nir shows add`")
    return {"webpage_url": found.get("webpage_url"), **meant[0]}


def _single(found: Mapping[str, Any]) -> Listed | None:
    """The only episode, as a list would have it."""
    names = {field: found.get(field) for field in ("id", "title", "extractor", "extractor_key")}
    dates = {} if _by_last_modified(found) else {field: found.get(field) for field in ("timestamp", "upload_date")}
    return info_dict.listed({"url": info_dict.page_url(found), **names, **dates}, found)


def _by_last_modified(info: Mapping[str, Any]) -> bool:
    """Whether its date is only that of a file or a page on a server, which is no day of publication."""
    return bool(info.get("direct")) or info.get("extractor") == "html5"


def _title(found: Mapping[str, Any]) -> str:
    """The list's own name: a channel's tab is the channel."""
    title = info_dict.text(found, "title")
    if found.get("extractor_key") == "YoutubeTab" and info_dict.text(found, "channel"):
        return re.sub(r" - (?:Videos|Live|Shorts|Home)$", "", title)
    return title


def _closing(downloader: YoutubeDL, url: str, entries: Iterator[Listed]) -> Iterator[Listed]:
    """The entries, the connections for further pages closed behind them; a closed downloader opens new ones when it needs some."""
    try:
        with _errors(url):
            yield from entries
    finally:
        downloader.close()


@contextmanager
def _errors(url: str) -> Iterator[None]:
    """yt-dlp's errors as ours.

    Raises:
        DiskFull, RateLimited, SourceError: as the cause is.
    """
    from yt_dlp.utils import YoutubeDLError

    try:
        yield
    except (YoutubeDLError, OSError) as error:
        raise to_catalog_error(error, url) from error
    except ValueError as error:
        raise SourceError(url, f"no address that can be read: {error}") from error


def _check_web(address: str) -> None:
    if not is_web(address):
        raise FileRefused(address, "it is no address of the web: only http and https are fetched")
