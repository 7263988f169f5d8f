"""What passes between parent and child, one pickle after the other on the child's stdin and stdout.

The parent begins with a function that makes the engine; the child answers ``Ready`` or ``LoadFailed``. ``Start`` starts a hearing. In it
the child asks by ``PullJob`` for a job and is given one, or None when there is no more; after each ``Step`` it waits for ``Ack``, so that
whoever stores the steps is never more than one behind. ``Finished`` ends the hearing; ``Crashed`` is what an error inside ends in.
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
    """The engine raised what no engine should."""

    why: str


@dataclass(frozen=True, slots=True)
class PullJob:
    """There is room for a job."""


@dataclass(frozen=True, slots=True)
class Finished:
    """All jobs are heard."""


@dataclass(frozen=True, slots=True)
class Start:
    """Hear the jobs that will be given."""


@dataclass(frozen=True, slots=True)
class Ack:
    """The step has arrived; go on."""


Response = Ready | LoadFailed | Crashed | PullJob | Finished | Step
Request = Start | Ack | Job | None
