"""The engine that outlives its process."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from transcripts.engine.interface import Ended, Engine, Job, Step
from transcripts.engine.worker.messages import Ready
from transcripts.engine.worker.process import WorkerDied, WorkerProcess
from transcripts.engine_options import STEP_TIMEOUT
from transcripts.errors import EngineDied, ModelError

MAX_CRASHES = 3
"""So many files in a row that kill the engine, with nothing heard between them, are not the files' fault."""


class WorkerEngine:
    """The engine that ``make`` gives, in a process of its own; ``make`` must be picklable (a ``functools.partial`` of a loader is).

    The process starts when it is first needed and ends with ``transcribe``; it ends with its parent, too, however that ends. When it dies
    while it hears several files, each of them is gone on with alone, from its windows: only what kills it alone ends with ``EngineDied``. A
    silence of ``step_timeout`` seconds, or twenty times as long as it ever took, counts as death. It keeps no windows on disk.
    """

    def __init__(
        self,
        make: Callable[[], Engine],
        *,
        model: str = "",
        step_timeout: float = STEP_TIMEOUT,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """``model`` is what errors call it; ``environment`` are variables that the process has besides its parent's."""
        self._make = make
        self._environment = environment
        self._model = model
        self._step_timeout = step_timeout
        self._process: WorkerProcess | None = None
        self._ready = False
        self._info: Ready | None = None
        self._crashes = 0

    def start(self) -> None:
        """Start the process now, and not when it is first needed. Raises as ``signature`` does."""
        self._ready_process()

    def spawn(self) -> None:
        """Start the process, and wait for nothing: it loads while its parent does other things."""
        if self._process is None:
            self._process = WorkerProcess(self._make, self._step_timeout, self._environment)
            weakref.finalize(self, self._process.kill)

    @property
    def name(self) -> str:
        """The model's name. Raises as ``signature`` does."""
        return self._engine_info().name

    @property
    def signature(self) -> str:
        """See ``Engine.signature``.

        Raises:
            ModelError: the model is missing, or is none, or kills the process.
        """
        return self._engine_info().signature

    @property
    def remark(self) -> str:
        """See ``Engine.remark``. Raises as ``signature`` does."""
        return self._engine_info().remark

    def transcribe(self, jobs: Iterable[Job]) -> Iterator[Step]:
        """See ``Engine.transcribe``.

        Raises:
            ModelError: as for ``signature``, or the engine dies whatever it hears.
        """
        rest = iter(jobs)
        nothing_begun = False
        try:
            while True:
                unfinished: dict[str, Job] = {}
                try:
                    yield from self._run(rest, unfinished)
                except WorkerDied as crash:
                    if not unfinished and nothing_begun:
                        raise ModelError(self._model, f"the engine dies without hearing anything: {crash}") from crash
                    nothing_begun = not unfinished
                    yield from self._retry_one_by_one(list(unfinished.values()), crash)
                else:
                    return
        finally:
            self.close()

    def close(self) -> None:
        """End the process; it starts again when it is needed."""
        if self._process:
            self._process.kill()
            self._process, self._ready = None, False

    def _retry_one_by_one(self, jobs: list[Job], crash: WorkerDied) -> Iterator[Step]:
        """Go on with the files that were heard when the process died: the only one has killed it, of several each is tried alone."""
        if len(jobs) == 1:
            yield self._crashed_on(jobs[0], crash)
            return
        for job in jobs:
            alone: dict[str, Job] = {}
            try:
                yield from self._run(iter([job]), alone)
            except WorkerDied as another:
                yield self._crashed_on(alone.get(job.key, job), another)

    def _crashed_on(self, job: Job, crash: WorkerDied) -> Step:
        self._crashes += 1
        if self._crashes > MAX_CRASHES:
            raise ModelError(self._model, f"the engine dies whatever it hears: {crash}") from crash
        return Step(ended=(Ended(job.key, EngineDied(job.path.name, crash)),))

    def _run(self, jobs: Iterator[Job], unfinished: dict[str, Job]) -> Iterator[Step]:
        """Hear in the running process, or in a fresh one; ``unfinished`` are the jobs taken and not ended, with what is done of them."""

        def taken() -> Iterator[Job]:
            for job in jobs:
                unfinished[job.key] = job
                yield job

        try:
            for step in self._ready_process().transcribe(taken()):
                self._crashes = 0
                _record_progress(step, unfinished)
                yield step
        except WorkerDied:
            self.close()
            raise

    def _ready_process(self) -> WorkerProcess:
        if self._process is None or not self._ready:
            self.spawn()
            assert self._process
            try:
                self._info = self._process.ready()
            except WorkerDied as crash:
                self.close()
                raise ModelError(self._model, f"the engine dies while it loads it: {crash}") from crash
            except BaseException:
                self.close()
                raise
            self._ready = True
        return self._process

    def _engine_info(self) -> Ready:
        if self._info is None:
            self._ready_process()
        assert self._info
        return self._info


def _record_progress(step: Step, unfinished: dict[str, Job]) -> None:
    for one in step.transcribed:
        job = unfinished[one.key]
        unfinished[one.key] = replace(job, done=(*job.done, one.window))
    for ended in step.ended:
        del unfinished[ended.key]
