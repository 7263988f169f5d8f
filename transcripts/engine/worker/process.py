"""The parent's end of one child process."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from types import MappingProxyType
from typing import IO

from transcripts.engine.interface import Engine, Job, Step
from transcripts.engine.worker.messages import Answer, Begin, Broke, Finished, Pull, Ready, Refused, Stored, Word

log = logging.getLogger(__name__)
#: Here and not where the package begins: ``nir --help`` loads that, and need not load logging.
logging.getLogger("transcripts").addHandler(logging.NullHandler())

SLICE = 5.0
"""Seconds of one wait. A computer that slept, or a person's Ctrl-Z, stops both ends: it makes one slice long, and not the wait."""

LONGER = 20
"""A child may take so many times as long as it has ever taken for a step before."""


OWN_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
"""Windows: Ctrl-C does not reach the child; see ``_no_ctrl_c`` for the others."""


class Died(Exception):
    """The child is gone; its text says how."""


class Process:
    """A running child with an engine. It restarts nothing."""

    def __init__(
        self, make: Callable[[], Engine], patience: float, environment: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Start it; ``patience`` is how many seconds it may be silent while it hears. A person's own variables go before those given."""
        code = f"import sys; sys.path[:] = {sys.path!r}; from transcripts.engine.worker.main import main; main()"
        with _no_ctrl_c():
            self._popen = subprocess.Popen(  # noqa: S603 - our own code in our own Python
                [sys.executable, "-c", code],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                creationflags=OWN_GROUP,
                env={**environment, **os.environ},
            )
        log.info("process %d started", self._popen.pid)
        self._patience = patience
        self._answers: SimpleQueue[Answer | None] = SimpleQueue()
        self._reader = Thread(target=self._read, args=(self._popen.stdout,), daemon=True)
        self._reader.start()
        self._say(make)

    def _read(self, stream: IO[bytes]) -> None:
        """Answers as they come; None at the end, be it a closed pipe or half an answer."""
        with stream, suppress(Exception):
            while True:
                self._answers.put(pickle.load(stream))  # noqa: S301 - our own child's
        self._answers.put(None)

    def _say(self, word: Word | Callable[[], Engine]) -> None:
        assert self._popen.stdin
        with suppress(OSError):  # it is gone: the next answer says so
            pickle.dump(word, self._popen.stdin)
            self._popen.stdin.flush()

    def ready(self) -> Ready:
        """Wait until the engine is loaded, however long that takes: a first download takes minutes.

        Raises:
            TranscriptError: there is no such engine or model.
            Died: it did.
        """
        answer = self._answer(None)
        if isinstance(answer, Refused):
            raise answer.error
        assert isinstance(answer, Ready), answer
        log.info("process %d ready: %s", self._popen.pid, answer.name)
        return answer

    def hear(self, jobs: Iterable[Job]) -> Iterator[Step]:
        """As an engine does.

        Raises:
            Died: it died, or was silent for too long and was ended.
        """
        waiting = iter(jobs)
        self._say(Begin())
        while not isinstance(answer := self._patiently(), Finished):
            if isinstance(answer, Step):
                yield answer
                self._say(Stored())
            else:
                assert isinstance(answer, Pull), answer
                self._say(next(waiting, None))

    def _patiently(self) -> Answer:
        begun = monotonic()
        answer = self._answer(self._patience)
        self._patience = max(self._patience, LONGER * (monotonic() - begun))
        return answer

    def _answer(self, patience: float | None) -> Answer:
        answer = self._wait(patience)
        if answer is None:
            raise Died(self._how())
        if isinstance(answer, Broke):
            raise Died(answer.why)
        return answer

    def _wait(self, patience: float | None) -> Answer | None:
        waited = 0.0
        while patience is None or waited < patience:
            part = SLICE if patience is None else min(SLICE, patience - waited)
            with suppress(Empty):
                return self._answers.get(timeout=part)
            waited += part
        log.warning("process %d ended: no answer for %.0f seconds", self._popen.pid, waited)
        self.end()
        raise Died(f"it gave no answer for {waited:.0f} seconds")

    def _how(self) -> str:
        """How it ended, in words."""
        code = self._popen.wait()
        log.warning("process %d is gone: code %d", self._popen.pid, code)
        if code >= 0:
            return f"its process ended with code {code}"
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        return f"{name}: out of memory?" if name == "SIGKILL" else name

    def end(self) -> None:
        """End it at once; more than once does no harm."""
        self._popen.kill()
        self._popen.wait()
        if self._popen.stdin:
            with suppress(OSError):
                self._popen.stdin.close()
        self._reader.join()


@contextmanager
def _no_ctrl_c() -> Iterator[None]:
    """A process started in here is deaf to Ctrl-C, which reaches all of a terminal's: its parent hears it, and ends it."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
