"""The one door to yt-dlp: lists, metadata, captions and sound of whatever site it knows.

yt-dlp's filters, archive and retry of formats are left alone: they do not hold where nothing is downloaded (research: entries that
``match_filter`` rejects are returned all the same). Client names are never set either, since they change monthly. Entries are taken
raw (``process=False``), which keeps lists lazy and a feed's own words; one is processed when it is read. With
``ignore_no_formats_error`` a video that cannot be played is described all the same, and the reason is in the warnings.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from episodes.errors import BadItem, DiskFull, RateLimited, SourceError
from episodes.sources import feed_file, identity, info_dict, order
from episodes.values import CaptionTrack, EpisodeInfo, Listed, Listing

if TYPE_CHECKING:
    from yt_dlp import YoutubeDL

#: Bytes of a feed or of captions; more is neither.
MOST_TEXT = 64 * 2**20

#: The best sound alone, else the smallest that has sound: nothing is merged, so that no ffmpeg is needed.
_SOUND = "bestaudio/worst[acodec!=?none]/worst"
_TABS = ("YoutubeTab", "YoutubePlaylist")
_NEWEST_FIRST = re.compile(r"youtube\.com/.*(?:/(?:videos|streams|shorts|live)/?(?:\?.*)?$|[?&]list=UU)")
_RATE_LIMITED = re.compile(
    r"HTTP Error 429|too many requests|rate.?limit(?:ed|ing)?\b|content isn.t available, try again later|confirm (?:you.re|that you are) not a (?:ro)?bot",
    re.IGNORECASE,
)
_AN_HOUR = timedelta(hours=1)


def is_rate_limited(text: str) -> bool:
    """Whether a site's message means that it wants to be left alone for a while."""
    return _RATE_LIMITED.search(text) is not None


def plain_message(text: str) -> str:
    """yt-dlp's message without its marks, its cause and its request to be told of a bug."""
    message = re.sub(r"^(?:ERROR|WARNING):\s*|\(caused by .*|;? please report this issue on .*", "", text.strip(), flags=re.DOTALL)
    return " ".join(re.sub(r"^\[[^\]]*\]\s*(?:\S+:\s)?", "", message).split())


@dataclass
class _Messages:
    """What yt-dlp says goes here instead of to the terminal."""

    warnings: list[str] = field(default_factory=list)

    def debug(self, message: str) -> None:
        """Nobody asked."""

    def warning(self, message: str) -> None:
        """Kept: the reason why a video cannot be played is among them."""
        self.warnings.append(plain_message(message))

    def error(self, message: str) -> None:
        """Also raised."""


@dataclass(frozen=True)
class YtDlp:
    """How to call: ``cookies`` is a Netscape cookies file of a login, ``pause`` seconds between requests to YouTube.

    It keeps nothing between calls, and does not decide what is worth having.
    """

    cookies: Path | None = None
    pause: float = 0.75
    languages: tuple[str, ...] = ("en",)
    timeout: float = 20.0

    def listing(self, url: str) -> Listing:
        """A channel, playlist or feed, flat and lazy, what is new first; a single video is a list of one.

        Raises:
            SourceError: it cannot be read; its entries raise the same when a later page cannot.
        """
        with self._open(url) as (downloader, _):
            found = _resolved(downloader, url)
            if found.get("_type") not in ("playlist", "multi_video"):
                entry = info_dict.listed({**found, "url": info_dict.page_of(found) or url, "formats": None}, found)
                return Listing(info_dict.text(found, "title"), iter([entry] if entry else []))
            return Listing(_title(found), self._entries(url, found))
