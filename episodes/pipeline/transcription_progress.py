"""Progress of a transcription run in seconds of audio: of each episode and of all together.

Windows come from several episodes, and not in order of time, so durations are summed. What an earlier run has transcribed counts for the
episode, but not for the run, whose speed would be wrong otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from episodes.values import EpisodeInfo, Progress


@dataclass
class _EpisodeProgress:
    """One episode: title, duration if known, seconds transcribed by earlier runs (``before``) and by this one."""

    title: str
    length: float | None
    before: float = 0.0
    transcribed: float = 0.0
    ended: bool = False

    @property
    def of_run(self) -> float | None:
        """Seconds of it that this run transcribes; None while unknown."""
        if self.ended:
            return self.transcribed
        return None if self.length is None else max(self.length - self.before, self.transcribed)


class TranscriptionProgress:
    """Counters of one run; prints nothing."""

    def __init__(self, infos: Iterable[EpisodeInfo]) -> None:
        self.episodes = {info.identity: _EpisodeProgress(info.title, info.duration) for info in infos}

    def begin(self, identity: str, before: float) -> Iterator[Progress]:
        """Begin an episode; ``before`` seconds of it were transcribed by earlier runs."""
        self.episodes[identity].before = before
        return self._now(identity)

    def advance(self, identity: str, seconds: float, length: float | None) -> Iterator[Progress]:
        """Add transcribed seconds; ``length`` is the duration of the episode according to its audio."""
        episode = self.episodes[identity]
        episode.transcribed += seconds
        episode.length = length or episode.length
        return self._now(identity)

    def end(self, identity: str) -> Iterator[Progress]:
        """End an episode: this run transcribes no more of it."""
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
