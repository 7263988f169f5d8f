"""An episode's words: published captions first, else its sound through Whisper.

Captions made by people are taken before automatic ones, and automatic ones before an hour of listening; a track that cannot be
read is passed over for the next, and the sound is the last resort. The index is written in the transaction that writes the words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, select

from episodes import models
from episodes.catalog import outcomes, transcripts
from episodes.database import reading, writing
from episodes.errors import SourceError
from episodes.pipeline.items import guarded
from episodes.pipeline.run import Run
from episodes.search import index
from episodes.values import CaptionTrack, EpisodeInfo, Outcome, Progress, State
from transcripts import words
from transcripts.captions import read_captions
from transcripts.engine import Options, Window, transcribe
from transcripts.errors import FormatError

STEP = "hear"


@dataclass(frozen=True)
class Wanted:
    """An episode whose words are wanted, free of any session."""

    episode_id: int
    info: EpisodeInfo

    @classmethod
    def of(cls, row: models.Episode) -> Wanted:
        """From its row."""
        tracks = tuple(CaptionTrack(**track) for track in row.captions)
        info = EpisodeInfo(
            row.identity, row.key, row.title, url=row.url, media=row.media, captions=tracks, language=row.language
        )
        return cls(row.id or 0, info)


def ask_for(session: Session, episode: models.Episode, run: Run) -> bool:
    """Note that the words of this episode are wanted; False if there are some, or nothing to take them from."""
    if not (episode.captions or episode.media) or transcripts.shown(session, episode.id or 0):
        return False
    outcome = Outcome(episode.identity, State.WAITING, "its words are wanted", title=episode.title, step=STEP)
    outcomes.record(session, STEP, outcome, now=run.now())
    return True


def hear_due(run: Run, *, only: set[str] | None = None, again: bool = False) -> Iterator[Outcome]:
    """Take the words of all episodes that wait for it (of those in ``only``, if given); with ``again`` the failed ones, too."""
    with reading(run.database) as session:
        items = [row.item for row in outcomes.due(session, STEP, now=run.now(), failed=again)]
    for item in items:
        if only is None or item in only:
            yield hear(run, item)


def hear(run: Run, identity: str) -> Outcome:
    """Take the words of one episode from wherever they are; write them, the index and the outcome in one transaction."""
    with reading(run.database) as session:
        row = session.exec(select(models.Episode).where(models.Episode.identity == identity)).one()
        wanted = Wanted.of(row)
    info = wanted.info
    outcome = guarded(
        run, lambda: _take(run, wanted), item=identity, step=STEP, title=info.title, url=info.url or info.media
    )
    with writing(run.database) as session:
        outcomes.record(session, STEP, outcome, now=run.now())
    return outcome


def _take(run: Run, wanted: Wanted) -> Outcome:
    transcript, passed_over = _published(run, wanted.info)
    transcript = transcript or _listen(run, wanted.info)
    with writing(run.database) as session:
        row, _ = transcripts.put(session, wanted.episode_id, transcript, now=run.now())
        index.index_episode(session, wanted.episode_id)
        source = f"{row.source} {row.model}".strip()
    reason = "; ".join([f"{len(transcript.segments)} segments from {source}", *passed_over])
    return Outcome(wanted.info.identity, State.DONE, reason, title=wanted.info.title, step=STEP)


def _published(run: Run, info: EpisodeInfo) -> tuple[words.Transcript | None, list[str]]:
    """The first caption track that can be read and says something, and why others could not."""
    passed_over: list[str] = []
    for track in sorted(info.captions, key=lambda track: track.automatic):
        try:
            transcript = captions(run, track)
        except (SourceError, FormatError) as error:
            passed_over.append(f"captions passed over: {error}")
            continue
        if transcript.segments:
            return transcript, passed_over
    return None, passed_over


def captions(run: Run, track: CaptionTrack) -> words.Transcript:
    """One track as timed words.

    Raises:
        SourceError: it cannot be fetched.
        FormatError: it is none.
    """
    source = words.Source.AUTO_CAPTIONS if track.automatic else words.Source.CAPTIONS
    transcript = read_captions(run.source.fetch_captions(track), track.format, source=source, name=track.location)
    return words.Transcript(transcript.segments, source, language=track.language or None)


def _listen(run: Run, info: EpisodeInfo) -> words.Transcript:
    def on_bytes(done: float, total: float | None) -> None:
        run.tell(Progress("fetch", info.title, done, total, "B"))

    def on_window(window: Window) -> None:
        run.tell(Progress("hear", info.title, window.end, window.duration, "s"))

    engine = run.engine  # first: a model that is missing must not cost a download
    local = Path(info.media)
    file = local if info.media and local.is_file() else run.source.fetch_audio(info, run.settings.media, on_bytes)
    return transcribe(engine, file, Options(language="en"), on_window)
