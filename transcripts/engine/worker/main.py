"""The child's end: loads the engine it is told to, hears, and ends with its parent, however that ends."""

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
from transcripts.engine.worker.messages import Answer, Begin, Broke, Finished, Pull, Ready, Refused, Word
from transcripts.errors import TranscriptError


def main() -> None:
    """Serve one parent until it closes the pipe."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # what libraries warn of is nothing that a listener can mend
    _Inside().serve()


class _Inside:
    """Both pipes. stdout is the answers' alone: what libraries print goes to stderr."""

    def __init__(self) -> None:
        self._answers: BinaryIO = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        self._words: SimpleQueue[Any] = SimpleQueue()
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        """The parent's words as they come. A closed pipe means that it is gone: so are we, in the middle of whatever."""
        try:
            while True:
                self._words.put(pickle.load(sys.stdin.buffer))  # noqa: S301 - our own parent's
        except Exception as error:  # noqa: BLE001 - a word that cannot be read is as good as none
            if not isinstance(error, EOFError):
                self._answer(Broke(f"{type(error).__name__}: {error}"))
            os._exit(0)

    def _answer(self, answer: Answer) -> None:
        pickle.dump(answer, self._answers)
        self._answers.flush()

    def _word(self) -> Word:
        word: Word = self._words.get()
        return word

    def serve(self) -> None:
        try:
            engine: Engine = self._words.get()()
            self._answer(Ready(engine.name, engine.signature, engine.remark))
            while isinstance(self._word(), Begin):
                self._hear(engine)
        except TranscriptError as error:
            self._answer(Refused(error))
        except Exception as error:  # noqa: BLE001 - it ends here, and the parent tells it
            self._answer(Broke(f"{type(error).__name__}: {error}"))

    def _hear(self, engine: Engine) -> None:
        for step in engine.hear(self._jobs()):
            self._answer(step)
            self._word()
        self._answer(Finished())

    def _jobs(self) -> Iterator[Job]:
        while True:
            self._answer(Pull())
            job = self._word()
            if not isinstance(job, Job):
                return
            yield job
