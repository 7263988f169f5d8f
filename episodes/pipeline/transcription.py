"""Sound into words, many episodes in one stream, and nothing lost.

The engine takes a job when it has room for it, so an episode's sound is fetched while others are heard, one ahead. What a batch brought
is stored in one transaction; a killed run finds those windows again and goes on behind them, if it is asked to hear in the same way. The
transcript, the index, the outcome and the end of the windows are one transaction, too. An episode is claimed before its sound is fetched:
two runs at once share the work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Thread

from sqlmodel import Session

from episodes import models
from episodes.catalog import outcomes, partial_transcripts, resuming, transcripts
from episodes.catalog.claims import Claims, claims
from episodes.database import in_transaction, reading, writing
from episodes.pipeline.checking import check
from episodes.pipeline.item_outcomes import failure, rate_limited_until
from episodes.pipeline.run import Run
from episodes.pipeline.transcription_progress import TranscriptionProgress
from episodes.pipeline.vocabulary import expected
from episodes.urls import is_web
from episodes.values import CaptionTrack, EpisodeInfo, Outcome, Progress, State
from transcripts.engine import Engine, Job, Options, Step, collect
from transcripts.errors import TranscriptError

STEP = "hear"

#: Codes of ISO 639 that name no language, or several: a source that gives them knows as little as one that gives none.
NO_LANGUAGE = ("", "und", "mul", "mis", "zxx")


@dataclass(frozen=True)
class QueuedEpisode:
    """An episode whose words are queued, free of any session; ``passed_over`` are captions that could not be read, and why."""

    episode_id: int
    info: EpisodeInfo
    passed_over: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: models.Episode) -> QueuedEpisode:
        """From its row."""
        tracks = tuple(CaptionTrack(**track) for track in row.captions)
        about = EpisodeInfo(row.identity, row.key, row.title, url=row.url, media=row.media, captions=tracks)
        return cls(row.id or 0, replace(about, language=row.language, duration=row.duration))

    @property
    def source(self) -> str:
        """The address whose site is asked for it."""
        return self.info.url or self.info.media

    def outcome(self, state: State, reason: str) -> Outcome:
        """An outcome of the hearing of this episode."""
        return Outcome(self.info.identity, state, reason, title=self.info.title, step=STEP)


def transcribe_all(run: Run, queued: Sequence[QueuedEpisode], since: datetime) -> Iterator[Outcome]:
    """Hear all of them; one outcome an episode, in the order in which they end. They were wanted at the time ``since``."""
    if queued:
        with writing(run.database) as session:
            partial_transcripts.forget_stale(session, now=run.now())
        with closing(claims(run.database)) as claimed:
            yield from _Transcription(run, queued, claimed, since).outcomes()


def options_of(run: Run, info: EpisodeInfo) -> Options:
    """How to hear this episode: in the language asked for, else in its own, else in those that are found in it."""
    known = info.language if info.language.lower() not in NO_LANGUAGE else None
    return Options(language=run.language or known, words=run.words)


class _Transcription:
    """Jobs out, steps in. Outcomes are noted where they become known and given out between two steps."""

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
            engine = self.run.engine  # first of all: a model that is missing must not cost a download
            for step in engine.transcribe(self._jobs(engine)):
                self._store(engine, step)
                yield from self._flush()
        except TranscriptError as error:  # there is no engine, or none any more
            for queued in list(self.remaining.values()):
                self._fail(queued, error)
        yield from self._flush()

    def _flush(self) -> Iterator[Outcome]:
        while self.ready:
            yield self.ready.popleft()

    def _jobs(self, engine: Engine) -> Iterator[Job]:
        """Each episode's job as soon as its sound is here; the next one's sound is on its way by then."""
        todo = iter(list(self.remaining.values()))
        coming = self._fetch_next(todo)
        while coming:
            queued, sound = coming
            job = self._job(engine, queued, sound)
            coming = self._fetch_next(todo)
            if job:
                yield job

    def _fetch_next(self, todo: Iterator[QueuedEpisode]) -> tuple[QueuedEpisode, Future[Path]] | None:
        for queued in todo:
            until = rate_limited_until(self.run, queued.source)
            if until is not None:
                self._note(queued, replace(queued.outcome(State.WAITING, "the site asked for a pause"), until=until))
            elif outcome := self._taken_elsewhere(queued):
                self._close(queued, outcome)
            else:
                return queued, _prefetch(partial(self._fetch_sound, queued.info))
        return None

    def _taken_elsewhere(self, queued: QueuedEpisode) -> Outcome | None:
        """What another run does with it or has done; it writes that down itself. None where it is claimed."""
        if not self.claims.take(queued.episode_id):
            return queued.outcome(State.WAITING, "another run is listening to it")
        with reading(self.run.database) as session:
            if outcomes.ended_after(session, STEP, queued.info.identity, self.since):
                return queued.outcome(State.UNCHANGED, "another run has listened to it meanwhile")
        return None

    def _fetch_sound(self, info: EpisodeInfo) -> Path:
        def on_bytes(done: float, total: float | None) -> None:
            self.run.report(Progress("fetch", info.title, done, total, "B"))

        if info.media and not is_web(info.media):
            return self.run.named.find(info.media)
        return self.run.source.fetch_audio(info, self.run.settings.media, on_bytes)

    def _job(self, engine: Engine, queued: QueuedEpisode, sound: Future[Path]) -> Job | None:
        """None if there is no sound: that is the episode's outcome, and the others go on."""
        try:
            file = sound.result()
            size = file.stat().st_size
        except Exception as error:  # noqa: BLE001 - one bad item never stops a batch, whatever is wrong with it
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
        def keep(session: Session) -> None:
            for one in step.transcribed:
                episode_id = self.remaining[one.key].episode_id
                partial_transcripts.put(session, episode_id, self.options[one.key], [one.window], now=self.run.now())

        in_transaction(self.run.database, keep)
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
        """The transcript that the stored windows make, and its index; the windows are not needed any more."""
        windows = partial_transcripts.of_episode(session, queued.episode_id, self.options[queued.info.identity])
        transcript = collect(engine.name, windows)
        row, _ = transcripts.put(session, queued.episode_id, transcript, now=self.run.now())
        check(session, queued.episode_id, now=self.run.now())
        partial_transcripts.forget(session, queued.episode_id)
        said = f"{len(transcript.segments)} segments from {row.source} {row.model}".strip()
        return queued.outcome(State.DONE, "; ".join([said, *queued.passed_over]))

    def _fail(self, queued: QueuedEpisode, error: Exception) -> None:
        info = queued.info
        outcome = failure(self.run, error, item=info.identity, step=STEP, title=info.title, url=queued.source)
        self._note(queued, outcome)

    def _note(self, queued: QueuedEpisode, outcome: Outcome) -> None:
        in_transaction(self.run.database, lambda session: self._record(session, outcome))
        self._close(queued, outcome)

    def _record(self, session: Session, outcome: Outcome) -> None:
        outcomes.record(session, STEP, outcome, now=self.run.now(), data={} if outcome.state is State.DONE else None)

    def _close(self, queued: QueuedEpisode, outcome: Outcome) -> None:
        self.ready.append(outcome)
        del self.remaining[queued.info.identity]
        self.claims.release(queued.episode_id)
        self._report(self.progress.end(queued.info.identity))

    def _report(self, far: Iterable[Progress]) -> None:
        for progress in far:
            self.run.report(progress)


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
