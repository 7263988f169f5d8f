"""Transcripts of the episodes that wait for one: published captions first, then audio through Whisper.

The audio is transcribed if there are no readable captions, or if both are wanted. The search index is written in the transaction that
writes the transcript.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from episodes import models
from episodes.catalog import episodes
from episodes.database import reading, writing
from episodes.pipeline import transcription_queue
from episodes.pipeline.audio_transcription import transcribe_all
from episodes.pipeline.linking import link_missing
from episodes.pipeline.published_captions import store_captions
from episodes.pipeline.run import Run
from episodes.pipeline.transcription_queue import Due, QueuedEpisode, enqueue
from episodes.values import Outcome, State, Transcribe


def transcribe_episodes(run: Run, names: Iterable[str]) -> Iterator[Outcome]:
    """Transcribe the audio of these episodes, whatever transcripts they have, then link.

    Raises:
        NotFound: No episode has one of these names. Nothing is done then.
        ModelError: The model is missing or invalid. Nothing is done or queued then.
    """
    with reading(run.database) as session:
        ids = [episodes.find(session, name).id for name in names]
    run.engine.signature  # noqa: B018 - loads the model: a misspelled name must not leave episodes in the queue for ever
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
    """Make the transcripts that are due: of the episodes in ``only`` (None: of all) except those in ``but``; ``again`` retries failed ones.

    Captions come first, for all episodes. Then the audio of those that need it is transcribed, many at once. If ``run.transcribe`` is
    ALWAYS, episodes that have a transcript are included, too (those of one ``show``, if given).
    """
    audio: list[QueuedEpisode] = []
    since = run.now()
    for due in transcription_queue.due(run, only, again=again):
        if due.queued.info.identity not in but:
            yield from _captions_first(run, due, audio)
    if run.transcribe is Transcribe.ALWAYS:
        have = {one.info.identity for one in audio}
        audio += [one for one in transcription_queue.untranscribed(run, only, show) if one.info.identity not in have]
    if run.transcribe is not Transcribe.NEVER:
        yield from transcribe_all(run, audio, since)


def take_due_captions(run: Run, identity: str) -> Iterator[Outcome]:
    """Store the captions of this episode, if it has some and waits for a transcript; its audio stays in the queue."""
    for due in transcription_queue.due(run, {identity}, again=False):
        if due.queued.info.captions:
            yield from _captions_first(run, due, [])


def _captions_first(run: Run, due: Due, audio: list[QueuedEpisode]) -> Iterator[Outcome]:
    """Store the captions of an episode without a transcript; append it to ``audio`` if its audio has to be transcribed."""
    queued = due.queued
    if due.has_words:
        if due.sound:
            audio.append(queued)
        else:  # a transcript was stored in the meantime
            transcription_queue.record(run, queued.outcome(State.DONE, "it has a transcript"))
        return
    passed_over: list[str] = []
    outcome = store_captions(run, queued, passed_over)
    if outcome and not due.sound:
        transcription_queue.record(run, outcome)
    if outcome:
        yield outcome
    if due.sound or not outcome:
        audio.append(replace(queued, passed_over=tuple(passed_over)))
