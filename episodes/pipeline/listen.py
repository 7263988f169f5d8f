"""Sound into words, many episodes in one stream, and nothing lost.

The engine takes a job when it has room for it, so an episode's sound is fetched while others are heard, one ahead. What a batch brought
is stored in one transaction; a killed run finds those windows again and goes on behind them, if it is asked to hear in the same way. The
transcript, the index, the outcome and the end of the windows are one transaction, too. An episode is claimed before its sound is fetched:
two runs at once share the work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlmodel import Session

from episodes import models
from episodes.catalog import outcomes, partial_transcripts, resuming, transcripts
from episodes.catalog.claims import Claims, claims
from episodes.database import in_transaction, reading, writing
from episodes.pipeline.ahead import ahead
from episodes.pipeline.checking import check
from episodes.pipeline.items import failure, left_alone_until
from episodes.pipeline.naming import expected
from episodes.pipeline.run import Run
from episodes.pipeline.tally import Tally
from episodes.urls import is_web
from episodes.values import CaptionTrack, EpisodeInfo, Outcome, Progress, State
from transcripts.engine import Engine, Job, Options, Step, collect
from transcripts.errors import TranscriptError

STEP = "hear"

#: Codes of ISO 639 that name no language, or several: a source that gives them knows as little as one that gives none.
NO_LANGUAGE = ("", "und", "mul", "mis", "zxx")


@dataclass(frozen=True)
class Wanted:
    """An episode whose words are wanted, free of any session; ``passed_over`` are captions that could not be read, and why."""

    episode_id: int
    info: EpisodeInfo
    passed_over: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: models.Episode) -> Wanted:
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


def listen(run: Run, wanted: Sequence[Wanted], since: datetime) -> Iterator[Outcome]:
    """Hear all of them; one outcome an episode, in the order in which they end. They were wanted at the time ``since``."""
    if wanted:
        with writing(run.database) as session:
            partial_transcripts.forget_stale(session, now=run.now())
        with closing(claims(run.database)) as ours:
            yield from _Stream(run, wanted, ours, since).outcomes()


def options_of(run: Run, info: EpisodeInfo) -> Options:
    """How to hear this episode: in the language asked for, else in its own, else in those that are found in it."""
    known = info.language if info.language.lower() not in NO_LANGUAGE else None
    return Options(language=run.language or known, words=run.words)


class _Stream:
    """Jobs out, steps in. Outcomes are noted where they become known and given out between two steps."""

    def __init__(self, run: Run, wanted: Sequence[Wanted], ours: Claims, since: datetime) -> None:
        self.run = run
        self.claims = ours
        self.since = since
        self.left = {one.info.identity: one for one in wanted}
        self.options: dict[str, str] = {}
        self.known: deque[Outcome] = deque()
        self.tally = Tally(one.info for one in wanted)

    def outcomes(self) -> Iterator[Outcome]:
        try:
            self.run.tell(Progress("load", Path(self.run.settings.model).name))
            engine = self.run.engine  # first of all: a model that is missing must not cost a download
            for step in engine.hear(self._jobs(engine)):
                self._store(engine, step)
                yield from self._said()
        except TranscriptError as error:  # there is no engine, or none any more
            for wanted in list(self.left.values()):
                self._fail(wanted, error)
        yield from self._said()

    def _said(self) -> Iterator[Outcome]:
        while self.known:
            yield self.known.popleft()

    def _jobs(self, engine: Engine) -> Iterator[Job]:
        """Each episode's job as soon as its sound is here; the next one's sound is on its way by then."""
        todo = iter(list(self.left.values()))
        coming = self._fetch_next(todo)
        while coming:
            wanted, sound = coming
            job = self._job(engine, wanted, sound)
            coming = self._fetch_next(todo)
            if job:
                yield job

    def _fetch_next(self, todo: Iterator[Wanted]) -> tuple[Wanted, Future[Path]] | None:
        for wanted in todo:
            until = left_alone_until(self.run, wanted.source)
            if until is not None:
                self._note(wanted, replace(wanted.outcome(State.WAITING, "the site asked for a pause"), until=until))
            elif outcome := self._others(wanted):
                self._close(wanted, outcome)
            else:
                return wanted, ahead(partial(self._sound, wanted.info))
        return None

    def _others(self, wanted: Wanted) -> Outcome | None:
        """What another run does with it or has done; it writes that down itself. None where it is ours."""
        if not self.claims.take(wanted.episode_id):
            return wanted.outcome(State.WAITING, "another run is listening to it")
        with reading(self.run.database) as session:
            if outcomes.ended_after(session, STEP, wanted.info.identity, self.since):
                return wanted.outcome(State.UNCHANGED, "another run has listened to it meanwhile")
        return None

    def _sound(self, info: EpisodeInfo) -> Path:
        def on_bytes(done: float, total: float | None) -> None:
            self.run.tell(Progress("fetch", info.title, done, total, "B"))

        if info.media and not is_web(info.media):
            return self.run.named.find(info.media)
        return self.run.source.fetch_audio(info, self.run.settings.media, on_bytes)

    def _job(self, engine: Engine, wanted: Wanted, sound: Future[Path]) -> Job | None:
        """None if there is no sound: that is the episode's outcome, and the others go on."""
        try:
            file = sound.result()
            size = file.stat().st_size
        except Exception as error:  # noqa: BLE001 - one bad item never stops a batch, whatever is wrong with it
            self._fail(wanted, error)
            return None
        key = wanted.info.identity
        with reading(self.run.database) as session:
            prompt = expected(session, wanted.episode_id) if self.run.settings.names else ""
            options = replace(options_of(self.run, wanted.info), prompt=prompt)
            self.options[key] = resuming.options_checksum(options, engine.signature, size)
            done = partial_transcripts.of_episode(session, wanted.episode_id, self.options[key])
        self._tell(self.tally.begin(key, sum(window.end - window.start for window in done)))
        return Job(key, file, options, done)

    def _store(self, engine: Engine, step: Step) -> None:
        def keep(session: Session) -> None:
            for one in step.heard:
                episode_id = self.left[one.key].episode_id
                partial_transcripts.put(session, episode_id, self.options[one.key], [one.window], now=self.run.now())

        in_transaction(self.run.database, keep)
        for one in step.heard:
            window = one.window
            self._tell(self.tally.hear(one.key, window.end - window.start, window.duration))
        for ended in step.ended:
            self._end(engine, self.left[ended.key], ended.error)

    def _end(self, engine: Engine, wanted: Wanted, error: Exception | None) -> None:
        try:
            if error:
                raise error
            outcome = in_transaction(self.run.database, partial(self._write, engine, wanted))
        except Exception as error:  # noqa: BLE001 - as above
            self._fail(wanted, error)
        else:
            self._close(wanted, outcome)

    def _write(self, engine: Engine, wanted: Wanted, session: Session) -> Outcome:
        outcome = self._words(session, engine, wanted)
        self._record(session, outcome)
        return outcome

    def _words(self, session: Session, engine: Engine, wanted: Wanted) -> Outcome:
        """The transcript that the stored windows make, and its index; the windows are not needed any more."""
        windows = partial_transcripts.of_episode(session, wanted.episode_id, self.options[wanted.info.identity])
        transcript = collect(engine.name, windows)
        row, _ = transcripts.put(session, wanted.episode_id, transcript, now=self.run.now())
        check(session, wanted.episode_id, now=self.run.now())
        partial_transcripts.forget(session, wanted.episode_id)
        said = f"{len(transcript.segments)} segments from {row.source} {row.model}".strip()
        return wanted.outcome(State.DONE, "; ".join([said, *wanted.passed_over]))

    def _fail(self, wanted: Wanted, error: Exception) -> None:
        info = wanted.info
        outcome = failure(self.run, error, item=info.identity, step=STEP, title=info.title, url=wanted.source)
        self._note(wanted, outcome)

    def _note(self, wanted: Wanted, outcome: Outcome) -> None:
        in_transaction(self.run.database, lambda session: self._record(session, outcome))
        self._close(wanted, outcome)

    def _record(self, session: Session, outcome: Outcome) -> None:
        outcomes.record(session, STEP, outcome, now=self.run.now(), data={} if outcome.state is State.DONE else None)

    def _close(self, wanted: Wanted, outcome: Outcome) -> None:
        self.known.append(outcome)
        del self.left[wanted.info.identity]
        self.claims.release(wanted.episode_id)
        self._tell(self.tally.end(wanted.info.identity))

    def _tell(self, far: Iterable[Progress]) -> None:
        for progress in far:
            self.run.tell(progress)
