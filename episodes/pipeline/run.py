"""What one run works with."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Engine as Database

from episodes.config import Settings
from episodes.files.named import Named
from episodes.values import CaptionTrack, EpisodeInfo, Listed, Listing, Progress, Transcribe
from transcripts.engine import Engine
from transcripts.errors import ModelError

if TYPE_CHECKING:
    from episodes.articles.web_client import WebClient


class Source(Protocol):
    """The door to the world's episodes; ``sources.ytdlp`` is the real one."""

    def listing(self, url: str) -> Listing:
        """A channel, playlist or feed, flat."""

    def read_episode(self, entry: Listed) -> EpisodeInfo:
        """All about one episode."""

    def fetch_captions(self, track: CaptionTrack) -> bytes:
        """A track's content."""

    def fetch_audio(
        self, info: EpisodeInfo, folder: Path, on_progress: Callable[[float, float | None], None] | None = None
    ) -> Path:
        """The sound as a file in ``folder``."""


def _now() -> datetime:
    return datetime.now(UTC)


def _report_to_nobody(_: Progress) -> None:
    return None


@dataclass
class Run:
    """The catalog, the settings, the doors, the clock, and whom to tell how far it is.

    The speech engine lives in a process of its own, which is started when the first sound has to be heard. It does not decide anything.
    """

    database: Database
    settings: Settings
    report: Callable[[Progress], None] = _report_to_nobody
    now: Callable[[], datetime] = _now
    load_engine: Callable[[str], Engine] | None = None
    custom_source: Source | None = None
    allow_private: bool = False
    #: Which episodes are listened to, in which language (empty: the episode's own), and whether each word gets its time.
    transcribe: Transcribe = Transcribe.MISSING
    language: str = ""
    words: bool = True
    #: Set when the speech engine could not be loaded: said once, at the end of the run.
    model_error: ModelError | None = None

    @cached_property
    def named(self) -> Named:
        """The folders of this machine that people named: only files below them are read."""
        return Named.of_home(self.settings.home)

    @cached_property
    def source(self) -> Source:
        """The door given, else yt-dlp's."""
        if self.custom_source:
            return self.custom_source
        from episodes.sources import ytdlp

        return ytdlp.YtDlp(cookies=self.settings.cookies, allow_private=self.allow_private, proxy=self.settings.proxy)

    @cached_property
    def web(self) -> WebClient:
        """The door to pages: one pace and one memory of robots.txt for the whole run."""
        from episodes.articles.web_client import WebClient

        return WebClient(self.allow_private, self.settings.proxy, self.settings.user_agent)

    @cached_property
    def engine(self) -> Engine:
        """The speech engine.

        Raises:
            ModelError: its model is missing or is none.
        """
        if self.model_error:
            raise self.model_error  # asked for once is enough: it may have cost a wait for the network
        if self.load_engine:
            return self.load_engine(self.settings.model)
        from transcripts.engine.factory import open_engine

        # A first download takes minutes.
        engine = open_engine(self.settings.engine_options, progress=sys.stderr.isatty())
        engine.start()
        return engine
