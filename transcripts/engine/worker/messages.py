"""The messages between parent and worker, as a sequence of pickles on the worker's stdin and stdout.

The parent first sends a function that creates the engine; the worker responds with ``Ready`` or ``LoadFailed``.
``Start`` starts a transcription. During it the worker requests jobs with ``PullJob`` and receives a job, or None when
there are no more. After each ``Step`` it waits for ``Ack``, so it is never more than one step ahead of what is stored.
``Finished`` ends the transcription; ``Crashed`` reports an exception inside the engine.
"""

from __future__ import annotations

from dataclasses import dataclass

from transcripts.engine.interface import Job, Step
from transcripts.errors import TranscriptError


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine is loaded."""

    name: str
    signature: str
    remark: str


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """There is no such engine or model."""

    error: TranscriptError


@dataclass(frozen=True, slots=True)
class Crashed:
    """The engine raised an unexpected exception."""

    why: str


@dataclass(frozen=True, slots=True)
class PullJob:
    """There is room for a job."""


@dataclass(frozen=True, slots=True)
class Finished:
    """All jobs are transcribed."""


@dataclass(frozen=True, slots=True)
class Start:
    """Transcribe the jobs that follow."""


@dataclass(frozen=True, slots=True)
class Ack:
    """The step was received; continue."""


Response = Ready | LoadFailed | Crashed | PullJob | Finished | Step
Request = Start | Ack | Job | None
