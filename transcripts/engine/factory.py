"""Create the engine that ``EngineOptions`` describe, in a worker process."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from pathlib import Path

from transcripts.engine.interface import Engine
from transcripts.engine.worker import WorkerEngine
from transcripts.engine_options import EngineName, EngineOptions

PASSIVE_WAIT = {"OMP_WAIT_POLICY": "PASSIVE"}
"""Let torch's threads sleep while they wait for each other. By default they spin for milliseconds, which on a busy
machine takes time from the threads they wait for: 11 s of speech cost 5.5 to 6.8 s of CPU that way, and 4.2 to 5.4
with this setting (two cores, five other processes)."""


def open_engine(choice: EngineOptions, *, progress: bool = False, preload: bool = False) -> WorkerEngine:
    """Return the engine in a worker process.

    The process starts when it is first needed; with ``preload`` it starts now, without blocking. ``progress`` shows the
    progress bar of a model download on stderr.
    """
    worker = WorkerEngine(
        partial(load_in_process, choice, progress=progress),
        model=choice.model,
        step_timeout=choice.step_timeout,
        environment=PASSIVE_WAIT if choice.engine is EngineName.OPENAI_WHISPER else {},
    )
    if preload:
        worker.spawn()
    return worker


def locate(choice: EngineOptions) -> Path | None:
    """Return the model's file or folder, or None if its first use downloads it. Loads no model.

    Raises:
        ModelError: unknown model, or its engine is not installed.
    """
    if choice.engine is EngineName.FASTER_WHISPER:
        from transcripts.engine.faster_whisper import locate as locate_faster

        return locate_faster(choice.model)
    from transcripts.engine.openai_whisper.checkpoint import locate as locate_checkpoint

    return locate_checkpoint(choice.model)


def faster_whisper_models() -> tuple[Path, list[str]] | None:
    """Return faster-whisper's download folder and the models in it, or None if it is not installed."""
    if find_spec("faster_whisper") is None:
        return None
    from huggingface_hub.constants import HF_HUB_CACHE

    folder = Path(HF_HUB_CACHE)
    found = sorted(one.name.removeprefix("models--").replace("--", "/") for one in folder.glob("models--*whisper*"))
    return folder, found


def load_in_process(choice: EngineOptions, *, progress: bool = False) -> Engine:
    """Load the engine into this process.

    Raises:
        ModelError: unknown model, or its engine is not installed.
    """
    if choice.engine is EngineName.FASTER_WHISPER:
        from transcripts.engine.faster_whisper import load as load_faster

        return load_faster(choice.model, choice.precision)
    from transcripts.engine.openai_whisper import load

    precision = str(choice.precision)
    return load(choice.model, progress=progress, precision=precision, batch=choice.batch, folder=choice.folder)
