"""The context of one run: database, settings, clock, sources, engine, and a callback for progress."""

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
    """Where episodes come from; ``sources.ytdlp`` implements it, tests pass their own."""

    def listing(self, url: str) -> Listing:
        """List a channel, playlist or feed, without reading its episodes."""

    def read_episode(self, entry: Listed) -> EpisodeInfo:
        """Read the metadata of one episode."""

    def fetch_captions(self, track: CaptionTrack) -> bytes:
        """Fetch the content of a caption track."""

    def fetch_audio(
        self, info: EpisodeInfo, folder: Path, on_progress: Callable[[float, float | None], None] | None = None
    ) -> Path:
        """Fetch the audio into a file in ``folder``."""


def _now() -> datetime:
    return datetime.now(UTC)


def _report_to_nobody(_: Progress) -> None:
    return None


@dataclass
class Run:
    """What the functions of this package share during one command. It takes no decisions.

    ``report`` is called with every ``Progress``. ``custom_source`` and ``load_engine`` replace yt-dlp and Whisper. The engine runs in a
    worker process, which is started with the first audio to transcribe.
    """

    database: Database
    settings: Settings
    report: Callable[[Progress], None] = _report_to_nobody
    now: Callable[[], datetime] = _now
    load_engine: Callable[[str], Engine] | None = None
    custom_source: Source | None = None
    allow_private: bool = False
    #: Which episodes are transcribed from audio, in which language (empty: the episode's own), and whether words get their own times.
    transcribe: Transcribe = Transcribe.MISSING
    language: str = ""
    words: bool = True
    #: Set if the engine could not be loaded; reported once, at the end of the run.
    model_error: ModelError | None = None

    @cached_property
    def named(self) -> Named:
        """The local folders that people named: only files below them are read."""
        return Named.of_home(self.settings.home)

    @cached_property
    def source(self) -> Source:
        """``custom_source`` if given, else yt-dlp."""
        if self.custom_source:
            return self.custom_source
        from episodes.sources import ytdlp

        return ytdlp.YtDlp(cookies=self.settings.cookies, allow_private=self.allow_private, proxy=self.settings.proxy)

    @cached_property
    def web(self) -> WebClient:
        """The HTTP client for pages, with one rate limiter and one cache of robots.txt for the whole run."""
        from episodes.articles.web_client import WebClient

        return WebClient(self.allow_private, self.settings.proxy, self.settings.user_agent)

    @cached_property
    def engine(self) -> Engine:
        """The speech engine, started.

        Raises:
            ModelError: Its model is missing or invalid.
        """
        if self.model_error:
            raise self.model_error  # one attempt is enough: it may have waited for the network
        if self.load_engine:
            return self.load_engine(self.settings.model)
        from transcripts.engine.factory import open_engine

        # A first download takes minutes.
        engine = open_engine(self.settings.engine_options, progress=sys.stderr.isatty())
        engine.start()
        return engine
