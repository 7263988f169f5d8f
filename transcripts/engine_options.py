"""Which engine transcribes, with which model and how. Plain values: importing this loads no engine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

STEP_TIMEOUT = 1800.0
"""Seconds without progress after which an engine counts as hung: a batch of a large model on a slow machine takes minutes."""


class EngineName(StrEnum):
    """The available engines."""

    OPENAI_WHISPER = "openai-whisper"
    FASTER_WHISPER = "faster-whisper"


class Precision(StrEnum):
    """The number format of a model; ``auto`` is the fastest on this machine that gives the same text."""

    AUTO = "auto"
    INT8 = "int8"
    FLOAT32 = "float32"
    FLOAT16 = "float16"


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What ``transcripts.engine.factory`` needs to load an engine.

    ``batch``: windows to transcribe at once; None: the engine decides. ``step_timeout``: seconds without progress until it counts as hung.
    ``folder``: for the decoded audio; None: the system's temporary folder.
    """

    model: str = "base.en"
    engine: EngineName = EngineName.OPENAI_WHISPER
    precision: Precision = Precision.AUTO
    batch: int | None = None
    step_timeout: float = STEP_TIMEOUT
    folder: Path | None = None
