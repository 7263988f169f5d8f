"""A model's name to an engine. It imports the engine when asked: the program's parent process loads neither numpy nor PyAV."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from transcripts.engine.openai_whisper import checkpoint

if TYPE_CHECKING:
    from transcripts.engine.openai_whisper.engine import WhisperEngine


def load(
    model: str,
    *,
    device: str | None = None,
    progress: bool = False,
    precision: str = "auto",
    batch: int | None = None,
    folder: Path | None = None,
) -> WhisperEngine:
    """Load a Whisper model as an engine; arguments and errors are those of ``checkpoint.read``, ``Decoder`` and the engine."""
    from transcripts.engine.openai_whisper.engine import WhisperEngine

    name, weights = checkpoint.read(model, device=device, progress=progress)
    return WhisperEngine(name, weights, precision, batch=batch, folder=folder)
