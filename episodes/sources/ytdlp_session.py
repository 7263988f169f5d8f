"""Open yt-dlp for calls to one URL: its options, its cookies, its way to the network, and its errors as the catalog's.

Client names are never set: YouTube changes every month which of them work, and yt-dlp follows. With
``ignore_no_formats_error`` a video that cannot be played is described all the same, and the reason is among the
warnings.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from episodes.errors import SourceError
from episodes.guard.client import NetworkPolicy
from episodes.sources.download_limits import DownloadLimits
from episodes.sources.ytdlp_errors import to_catalog_error
from episodes.sources.ytdlp_messages import MessageLog
from episodes.urls import youtube

if TYPE_CHECKING:
    from yt_dlp import YoutubeDL

#: Protocols that need no other program.
_PROTOCOLS = "[protocol~='^(https?|m3u8(_native)?|http_dash_segments|ism)$']"
#: The best audio-only format, else the smallest with audio. Nothing is merged, so ffmpeg is not needed.
_FORMAT = f"bestaudio{_PROTOCOLS}/worst[acodec!=?none]{_PROTOCOLS}/worst{_PROTOCOLS}"
#: Characters of a cookies file.
_MAX_COOKIES = 16 * 2**20


@dataclass(frozen=True)
class YtDlpSession:
    """Settings of all calls to yt-dlp, and ``open``.

    ``cookies`` is a Netscape cookies file of a login. ``pause`` is the rate limit: seconds between requests to YouTube.
    ``timeout`` is in seconds. ``allow_private`` permits addresses of this machine and network. ``proxy`` overrides the
    environment's. Nothing is kept between calls.
    """

    cookies: Path | None = None
    pause: float = 0.75
    timeout: float = 20.0
    allow_private: bool = False
    proxy: str = ""
    limits: DownloadLimits = field(default_factory=DownloadLimits)

    @contextmanager
    def open(
        self, url: str, options: Mapping[str, object] | None = None, *, extractors: bool = True
    ) -> Iterator[tuple[YoutubeDL, MessageLog]]:
        """Yield yt-dlp for calls to ``url``, and its messages. ``options`` override the defaults.

        Without ``extractors`` only plain files can be fetched: loading all 1,800 of them takes a while.

        Raises:
            DiskFull, RateLimited, SourceError: whatever yt-dlp raised, translated.
        """
        if not url.lower().startswith(("http://", "https://")):
            raise SourceError(url, "only http and https addresses are fetched")
        messages = MessageLog()
        downloader = self._downloader(url, messages, options or {}, extractors=extractors)
        try:
            with catalog_errors(url):
                yield downloader, messages
        finally:
            downloader.close()

    def _downloader(
        self, url: str, messages: MessageLog, options: Mapping[str, object], *, extractors: bool
    ) -> YoutubeDL:
        from episodes.sources.ytdlp_network import GuardedYoutubeDL

        defaults = {
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
        return GuardedYoutubeDL({**defaults, **options}, policy, self.limits, auto_init=extractors)

    def _cookies(self) -> io.StringIO | None:
        """Copy the cookies file into memory: yt-dlp writes back to what it is given, and this file belongs to the user.

        Raises:
            SourceError: the file cannot be read.
        """
        if not self.cookies:
            return None
        try:
            with self.cookies.expanduser().open(encoding="utf-8") as file:
                return io.StringIO(file.read(_MAX_COOKIES))
        except (OSError, ValueError) as error:
            raise SourceError(self.cookies, f"the cookies file cannot be read: {error}") from error


@contextmanager
def catalog_errors(url: str) -> Iterator[None]:
    """Translate yt-dlp's errors into the catalog's.

    Raises:
        DiskFull, RateLimited, SourceError: depending on the cause.
    """
    from yt_dlp.utils import YoutubeDLError

    try:
        yield
    except (YoutubeDLError, OSError) as error:
        raise to_catalog_error(error, url) from error
    except ValueError as error:
        raise SourceError(url, f"the address cannot be read: {error}") from error
