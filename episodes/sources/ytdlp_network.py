"""yt-dlp with the guard against SSRF as its only way to the network.

yt-dlp's own request handlers connect wherever a URL leads, decompress gigabytes of gzip in one piece, speak FTP and
read ``data:``. What its native downloaders cannot do they leave to ffmpeg, rtmpdump or mplayer, which open any URL,
local files included. So its request director gets one handler, ours, and of its downloaders only those are started that
use the director. Extractors have no other way to the network. (Plugins and configuration are the user's own; nothing
fetched can name any.)
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

from yt_dlp import YoutubeDL
from yt_dlp.downloader import DashSegmentsFD, HlsFD, HttpFD, get_suitable_downloader
from yt_dlp.downloader.ism import IsmFD
from yt_dlp.extractor.openload import PhantomJSwrapper
from yt_dlp.networking.exceptions import RequestError
from yt_dlp.utils import ExtractorError

from episodes.guard.client import NetworkPolicy
from episodes.logs import logger
from episodes.sources.download_limits import ByteBudget, DownloadLimits
from episodes.sources.ytdlp_handler import GuardedRH

log = logger(__name__)

#: Downloaders that start no program and fetch through the director.
_DOWNLOADERS = (HttpFD, HlsFD, DashSegmentsFD, IsmFD)
#: A path without ffmpeg; otherwise a native downloader would start it for what it cannot do itself.
_NO_FFMPEG = os.path.join(os.devnull, "none")  # noqa: PTH118 - nothing can be at this path


def _no_browser(*_: object, **__: object) -> None:
    raise ExtractorError("it needs a browser, and none is started for untrusted content", expected=True)


#: PhantomJS runs a page's scripts, which may request anything.
PhantomJSwrapper.__init__ = _no_browser


class GuardedYoutubeDL(YoutubeDL):  # type: ignore[misc] # yt-dlp publishes no types
    """yt-dlp within a network policy and download limits."""

    def __init__(
        self, params: Mapping[str, Any], policy: NetworkPolicy, limits: DownloadLimits, *, auto_init: bool
    ) -> None:
        self._make = partial(GuardedRH, policy=policy, limits=limits, budget=self._current_budget)
        self._limits = limits
        self._budget: ByteBudget = limits.for_text()
        overrides = {"hls_prefer_native": True, "external_downloader": None, "ffmpeg_location": _NO_FFMPEG}
        super().__init__({**params, **overrides}, auto_init=auto_init)

    def _current_budget(self) -> ByteBudget:
        return self._budget

    def build_request_director(self, handlers: object, preferences: object = None) -> Any:  # noqa: ANN401, ARG002
        """Return a director with our handler only."""
        return super().build_request_director([self._make])

    def dl(self, name: str, info: dict[str, Any], subtitle: bool = False, test: bool = False) -> Any:  # noqa: ANN401
        """Download with a native downloader, or refuse."""
        kind = get_suitable_downloader(dict(info), self.params)
        if kind not in _DOWNLOADERS:
            log.warning("not started: %s for %s", kind.__name__, info.get("url"))
            raise RequestError(
                f"it comes by {info.get('protocol')}, which needs another program; none is started for untrusted content"
            )
        log.info("%s: downloaded by %s", info.get("url"), kind.__name__)
        self._budget = self._limits.for_audio(one_piece=kind is HttpFD)
        try:
            return super().dl(name, info, subtitle, test)
        finally:
            self._budget = self._limits.for_text()
