"""An engine that survives crashes of its worker process."""

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
"""After more than this many crashes in a row with no window finished in between, blame the engine and not the files."""


class WorkerEngine:
    """The engine that ``make`` returns, in a worker process.

    ``make`` must be picklable (a ``functools.partial`` of a loader is). The process starts when it is first needed and
    ends with ``transcribe``. It also exits when its parent does, however that happens. If it dies while transcribing
    several files, each is retried alone, resuming from the windows it already has, and only a file that kills the process
    alone ends with ``EngineDied``. A step that takes longer than ``step_timeout`` seconds, or twenty times the longest
    step so far if that is more, counts as a crash. The caller stores the windows, not this class.
    """

    def __init__(
        self,
        make: Callable[[], Engine],
        *,
        model: str = "",
        step_timeout: float = STEP_TIMEOUT,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """``model`` is the name in errors; ``environment`` holds variables to add to the parent's."""
        self._make = make
        self._environment = environment
        self._model = model
        self._step_timeout = step_timeout
        self._process: WorkerProcess | None = None
        self._ready = False
        self._info: Ready | None = None
        self._crashes = 0

    def start(self) -> None:
        """Start the process now and wait until the engine is loaded. Raises the same errors as ``signature``."""
        self._ready_process()

    def spawn(self) -> None:
        """Start the process without waiting: it loads while its parent does other things."""
        if self._process is None:
            self._process = WorkerProcess(self._make, self._step_timeout, self._environment)
            weakref.finalize(self, self._process.kill)

    @property
    def name(self) -> str:
        """The model's name. Raises the same errors as ``signature``."""
        return self._engine_info().name

    @property
    def signature(self) -> str:
        """See ``Engine.signature``.

        Raises:
            ModelError: the model is missing or invalid, or loading it kills the process.
        """
        return self._engine_info().signature

    @property
    def remark(self) -> str:
        """See ``Engine.remark``. Raises the same errors as ``signature``."""
        return self._engine_info().remark

    def transcribe(self, jobs: Iterable[Job]) -> Iterator[Step]:
        """See ``Engine.transcribe``.

        Raises:
            ModelError: as for ``signature``, or every file kills the engine.
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
                        raise ModelError(self._model, f"the engine crashes before it takes a file: {crash}") from crash
                    nothing_begun = not unfinished
                    yield from self._retry_one_by_one(list(unfinished.values()), crash)
                else:
                    return
        finally:
            self.close()

    def close(self) -> None:
        """Kill the process. It starts again when it is needed."""
        if self._process:
            self._process.kill()
            self._process, self._ready = None, False

    def _retry_one_by_one(self, jobs: list[Job], crash: WorkerDied) -> Iterator[Step]:
        """Blame the file that was alone when the process died; of several files, retry each alone."""
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
            raise ModelError(self._model, f"the engine crashes on every file: {crash}") from crash
        return Step(ended=(Ended(job.key, EngineDied(job.path.name, crash)),))

    def _run(self, jobs: Iterator[Job], unfinished: dict[str, Job]) -> Iterator[Step]:
        """Transcribe in the running process or in a new one.

        ``unfinished`` receives the jobs that have started and not ended, with the windows transcribed so far.
        """

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
                raise ModelError(self._model, f"the engine crashes while loading it: {crash}") from crash
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
