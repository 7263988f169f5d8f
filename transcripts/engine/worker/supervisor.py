"""The engine that outlives its process."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from transcripts.engine.interface import Ended, Engine, Job, Step
from transcripts.engine.worker.messages import Ready
from transcripts.engine.worker.process import Died, Process
from transcripts.engine_options import STEP_TIMEOUT
from transcripts.errors import EngineDied, ModelError

ENOUGH = 3
"""So many files in a row that kill the engine, with nothing heard between them, are not the files' fault."""


class Child:
    """The engine that ``make`` gives, in a process of its own; ``make`` must be picklable (a ``functools.partial`` of a loader is).

    The process starts when it is first needed and ends with ``hear``; it ends with its parent, too, however that ends. When it dies while
    it hears several files, each of them is gone on with alone, from its windows: only what kills it alone ends with ``EngineDied``. A
    silence of ``patience`` seconds, or twenty times as long as it ever took, counts as death. It keeps no windows on disk.
    """

    def __init__(
        self,
        make: Callable[[], Engine],
        *,
        model: str = "",
        patience: float = STEP_TIMEOUT,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """``model`` is what errors call it; ``environment`` are variables that the process has besides its parent's."""
        self._make = make
        self._environment = environment
        self._model = model
        self._patience = patience
        self._process: Process | None = None
        self._ready = False
        self._facts: Ready | None = None
        self._deaths = 0

    def start(self) -> None:
        """Start the process now, and not when it is first needed. Raises as ``signature`` does."""
        self._started()

    def begin(self) -> None:
        """Start the process, and wait for nothing: it loads while its parent does other things."""
        if self._process is None:
            self._process = Process(self._make, self._patience, self._environment)
            weakref.finalize(self, self._process.end)

    @property
    def name(self) -> str:
        """The model's name. Raises as ``signature`` does."""
        return self._known().name

    @property
    def signature(self) -> str:
        """See ``Engine.signature``.

        Raises:
            ModelError: the model is missing, or is none, or kills the process.
        """
        return self._known().signature

    @property
    def remark(self) -> str:
        """See ``Engine.remark``. Raises as ``signature`` does."""
        return self._known().remark

    def hear(self, jobs: Iterable[Job]) -> Iterator[Step]:
        """See ``Engine.hear``.

        Raises:
            ModelError: as for ``signature``, or the engine dies whatever it hears.
        """
        rest = iter(jobs)
        idle = False
        try:
            while True:
                under_way: dict[str, Job] = {}
                try:
                    yield from self._heard(rest, under_way)
                except Died as death:
                    if not under_way and idle:
                        raise ModelError(self._model, f"the engine dies without hearing anything: {death}") from death
                    idle = not under_way
                    yield from self._one_by_one(list(under_way.values()), death)
                else:
                    return
        finally:
            self.close()

    def close(self) -> None:
        """End the process; it starts again when it is needed."""
        if self._process:
            self._process.end()
            self._process, self._ready = None, False

    def _one_by_one(self, jobs: list[Job], death: Died) -> Iterator[Step]:
        """Go on with the files that were heard when the process died: the only one has killed it, of several each is tried alone."""
        if len(jobs) == 1:
            yield self._killed_by(jobs[0], death)
            return
        for job in jobs:
            alone: dict[str, Job] = {}
            try:
                yield from self._heard(iter([job]), alone)
            except Died as another:
                yield self._killed_by(alone.get(job.key, job), another)

    def _killed_by(self, job: Job, death: Died) -> Step:
        self._deaths += 1
        if self._deaths > ENOUGH:
            raise ModelError(self._model, f"the engine dies whatever it hears: {death}") from death
        return Step(ended=(Ended(job.key, EngineDied(job.path.name, death)),))

    def _heard(self, jobs: Iterator[Job], under_way: dict[str, Job]) -> Iterator[Step]:
        """Hear in the running process, or in a fresh one; ``under_way`` are the jobs taken and not ended, with what is done of them."""

        def taken() -> Iterator[Job]:
            for job in jobs:
                under_way[job.key] = job
                yield job

        try:
            for step in self._started().hear(taken()):
                self._deaths = 0
                _note(step, under_way)
                yield step
        except Died:
            self.close()
            raise

    def _started(self) -> Process:
        if self._process is None or not self._ready:
            self.begin()
            assert self._process
            try:
                self._facts = self._process.ready()
            except Died as death:
                self.close()
                raise ModelError(self._model, f"the engine dies while it loads it: {death}") from death
            except BaseException:
                self.close()
                raise
            self._ready = True
        return self._process

    def _known(self) -> Ready:
        if self._facts is None:
            self._started()
        assert self._facts
        return self._facts


def _note(step: Step, under_way: dict[str, Job]) -> None:
    for heard in step.heard:
        job = under_way[heard.key]
        under_way[heard.key] = replace(job, done=(*job.done, heard.window))
    for ended in step.ended:
        del under_way[ended.key]
