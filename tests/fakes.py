"""Stand-ins for the two doors that cost time or network: the world's episodes, and the speech engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from episodes.errors import SourceError
from episodes.values import CaptionTrack, EpisodeInfo, Listed, Listing
from transcripts.engine import Ended, Job, Step, Transcribed, Window
from transcripts.errors import ModelError
from transcripts.words import Segment

VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nThe captions of {} speak of the bridge.\n"


def episode(number: int, **more: object) -> EpisodeInfo:
    """An episode with sound and no captions."""
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
    return (CaptionTrack("en", "vtt", f"https://video.example/captions/{number}", automatic),)


@dataclass
class FakeSource:
    """Episodes by number, the newest first; an exception in place of an episode is raised when it is read. Counts its calls."""

    episodes: dict[int, EpisodeInfo | Exception]
    captions: dict[str, str | Exception] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def listing(self, url: str) -> Listing:
        self.calls.append(f"list {url}")
        return Listing("News in Review", self._entries())

    def _entries(self) -> Iterator[Listed]:
        for number in sorted(self.episodes, reverse=True):
            yield Listed(
                f"fake:{number}", f"https://video.example/watch/{number}", f"Episode {number}", hint={"number": number}
            )

    def read_episode(self, entry: Listed) -> EpisodeInfo:
        self.calls.append(f"read {entry.identity}")
        found = self.episodes[entry.hint["number"]]
        if isinstance(found, Exception):
            raise found
        return found

    def fetch_captions(self, track: CaptionTrack) -> bytes:
        self.calls.append(f"captions {track.location}")
        found = self.captions.get(track.location, VTT.format(track.location))
        if isinstance(found, Exception):
            raise found
        return found.encode()

    def fetch_audio(
        self, info: EpisodeInfo, folder: Path, on_progress: Callable[[float, float | None], None] | None = None
    ) -> Path:
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
    """Hears in every file the same two sentences, which name the file."""

    name = "fake"
    signature = "fake"

    def transcribe(self, jobs: Iterable[Job]) -> Iterator[Step]:
        for job in jobs:
            said = Segment(1.0, 4.0, f"We speak of {job.path.stem}."), Segment(31.0, 35.0, "The harbour was quiet.")
            windows = [Window(at * 30, at * 30 + 30, 60, (segment,), "en") for at, segment in enumerate(said)]
            for window in windows:
                if window not in job.done:
                    yield Step((Transcribed(job.key, window),))
            yield Step(ended=(Ended(job.key),))


def load(_model: str) -> FakeEngine:
    return FakeEngine()


def no_model(model: str) -> FakeEngine:
    raise ModelError(model, "not on this machine")
