"""From the name of an engine to the engine, in a process of its own."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from pathlib import Path

from transcripts.engine.interface import Engine
from transcripts.engine.worker import WorkerEngine
from transcripts.engine_options import EngineName, EngineOptions

PASSIVE_WAIT = {"OMP_WAIT_POLICY": "PASSIVE"}
"""torch's threads sleep while they wait for each other. By default they turn in circles for milliseconds, which on a busy machine takes
from those they wait for: 11 s of speech cost 5.5 to 6.8 s of CPU so, and 4.2 to 5.4 with this (two cores, five other processes)."""


def open_engine(choice: EngineOptions, *, progress: bool = False, preload: bool = False) -> WorkerEngine:
    """The engine in a process of its own, which starts when it is first needed or, and waits for nobody, ``preload``.

    ``progress`` shows the bar of a model's download on stderr.
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
    """The model's file or folder; None where it is not on this machine and its first use downloads it. Loads no model.

    Raises:
        ModelError: there is no such model, or its engine is not installed.
    """
    if choice.engine is EngineName.FASTER_WHISPER:
        from transcripts.engine.faster_whisper import locate as locate_faster

        return locate_faster(choice.model)
    from transcripts.engine.openai_whisper.checkpoint import locate as locate_checkpoint

    return locate_checkpoint(choice.model)


def faster_whisper_models() -> tuple[Path, list[str]] | None:
    """Where faster-whisper keeps its downloads, and the names of those that are there; None if it is not installed."""
    if find_spec("faster_whisper") is None:
        return None
    from huggingface_hub.constants import HF_HUB_CACHE

    folder = Path(HF_HUB_CACHE)
    found = sorted(one.name.removeprefix("models--").replace("--", "/") for one in folder.glob("models--*whisper*"))
    return folder, found


def load_in_process(choice: EngineOptions, *, progress: bool = False) -> Engine:
    """The engine loaded into this process.

    Raises:
        ModelError: there is no such model, or its engine is not installed.
    """
    if choice.engine is EngineName.FASTER_WHISPER:
        from transcripts.engine.faster_whisper import load as load_faster

        return load_faster(choice.model, choice.precision)
    from transcripts.engine.openai_whisper import load

    precision = str(choice.precision)
    return load(choice.model, progress=progress, precision=precision, batch=choice.batch, folder=choice.folder)
