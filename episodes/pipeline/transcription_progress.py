"""How much sound a run hears: of each episode and of all together, in seconds.

Windows come from several episodes and not in the order of time, so lengths are summed up. What an earlier run heard counts for the
episode, and not for the run: a run's speed is its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from episodes.values import EpisodeInfo, Progress


@dataclass
class _EpisodeProgress:
    """One episode: its title, its length if known, seconds heard by an earlier run, and by this one."""

    title: str
    length: float | None
    before: float = 0.0
    transcribed: float = 0.0
    ended: bool = False

    @property
    def of_run(self) -> float | None:
        """Seconds that this run hears of it; None while nobody knows."""
        if self.ended:
            return self.transcribed
        return None if self.length is None else max(self.length - self.before, self.transcribed)


class TranscriptionProgress:
    """Counts for one run; prints nothing."""

    def __init__(self, infos: Iterable[EpisodeInfo]) -> None:
        self.episodes = {info.identity: _EpisodeProgress(info.title, info.duration) for info in infos}

    def begin(self, identity: str, before: float) -> Iterator[Progress]:
        """An episode is begun, of which an earlier run heard so many seconds."""
        self.episodes[identity].before = before
        return self._now(identity)

    def advance(self, identity: str, seconds: float, length: float | None) -> Iterator[Progress]:
        """So many more seconds were heard; ``length`` is the whole episode's as the sound itself tells it."""
        episode = self.episodes[identity]
        episode.transcribed += seconds
        episode.length = length or episode.length
        return self._now(identity)

    def end(self, identity: str) -> Iterator[Progress]:
        """Nothing more will be heard of this episode in this run."""
        episode = self.episodes[identity]
        episode.ended = True
        yield Progress("heard", episode.title, episode.before + episode.transcribed, episode.length, "s", identity)
        yield self._run()

    def _now(self, identity: str) -> Iterator[Progress]:
        episode = self.episodes[identity]
        yield Progress("hear", episode.title, episode.before + episode.transcribed, episode.length, "s", identity)
        yield self._run()

    def _run(self) -> Progress:
        parts = [episode.of_run for episode in self.episodes.values()]
        known = [part for part in parts if part is not None]
        total = sum(known) if len(known) == len(parts) else None
        done = sum(episode.transcribed for episode in self.episodes.values())
        if len(parts) == 1:
            ((identity, episode),) = self.episodes.items()
            return Progress("run", episode.title, done, total, "s", identity)
        ended = sum(episode.ended for episode in self.episodes.values())
        return Progress("run", f"{ended} of {len(parts)} episodes", done, total, "s")
