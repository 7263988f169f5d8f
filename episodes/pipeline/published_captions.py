"""Published captions: the tracks of an episode, fetched and stored as its transcript.

Captions made by people come before automatic ones. A track that cannot be read is passed over for the next.
"""

from __future__ import annotations

from sqlmodel import Session

from episodes.catalog import transcripts
from episodes.database import in_transaction
from episodes.errors import RateLimited, SourceError
from episodes.pipeline.checking import check
from episodes.pipeline.item_outcomes import guarded
from episodes.pipeline.run import Run
from episodes.pipeline.transcription_queue import STEP, QueuedEpisode
from episodes.urls import is_web
from episodes.values import CaptionTrack, EpisodeInfo, Outcome, State
from transcripts import words
from transcripts.captions import read_captions
from transcripts.errors import FormatError

#: Bytes of a caption file. A day's captions have about 10 MB.
MAX_BYTES = 64 * 2**20


def store_captions(run: Run, queued: QueuedEpisode, passed_over: list[str]) -> Outcome | None:
    """Store the captions of an episode; None if no track could be read, and then the reasons are in ``passed_over``."""
    info = queued.info

    def work() -> Outcome:
        transcript = _first_readable(run, info, passed_over)
        if transcript is None:
            return queued.outcome(State.UNCHANGED, "no captions")

        def store(session: Session) -> str:
            row, _ = transcripts.put(session, queued.episode_id, transcript, now=run.now())
            check(session, queued.episode_id, now=run.now())
            return f"{len(transcript.segments)} segments from {row.source}"

        stored = in_transaction(run.database, store)
        return queued.outcome(State.DONE, "; ".join([stored, *passed_over]))

    outcome = guarded(run, work, item=info.identity, step=STEP, title=info.title, url=queued.source)
    return None if outcome.state is State.UNCHANGED else outcome


def _first_readable(run: Run, info: EpisodeInfo, passed_over: list[str]) -> words.Transcript | None:
    """The first track that can be read and is not empty; the reasons why others could not be read go into ``passed_over``."""
    for track in sorted(info.captions, key=lambda track: track.automatic):
        try:
            transcript = read_track(run, track)
        except RateLimited:
            raise
        except (SourceError, FormatError) as error:
            passed_over.append(f"captions passed over: {error}")
            continue
        if transcript.segments:
            return transcript
    return None


def read_track(run: Run, track: CaptionTrack) -> words.Transcript:
    """Read one track as timed words.

    Raises:
        SourceError: It cannot be fetched, or is a local file outside the folders that people named.
        FormatError: It is not a caption file.
    """
    web = is_web(track.location)
    content = run.source.fetch_captions(track) if web else run.named.read(track.location, MAX_BYTES)
    source = words.Source.AUTO_CAPTIONS if track.automatic else words.Source.CAPTIONS
    transcript = read_captions(content, track.format, source=source, name=track.location)
    return words.Transcript(transcript.segments, source, language=track.language or None)
