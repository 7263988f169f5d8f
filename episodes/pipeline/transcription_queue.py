"""An episode's words: published captions at once, its sound through Whisper where they are missing or where both are queued.

Captions made by people are taken before automatic ones; a track that cannot be read is passed over for the next, and the sound is the
last resort. What is wanted waits in the table of outcomes; its ``data`` says ``{"sound": true}`` where a person asked for the sound to be
heard whatever words there are. The index is written in the transaction that writes the words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from sqlmodel import Session

from episodes import models
from episodes.catalog import episodes, outcomes, transcripts
from episodes.database import in_transaction, reading, writing
from episodes.errors import RateLimited, SourceError
from episodes.pipeline.checking import check
from episodes.pipeline.item_outcomes import guarded
from episodes.pipeline.linking import link_missing
from episodes.pipeline.run import Run
from episodes.pipeline.transcription import STEP, QueuedEpisode, transcribe_all
from episodes.urls import is_web
from episodes.values import CaptionTrack, EpisodeInfo, Outcome, State, Transcribe
from transcripts import words
from transcripts.captions import read_captions
from transcripts.errors import FormatError

#: Bytes of a file of captions; a day's has about 10 MB.
MOST_CAPTIONS = 64 * 2**20


@dataclass(frozen=True)
class Due:
    """An episode that waits for its words: whether there are some, and whether a person asked for its sound."""

    queued: QueuedEpisode
    has_words: bool
    sound: bool


def enqueue(session: Session, episode: models.Episode, run: Run, *, sound: bool = False) -> bool:
    """Note that the words of this episode are wanted; False if there are some, or nothing to take them from.

    With ``sound`` it is to be heard, whatever words there are.
    """
    if not sound and (not (episode.captions or episode.media) or transcripts.shown(session, episode.id or 0)):
        return False
    reason = "its sound is to be heard" if sound else "its words are wanted"
    outcome = Outcome(episode.identity, State.WAITING, reason, title=episode.title, step=STEP)
    outcomes.record(session, STEP, outcome, now=run.now(), data={"sound": True} if sound else None)
    return True


def transcribe_episodes(run: Run, names: Iterable[str]) -> Iterator[Outcome]:
    """Listen to these episodes, whatever words there are of them, then link.

    Raises:
        NotFound: no episode has such a name; then nothing is done.
        ModelError: the model is missing or is none; then nothing is done either, and no wish is left behind.
    """
    with reading(run.database) as session:
        ids = [episodes.find(session, name).id for name in names]
    run.engine.signature  # noqa: B018 - loads it: a name with a slip must not become a wish that waits for ever
    with writing(run.database) as session:
        rows = [session.get_one(models.Episode, one) for one in ids]
        for row in rows:
            enqueue(session, row, run, sound=True)
        only = {row.identity for row in rows}
    yield from transcribe_due(run, only=only)
    if run.model_error:
        raise run.model_error
    yield from link_missing(run)


def transcribe_due(
    run: Run,
    *,
    only: Collection[str] | None = None,
    but: Collection[str] = (),
    again: bool = False,
    show: int | None = None,
) -> Iterator[Outcome]:
    """Take the words of all episodes that wait for it (of those in ``only``, not those in ``but``); with ``again`` the failed ones, too.

    Captions first, of all of them; then the sound of those that need it, many at once. Where all are to be heard, those with words are,
    too (of one ``show``, if given).
    """
    sound: list[QueuedEpisode] = []
    since = run.now()
    for due in _due(run, only, again=again):
        if due.queued.info.identity not in but:
            yield from _captions_first(run, due, sound)
    if run.transcribe is Transcribe.ALWAYS:
        have = {one.info.identity for one in sound}
        sound += [one for one in _not_transcribed(run, only, show) if one.info.identity not in have]
    if run.transcribe is not Transcribe.NEVER:
        yield from transcribe_all(run, sound, since)


def take_due_captions(run: Run, identity: str) -> Iterator[Outcome]:
    """Take the captions of this episode, if it has some and waits for its words; its sound waits on."""
    for due in _due(run, {identity}, again=False):
        if due.queued.info.captions:
            yield from _captions_first(run, due, [])


def _due(run: Run, only: Collection[str] | None, *, again: bool) -> list[Due]:
    with reading(run.database) as session:
        rows = outcomes.due(session, STEP, now=run.now(), failed=again)
        return [_one_due(session, row) for row in rows if only is None or row.item in only]


def _one_due(session: Session, row: models.Outcome) -> Due:
    queued = QueuedEpisode.of(episodes.of_identity(session, row.item))
    return Due(queued, transcripts.shown(session, queued.episode_id) is not None, bool(row.data.get("sound")))


def _not_transcribed(run: Run, only: Collection[str] | None, show: int | None) -> list[QueuedEpisode]:
    """Episodes with sound that nobody has listened to, the newest first; those that wait or failed have their own time."""
    with reading(run.database) as session:
        later = outcomes.unfinished(session, STEP)
        rows = [
            row
            for row in episodes.not_transcribed(session)
            if row.identity not in later and show in (None, row.show_id)
        ]
        return [QueuedEpisode.of(row) for row in rows if only is None or row.identity in only]


def _captions_first(run: Run, due: Due, sound: list[QueuedEpisode]) -> Iterator[Outcome]:
    """Take the captions of an episode without words; put it into ``sound`` if it has to be heard."""
    queued = due.queued
    if due.has_words:
        if due.sound:
            sound.append(queued)
        else:  # they came another way meanwhile
            _record(run, queued.outcome(State.DONE, "its words are there"))
        return
    passed_over: list[str] = []
    outcome = _captions(run, queued, passed_over)
    if outcome and not due.sound:
        _record(run, outcome)
    if outcome:
        yield outcome
    if due.sound or not outcome:
        sound.append(replace(queued, passed_over=tuple(passed_over)))


def _captions(run: Run, queued: QueuedEpisode, passed_over: list[str]) -> Outcome | None:
    """Store the captions; None if there are none that could be read, and ``passed_over`` says why."""
    info = queued.info

    def work() -> Outcome:
        transcript = _published(run, info, passed_over)
        if transcript is None:
            return queued.outcome(State.UNCHANGED, "no captions")

        def store(session: Session) -> str:
            row, _ = transcripts.put(session, queued.episode_id, transcript, now=run.now())
            check(session, queued.episode_id, now=run.now())
            return f"{len(transcript.segments)} segments from {row.source}"

        said = in_transaction(run.database, store)
        return queued.outcome(State.DONE, "; ".join([said, *passed_over]))

    outcome = guarded(run, work, item=info.identity, step=STEP, title=info.title, url=queued.source)
    return None if outcome.state is State.UNCHANGED else outcome


def _record(run: Run, outcome: Outcome) -> None:
    in_transaction(run.database, lambda session: outcomes.record(session, STEP, outcome, now=run.now()))


def _published(run: Run, info: EpisodeInfo, passed_over: list[str]) -> words.Transcript | None:
    """The first caption track that can be read and says something; why others could not goes into ``passed_over``."""
    for track in sorted(info.captions, key=lambda track: track.automatic):
        try:
            transcript = captions(run, track)
        except RateLimited:
            raise
        except (SourceError, FormatError) as error:
            passed_over.append(f"captions passed over: {error}")
            continue
        if transcript.segments:
            return transcript
    return None


def captions(run: Run, track: CaptionTrack) -> words.Transcript:
    """One track as timed words.

    Raises:
        SourceError: it cannot be fetched, or is a file that is not to be read.
        FormatError: it is none.
    """
    web = is_web(track.location)
    content = run.source.fetch_captions(track) if web else run.named.read(track.location, MOST_CAPTIONS)
    source = words.Source.AUTO_CAPTIONS if track.automatic else words.Source.CAPTIONS
    transcript = read_captions(content, track.format, source=source, name=track.location)
    return words.Transcript(transcript.segments, source, language=track.language or None)
