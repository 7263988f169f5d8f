"""Episodes that wait for a transcript.

The queue is the step "hear" in the table of outcomes. An episode waits there until its captions or its audio have made a transcript. Its
``data`` is ``{"sound": true}`` if a person asked to transcribe the audio, whatever transcripts there are already.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlmodel import Session

from episodes import models
from episodes.catalog import episodes, outcomes, transcripts
from episodes.database import in_transaction, reading
from episodes.pipeline.run import Run
from episodes.values import CaptionTrack, EpisodeInfo, Outcome, State

STEP = "hear"


@dataclass(frozen=True)
class QueuedEpisode:
    """An episode in the queue, independent of any session; ``passed_over`` lists the captions that could not be read, and why."""

    episode_id: int
    info: EpisodeInfo
    passed_over: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: models.Episode) -> QueuedEpisode:
        """Read from its row."""
        tracks = tuple(CaptionTrack(**track) for track in row.captions)
        about = EpisodeInfo(row.identity, row.key, row.title, url=row.url, media=row.media, captions=tracks)
        return cls(row.id or 0, replace(about, language=row.language, duration=row.duration))

    @property
    def source(self) -> str:
        """The URL whose site serves it; its rate limit counts."""
        return self.info.url or self.info.media

    def outcome(self, state: State, reason: str) -> Outcome:
        """An outcome of this step for this episode."""
        return Outcome(self.info.identity, state, reason, title=self.info.title, step=STEP)


@dataclass(frozen=True)
class Due:
    """A queued episode whose time has come; ``sound``: a person asked to transcribe its audio."""

    queued: QueuedEpisode
    has_words: bool
    sound: bool


def enqueue(session: Session, episode: models.Episode, run: Run, *, sound: bool = False) -> bool:
    """Put an episode into the queue; False if it has a transcript already, or neither captions nor audio.

    With ``sound`` its audio is to be transcribed, whatever transcripts it has.
    """
    if not sound and (not (episode.captions or episode.media) or transcripts.shown(session, episode.id or 0)):
        return False
    reason = "its audio is to be transcribed" if sound else "queued for a transcript"
    outcome = Outcome(episode.identity, State.WAITING, reason, title=episode.title, step=STEP)
    outcomes.record(session, STEP, outcome, now=run.now(), data={"sound": True} if sound else None)
    return True


def due(run: Run, only: Collection[str] | None, *, again: bool) -> list[Due]:
    """The episodes that are due, of those in ``only`` (None: of all); with ``again`` the failed ones, too."""
    with reading(run.database) as session:
        rows = outcomes.due(session, STEP, now=run.now(), failed=again)
        return [_due(session, row) for row in rows if only is None or row.item in only]


def _due(session: Session, row: models.Outcome) -> Due:
    queued = QueuedEpisode.of(episodes.of_identity(session, row.item))
    return Due(queued, transcripts.shown(session, queued.episode_id) is not None, bool(row.data.get("sound")))


def untranscribed(run: Run, only: Collection[str] | None, show: int | None) -> list[QueuedEpisode]:
    """Episodes whose audio was never transcribed, the newest first, without those that wait or failed: those become due by themselves."""
    with reading(run.database) as session:
        later = outcomes.unfinished(session, STEP)
        rows = [
            row
            for row in episodes.not_transcribed(session)
            if row.identity not in later and show in (None, row.show_id)
        ]
        return [QueuedEpisode.of(row) for row in rows if only is None or row.identity in only]


def record(run: Run, outcome: Outcome) -> None:
    """Store what became of a queued episode."""
    in_transaction(run.database, lambda session: outcomes.record(session, STEP, outcome, now=run.now()))
