"""The parent's end of one worker process."""

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
from transcripts.engine.worker.messages import (
    Ack,
    Crashed,
    Finished,
    LoadFailed,
    PullJob,
    Ready,
    Request,
    Response,
    Start,
)

log = logging.getLogger(__name__)
#: Here and not in the package, which ``nir --help`` loads: that need not load logging.
logging.getLogger("transcripts").addHandler(logging.NullHandler())

POLL = 5.0
"""Seconds of one wait. A suspended computer, or Ctrl-Z, stops both processes: it makes one poll long, and not the wait."""

SLOWDOWN = 20
"""A step may take up to this many times as long as the longest step before it."""


NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
"""Windows: keep Ctrl-C from the worker; ``_sigint_blocked`` does so elsewhere."""


class WorkerDied(Exception):
    """The worker process is gone; the message says how."""


class WorkerProcess:
    """A running worker process with an engine. Restarts nothing."""

    def __init__(
        self, make: Callable[[], Engine], step_timeout: float, environment: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Start the process.

        ``step_timeout`` is the maximum number of seconds without a response during transcription. The user's own
        environment variables take precedence over ``environment``.
        """
        code = f"import sys; sys.path[:] = {sys.path!r}; from transcripts.engine.worker.main import main; main()"
        with _sigint_blocked():
            self._popen = subprocess.Popen(  # noqa: S603 - fixed code in this Python
                [sys.executable, "-c", code],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                creationflags=NEW_GROUP,
                env={**environment, **os.environ},
            )
        log.info("process %d started", self._popen.pid)
        self._step_timeout = step_timeout
        self._responses: SimpleQueue[Response | None] = SimpleQueue()
        self._reader = Thread(target=self._read, args=(self._popen.stdout,), daemon=True)
        self._reader.start()
        self._send(make)

    def _read(self, stream: IO[bytes]) -> None:
        """Queue the responses as they arrive; None at the end, be it a closed pipe or half a response."""
        with stream, suppress(Exception):
            while True:
                self._responses.put(pickle.load(stream))  # noqa: S301 - from this program's worker process
        self._responses.put(None)

    def _send(self, request: Request | Callable[[], Engine]) -> None:
        assert self._popen.stdin
        with suppress(OSError):  # the worker is gone, as the next receive reports
            pickle.dump(request, self._popen.stdin)
            self._popen.stdin.flush()

    def ready(self) -> Ready:
        """Wait until the engine is loaded, without a timeout: a first download takes minutes.

        Raises:
            TranscriptError: there is no such engine or model.
            WorkerDied: the process died.
        """
        response = self._receive(None)
        if isinstance(response, LoadFailed):
            raise response.error
        assert isinstance(response, Ready), response
        log.info("process %d ready: %s", self._popen.pid, response.name)
        return response

    def transcribe(self, jobs: Iterable[Job]) -> Iterator[Step]:
        """Transcribe as an engine does.

        Raises:
            WorkerDied: the process died, or timed out and was killed.
        """
        waiting = iter(jobs)
        self._send(Start())
        while not isinstance(response := self._receive_step(), Finished):
            if isinstance(response, Step):
                yield response
                self._send(Ack())
            else:
                assert isinstance(response, PullJob), response
                self._send(next(waiting, None))

    def _receive_step(self) -> Response:
        begun = monotonic()
        response = self._receive(self._step_timeout)
        self._step_timeout = max(self._step_timeout, SLOWDOWN * (monotonic() - begun))
        return response

    def _receive(self, timeout: float | None) -> Response:
        response = self._wait(timeout)
        if response is None:
            raise WorkerDied(self._exit_reason())
        if isinstance(response, Crashed):
            raise WorkerDied(response.why)
        return response

    def _wait(self, timeout: float | None) -> Response | None:
        waited = 0.0
        while timeout is None or waited < timeout:
            part = POLL if timeout is None else min(POLL, timeout - waited)
            with suppress(Empty):
                return self._responses.get(timeout=part)
            waited += part
        log.warning("process %d killed: no response for %.0f seconds", self._popen.pid, waited)
        self.kill()
        raise WorkerDied(f"no response for {waited:.0f} seconds")

    def _exit_reason(self) -> str:
        """Say how the process ended."""
        code = self._popen.wait()
        log.warning("process %d is gone: code %d", self._popen.pid, code)
        if code >= 0:
            return f"its process exited with code {code}"
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        return f"{name}: out of memory?" if name == "SIGKILL" else name

    def kill(self) -> None:
        """Kill the process. Killing it twice does no harm."""
        self._popen.kill()
        self._popen.wait()
        if self._popen.stdin:
            with suppress(OSError):
                self._popen.stdin.close()
        self._reader.join()


@contextmanager
def _sigint_blocked() -> Iterator[None]:
    """Start a process that ignores Ctrl-C, which reaches all processes of a terminal.

    The parent handles it and kills the worker.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
