"""Transcribe the audio of many episodes in one stream, so that a killed run loses one batch at most.

The engine takes a job when it has capacity. Meanwhile the audio of the next episode is prefetched, one ahead. The windows of a batch are
stored in one transaction. A later run with the same options finds them and continues behind them. When an episode ends, its transcript,
its index, its outcome and the removal of its windows are one transaction, too. An episode is claimed before its audio is fetched: two
runs at the same time share the work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Thread

from sqlmodel import Session

from episodes.catalog import outcomes, partial_transcripts, resuming, transcripts
from episodes.catalog.claims import Claims, claims
from episodes.database import in_transaction, reading, writing
from episodes.pipeline.checking import check
from episodes.pipeline.item_outcomes import failure
from episodes.pipeline.rate_limits import rate_limited_until
from episodes.pipeline.run import Run
from episodes.pipeline.transcription_progress import TranscriptionProgress
from episodes.pipeline.transcription_queue import STEP, QueuedEpisode
from episodes.pipeline.vocabulary import expected
from episodes.urls import is_web
from episodes.values import EpisodeInfo, Outcome, Progress, State
from transcripts.engine import Engine, Job, Options, Step, collect
from transcripts.errors import TranscriptError

#: ISO 639 codes for "undetermined" or "several languages": as good as no language.
NO_LANGUAGE = ("", "und", "mul", "mis", "zxx")


def transcribe_all(run: Run, queued: Sequence[QueuedEpisode], since: datetime) -> Iterator[Outcome]:
    """Transcribe all of them; one outcome per episode, in the order in which they end. ``since``: when the list was read."""
    if queued:
        with writing(run.database) as session:
            partial_transcripts.forget_stale(session, now=run.now())
        with closing(claims(run.database)) as claimed:
            yield from _Transcription(run, queued, claimed, since).outcomes()


def options_of(run: Run, info: EpisodeInfo) -> Options:
    """The engine's options: the language of the run, else the episode's own, else detected."""
    known = info.language if info.language.lower() not in NO_LANGUAGE else None
    return Options(language=run.language or known, words=run.words)


class _Transcription:
    """Gives the engine its jobs and stores its steps. Outcomes are collected as they arise and yielded between two steps."""

    def __init__(self, run: Run, queued: Sequence[QueuedEpisode], claimed: Claims, since: datetime) -> None:
        self.run = run
        self.claims = claimed
        self.since = since
        self.remaining = {one.info.identity: one for one in queued}
        self.options: dict[str, str] = {}
        self.ready: deque[Outcome] = deque()
        self.progress = TranscriptionProgress(one.info for one in queued)

    def outcomes(self) -> Iterator[Outcome]:
        try:
            self.run.report(Progress("load", Path(self.run.settings.model).name))
            engine = self.run.engine  # first of all: a missing model must not cost a download
            for step in engine.transcribe(self._jobs(engine)):
                self._store(engine, step)
                yield from self._flush()
        except TranscriptError as error:  # the engine could not be loaded, or died
            for queued in list(self.remaining.values()):
                self._fail(queued, error)
        yield from self._flush()

    def _flush(self) -> Iterator[Outcome]:
        while self.ready:
            yield self.ready.popleft()

    def _jobs(self, engine: Engine) -> Iterator[Job]:
        """Yield the job of each episode as soon as its audio has arrived; the next one's audio is being fetched by then."""
        todo = iter(list(self.remaining.values()))
        coming = self._fetch_next(todo)
        while coming:
            queued, audio = coming
            job = self._job(engine, queued, audio)
            coming = self._fetch_next(todo)
            if job:
                yield job

    def _fetch_next(self, todo: Iterator[QueuedEpisode]) -> tuple[QueuedEpisode, Future[Path]] | None:
        for queued in todo:
            until = rate_limited_until(self.run, queued.source)
            if until is not None:
                self._finish(queued, replace(queued.outcome(State.WAITING, "the site limits requests"), until=until))
            elif outcome := self._taken_elsewhere(queued):
                self._close(queued, outcome)
            else:
                return queued, _prefetch(partial(self._fetch_audio, queued.info))
        return None

    def _taken_elsewhere(self, queued: QueuedEpisode) -> Outcome | None:
        """The outcome if another run has the episode or has finished it (that run stores it); None if it is claimed for this run."""
        if not self.claims.take(queued.episode_id):
            return queued.outcome(State.WAITING, "another run is transcribing it")
        with reading(self.run.database) as session:
            if outcomes.ended_after(session, STEP, queued.info.identity, self.since):
                return queued.outcome(State.UNCHANGED, "another run has transcribed it meanwhile")
        return None

    def _fetch_audio(self, info: EpisodeInfo) -> Path:
        def on_bytes(done: float, total: float | None) -> None:
            self.run.report(Progress("fetch", info.title, done, total, "B"))

        if info.media and not is_web(info.media):
            return self.run.named.find(info.media)
        return self.run.source.fetch_audio(info, self.run.settings.media, on_bytes)

    def _job(self, engine: Engine, queued: QueuedEpisode, audio: Future[Path]) -> Job | None:
        """None if there is no audio: the episode has failed then, and the others continue."""
        try:
            file = audio.result()
            size = file.stat().st_size
        except Exception as error:  # noqa: BLE001 - one bad item must never stop a batch
            self._fail(queued, error)
            return None
        key = queued.info.identity
        with reading(self.run.database) as session:
            prompt = expected(session, queued.episode_id) if self.run.settings.names else ""
            options = replace(options_of(self.run, queued.info), prompt=prompt)
            self.options[key] = resuming.options_checksum(options, engine.signature, size)
            done = partial_transcripts.of_episode(session, queued.episode_id, self.options[key])
        self._report(self.progress.begin(key, sum(window.end - window.start for window in done)))
        return Job(key, file, options, done)

    def _store(self, engine: Engine, step: Step) -> None:
        def store(session: Session) -> None:
            for one in step.transcribed:
                episode_id = self.remaining[one.key].episode_id
                partial_transcripts.put(session, episode_id, self.options[one.key], [one.window], now=self.run.now())

        in_transaction(self.run.database, store)
        for one in step.transcribed:
            window = one.window
            self._report(self.progress.advance(one.key, window.end - window.start, window.duration))
        for ended in step.ended:
            self._end(engine, self.remaining[ended.key], ended.error)

    def _end(self, engine: Engine, queued: QueuedEpisode, error: Exception | None) -> None:
        try:
            if error:
                raise error
            outcome = in_transaction(self.run.database, partial(self._write, engine, queued))
        except Exception as error:  # noqa: BLE001 - as above
            self._fail(queued, error)
        else:
            self._close(queued, outcome)

    def _write(self, engine: Engine, queued: QueuedEpisode, session: Session) -> Outcome:
        outcome = self._words(session, engine, queued)
        self._record(session, outcome)
        return outcome

    def _words(self, session: Session, engine: Engine, queued: QueuedEpisode) -> Outcome:
        """Make the transcript from the stored windows, check and index it, and remove the windows."""
        windows = partial_transcripts.of_episode(session, queued.episode_id, self.options[queued.info.identity])
        transcript = collect(engine.name, windows)
        row, _ = transcripts.put(session, queued.episode_id, transcript, now=self.run.now())
        check(session, queued.episode_id, now=self.run.now())
        partial_transcripts.forget(session, queued.episode_id)
        stored = f"{len(transcript.segments)} segments from {row.source} {row.model}".strip()
        return queued.outcome(State.DONE, "; ".join([stored, *queued.passed_over]))

    def _fail(self, queued: QueuedEpisode, error: Exception) -> None:
        info = queued.info
        outcome = failure(self.run, error, item=info.identity, step=STEP, title=info.title, url=queued.source)
        self._finish(queued, outcome)

    def _finish(self, queued: QueuedEpisode, outcome: Outcome) -> None:
        in_transaction(self.run.database, lambda session: self._record(session, outcome))
        self._close(queued, outcome)

    def _record(self, session: Session, outcome: Outcome) -> None:
        outcomes.record(session, STEP, outcome, now=self.run.now(), data={} if outcome.state is State.DONE else None)

    def _close(self, queued: QueuedEpisode, outcome: Outcome) -> None:
        self.ready.append(outcome)
        del self.remaining[queued.info.identity]
        self.claims.release(queued.episode_id)
        self._report(self.progress.end(queued.info.identity))

    def _report(self, progress: Iterable[Progress]) -> None:
        for one in progress:
            self.run.report(one)


def _prefetch(fetch: Callable[[], Path]) -> Future[Path]:
    """Begin ``fetch`` in a daemon thread, which does not keep the process from ending; the future gives its value or raises its error."""
    future: Future[Path] = Future()

    def run() -> None:
        try:
            future.set_result(fetch())
        except BaseException as error:  # noqa: BLE001 - raised again where the result is read
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future
