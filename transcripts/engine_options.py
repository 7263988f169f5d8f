"""Which engine hears, with which model, as a person names it. Plain values: naming an engine loads none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

STEP_TIMEOUT = 1800.0
"""Seconds without a step after which an engine counts as hung: a batch of a large model on a slow machine takes minutes."""


class EngineName(StrEnum):
    """The engines there are."""

    OPENAI_WHISPER = "openai-whisper"
    FASTER_WHISPER = "faster-whisper"


class Precision(StrEnum):
    """How finely a model counts; ``auto`` takes what is fastest on this machine and still hears the same."""

    AUTO = "auto"
    INT8 = "int8"
    FLOAT32 = "float32"
    FLOAT16 = "float16"


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """An engine that ``transcripts.engine.factory`` can load.

    ``batch``: windows heard at once, None leaves it to the engine. ``folder``: where decoded sound lies while it is heard, None is the
    system's for temporary files.
    """

    model: str = "base.en"
    engine: EngineName = EngineName.OPENAI_WHISPER
    precision: Precision = Precision.AUTO
    batch: int | None = None
    step_timeout: float = STEP_TIMEOUT
    folder: Path | None = None
