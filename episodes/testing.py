"""Stand-ins to test code that uses this package, without network and without Whisper.

    FakeSource      in place of yt-dlp: episodes that you name, captions, failures
    FakeEngine      in place of Whisper: text that you name, in no time
    episode         an episode for a ``FakeSource``
    captions        its caption tracks
    sample_catalog  the sample show, ready to be searched: four episodes, three articles
    SampleSite      the sample show as a web site on this machine: feed, media, captions, pages

The first two go into ``open_catalog``; all else is real, the database and the search index included:

    >>> from episodes import open_catalog
    >>> source = FakeSource({1: episode(1, title="The ferry"), 2: SourceError("members only")})
    >>> engine = FakeEngine({"ep1": ["The ferry was late.", "Nobody knows why."]})
    >>> with open_catalog(folder, source=source, engine=engine) as catalog:
    ...     show = catalog.follow("https://video.example/channel")
    ...     failed = [outcome.item for outcome in catalog.update() if outcome.state == "failed"]
    ...     hits = catalog.search("nobody knows").hits
    >>> failed, [(hit.title, hit.start) for hit in hits]
    (['fake:2'], [('The ferry', 5.0)])
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Self

from episodes.api.catalog import Catalog
from episodes.api.opening import open_catalog
from episodes.errors import SourceError
from episodes.sample.server import SampleSite, said, show
from episodes.values import CaptionTrack, EpisodeInfo, Listed, Listing
from transcripts.engine import Ended, Job, Step, Transcribed, Window
from transcripts.words import Segment

__all__ = ["FakeEngine", "FakeSource", "SampleSite", "captions", "episode", "sample_catalog"]

#: Captions that a ``FakeSource`` gives, with their address in them.
VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nThe captions of {} speak of the bridge.\n"
#: Seconds of a window, as Whisper has it, and of a sentence that is given without times.
WINDOW, SENTENCE = 30.0, 5.0


def episode(number: int, **more: object) -> EpisodeInfo:
    """Return an episode with audio and without captions; ``more`` are other fields of ``EpisodeInfo``."""
    info = EpisodeInfo(
        f"fake:{number}",
        f"ep{number}",
        f"News in Review – Episode {number}",
        url=f"https://video.example/watch/{number}",
        media=f"https://video.example/media/{number}.opus",
        number=number,
        published=date(2026, 1, 1 + number),
    )
    return replace(info, **more)  # type: ignore[arg-type]


def captions(number: int, *, automatic: bool = False) -> tuple[CaptionTrack, ...]:
    """Return caption tracks for ``episode(number, captions=…)``; ``FakeSource`` has their content."""
    return (CaptionTrack("en", "vtt", f"https://video.example/captions/{number}", automatic),)


@dataclass
class FakeSource:
    """Episodes by number in place of yt-dlp, the highest first.

    An exception in place of an episode, or of captions (by their address), is raised when it is read. ``calls`` are what was read.
    """

    episodes: dict[int, EpisodeInfo | Exception]
    captions: dict[str, str | Exception] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def listing(self, url: str) -> Listing:
        """Return all episodes, whatever the address."""
        self.calls.append(f"list {url}")
        return Listing("News in Review", self._entries())

    def _entries(self) -> Iterator[Listed]:
        for number in sorted(self.episodes, reverse=True):
            yield Listed(
                f"fake:{number}", f"https://video.example/watch/{number}", f"Episode {number}", hint={"number": number}
            )

    def read_episode(self, entry: Listed) -> EpisodeInfo:
        """Return the episode of an entry, or raise what is in its place."""
        self.calls.append(f"read {entry.identity}")
        found = self.episodes[entry.hint["number"]]
        if isinstance(found, Exception):
            raise found
        return found

    def fetch_captions(self, track: CaptionTrack) -> bytes:
        """Return the content of a track, or raise what is in its place."""
        self.calls.append(f"captions {track.location}")
        found = self.captions.get(track.location, VTT.format(track.location))
        if isinstance(found, Exception):
            raise found
        return found.encode()

    def fetch_audio(
        self, info: EpisodeInfo, folder: Path, on_progress: Callable[[float, float | None], None] | None = None
    ) -> Path:
        """Write a file that only a ``FakeEngine`` can transcribe.

        Raises:
            SourceError: the episode has no media.
        """
        self.calls.append(f"audio {info.identity}")
        if not info.media:
            raise SourceError(info.url, "no sound")
        if on_progress:
            on_progress(10, 10)
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{info.key}.opus"
        file.write_bytes(b"sound")
        return file


class FakeEngine:
    """Text in place of Whisper: ``said`` are sentences, or segments with times, by a part of the file's name, such as the episode's key.

    A file that is not named says the same two sentences as every other one; they name the file. The file is not read.
    """

    name = "fake"
    signature = "fake"
    remark = "fake: nothing is computed"

    def __init__(self, said: Mapping[str, Sequence[str | Segment]] | None = None) -> None:
        self.said = said or {}

    @classmethod
    def load(cls, _model: str) -> Self:
        """Return one, as a run's ``load_engine``."""
        return cls()

    def transcribe(self, jobs: Iterable[Job]) -> Iterator[Step]:
        """Transcribe one file after the other, a window in each step."""
        for job in jobs:
            for window in self._windows(job.path.stem):
                if window not in job.done:
                    yield Step((Transcribed(job.key, window),))
            yield Step(ended=(Ended(job.key),))

    def _windows(self, stem: str) -> list[Window]:
        segments = self._segments(stem)
        duration = max(60.0, *(one.end for one in segments)) if segments else 60.0
        grouped = groupby(segments, lambda one: one.start // WINDOW)
        return [Window(at * WINDOW, at * WINDOW + WINDOW, duration, tuple(some), "en") for at, some in grouped]

    def _segments(self, stem: str) -> list[Segment]:
        said = next((said for name, said in self.said.items() if name.casefold() in stem.casefold()), None)
        if said is None:
            return [Segment(1.0, 4.0, f"We speak of {stem}."), Segment(31.0, 35.0, "The harbour was quiet.")]
        return [
            one if isinstance(one, Segment) else Segment(at * SENTENCE, (at + 1) * SENTENCE, one)
            for at, one in enumerate(said)
        ]


def sample_catalog(home: str | os.PathLike[str]) -> Catalog:
    """Open a catalog in an empty folder and index the sample show in it, which takes some seconds.

    All of it is real but for the transcription: a ``FakeEngine`` says what the recordings say.

    Raises:
        OSError: the folder cannot be written.
    """
    words = {
        one["id"]: [Segment(each["start"], each["end"], each["text"]) for each in said(one["id"])]
        for one in show()["episodes"]
    }
    catalog = open_catalog(home, engine=FakeEngine(words), allow_private=True)
    with SampleSite() as site:
        catalog.follow(site.feed)
        for _ in (*catalog.update(), *catalog.add_articles(*site.articles)):
            pass
        catalog.link()
    return catalog
