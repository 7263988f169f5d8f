"""The worker's end: load the engine, transcribe, and exit with the parent, however that ends."""

from __future__ import annotations

import os
import pickle
import sys
import warnings
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread
from typing import Any, BinaryIO

from transcripts.engine.interface import Engine, Job
from transcripts.engine.worker.messages import Crashed, Finished, LoadFailed, PullJob, Ready, Request, Response, Start
from transcripts.errors import TranscriptError


def main() -> None:
    """Serve one parent until it closes the pipe."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # users can do nothing about warnings of libraries
    _Worker().serve()


class _Worker:
    """Both pipes. Only responses go to stdout; what libraries print goes to stderr."""

    def __init__(self) -> None:
        self._responses: BinaryIO = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        self._requests: SimpleQueue[Any] = SimpleQueue()
        Thread(target=self._read_requests, daemon=True).start()

    def _read_requests(self) -> None:
        """Queue the requests as they arrive. A closed pipe means that the parent is gone: exit at once."""
        try:
            while True:
                self._requests.put(pickle.load(sys.stdin.buffer))  # noqa: S301 - from this program's parent process
        except Exception as error:  # noqa: BLE001 - an unreadable request counts as none
            if not isinstance(error, EOFError):
                self._send(Crashed(f"{type(error).__name__}: {error}"))
            os._exit(0)

    def _send(self, response: Response) -> None:
        pickle.dump(response, self._responses)
        self._responses.flush()

    def _receive(self) -> Request:
        request: Request = self._requests.get()
        return request

    def serve(self) -> None:
        try:
            engine: Engine = self._requests.get()()
            self._send(Ready(engine.name, engine.signature, engine.remark))
            while isinstance(self._receive(), Start):
                self._transcribe(engine)
        except TranscriptError as error:
            self._send(LoadFailed(error))
        except Exception as error:  # noqa: BLE001 - the parent reports it
            self._send(Crashed(f"{type(error).__name__}: {error}"))

    def _transcribe(self, engine: Engine) -> None:
        for step in engine.transcribe(self._jobs()):
            self._send(step)
            self._receive()
        self._send(Finished())

    def _jobs(self) -> Iterator[Job]:
        while True:
            self._send(PullJob())
            job = self._receive()
            if not isinstance(job, Job):
                return
            yield job
