"""Read episodes with yt-dlp: lists, metadata, captions and audio of every site that it supports.

An entry is processed only when its episode is read; until then a list stays lazy (``ytdlp_lists``). yt-dlp's download
archive and its own retry of formats are not used: they have no effect where nothing is downloaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from episodes.errors import AddressRefused, BadItem, FileRefused, RateLimited, SourceError, TooSlow
from episodes.logs import logger
from episodes.sources import feed_file, identity, info_dict, order
from episodes.sources.media_file import OnProgress, download_options, finished_file, make_folder
from episodes.sources.merging import add_item, listed_from_item, merge_info, merge_listing
from episodes.sources.ytdlp_lists import (
    is_dated_by_server,
    list_behind_feed,
    list_entries,
    list_title,
    pick_episode,
    resolve,
)
from episodes.sources.ytdlp_session import YtDlpSession, catalog_errors
from episodes.urls import is_web
from episodes.values import CaptionTrack, EpisodeInfo, Listed, Listing

log = logger(__name__)

_MAY_BE_FEED = re.compile(r"^https?://.*(?:atom|rss|feed|\.xml)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A fetched body, and its URL after redirects."""

    content: bytes
    url: str

    def episodes(self) -> Iterator[EpisodeInfo]:
        """Yield the episodes if it is a feed."""
        return feed_file.episodes(self.content, self.url) if self.content else iter(())


_NO_FEED = _Fetched(b"", "")


@dataclass(frozen=True)
class YtDlp(YtDlpSession):
    """Lists, episodes, captions and audio through yt-dlp.

    ``languages`` of captions are fetched beside a video's own. It does not decide which episodes are worth having.
    """

    languages: tuple[str, ...] = ("en",)

    def listing(self, url: str) -> Listing:
        """List a channel, playlist or feed, lazily and newest first; a single video is a list of one.

        Raises:
            SourceError: it cannot be read. The entries raise the same if a later page cannot.
        """
        url = list_behind_feed(url)
        log.info("%s: listed", url)
        feed = self._feed(url) if _MAY_BE_FEED.search(url) else _NO_FEED
        if feed_file.is_atom(feed.content):  # yt-dlp takes Atom for a page
            return Listing(feed_file.title(feed.content), order.newest_first(map(listed_from_item, feed.episodes())))
        with self.open(url) as (downloader, _):
            found = resolve(downloader, url)
        entries = _closing(downloader, url, list_entries(downloader, found))
        return Listing(list_title(found), self._with_items(found, entries, feed))

    def read_episode(self, entry: Listed | str) -> EpisodeInfo:
        """Read everything about one episode, given as an entry of a listing or as a URL.

        Raises:
            SourceError: it cannot be read.
        """
        listed = entry if isinstance(entry, Listed) else Listed("", entry)
        log.info("%s: read", listed.url)
        with self.open(listed.url) as (downloader, messages):
            raw = dict(listed.hint.get("entry") or pick_episode(resolve(downloader, listed.url), listed))
            own_date = bool(listed.hint.get("entry")) and "timestamp" in raw
            info = pick_episode(downloader.process_ie_result(raw, download=False) or {}, listed)
        if not own_date and is_dated_by_server(info):
            info = {**info, "timestamp": None, "upload_date": None}
        info = {**info, "series": info.get("series") or listed.hint.get("show")}
        return merge_listing(merge_info(info, messages.warnings, self.languages, listed.url), listed)

    def fetch_captions(self, track: CaptionTrack) -> bytes:
        """Fetch the content of a caption track. Its location must be a web address.

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
        """Download the episode's audio into ``folder``; keep a finished file, resume an unfinished one.

        ``on_progress`` is called with the bytes done and the total (None if unknown). A file gets its final name when
        it is complete.

        Raises:
            SourceError: it cannot be fetched.
            DiskFull: there is no room for it.
        """
        address, stem = info.media or info.url, identity.file_stem(info.identity)
        _check_web(address)
        if found := finished_file(folder, stem):
            log.info("%s: its audio is there, as %s", address, found.name)
            return found
        log.info("%s: audio fetched as %s", address, stem)
        make_folder(folder)
        with self.open(address, download_options(folder, stem, on_progress)) as (downloader, _):
            downloader.extract_info(address, download=True)
        if found := finished_file(folder, stem):
            return found
        raise SourceError(address, "there is no audio to fetch")

    def _feed(self, url: str) -> _Fetched:
        """Fetch ``url`` if it is a feed; otherwise return nothing.

        Errors are left to yt-dlp, which meets them as well.
        """
        try:
            fetched = self._get(url)
            feed_file.title(fetched.content)
        except RateLimited:
            raise
        except (SourceError, BadItem) as error:
            if isinstance(getattr(error.__cause__, "cause", None), AddressRefused | TooSlow):
                raise  # a second attempt would only take longer
            log.debug("%s: no feed: %s", url, error)
            return _NO_FEED
        return fetched

    def _with_items(self, found: Mapping[str, Any], entries: Iterator[Listed], feed: _Fetched) -> Iterator[Listed]:
        """Add to a feed's entries what yt-dlp leaves out of them; pass other lists through."""
        if found.get("extractor_key") != "Generic" or "entries" not in found:
            yield from entries
            return
        fetched = feed if feed.content else self._feed(info_dict.page_url(found))
        items = {item.identity: item for item in fetched.episodes()}
        yield from (
            add_item(entry, items.get(entry.identity)) if entry.hint.get("entry") else entry for entry in entries
        )

    def _get(self, url: str) -> _Fetched:
        with self.open(url, extractors=False) as (downloader, _), downloader.urlopen(url) as response:
            return _Fetched(response.read(), response.url)


def _closing(downloader: Any, url: str, entries: Iterator[Listed]) -> Iterator[Listed]:  # noqa: ANN401 - untyped
    """Yield the entries, then close the connections that further pages opened.

    A closed downloader opens new ones if needed.
    """
    try:
        with catalog_errors(url):
            yield from entries
    finally:
        downloader.close()


def _check_web(address: str) -> None:
    if not is_web(address):
        raise FileRefused(address, "only http and https addresses are fetched")
