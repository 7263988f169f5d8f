"""From the name of an engine to the engine, in a process of its own."""

from __future__ import annotations

from functools import partial

from transcripts.choice import Choice, EngineName
from transcripts.engine.child import Child
from transcripts.engine.interface import Engine


def open_engine(choice: Choice, *, progress: bool = False) -> Child:
    """The engine in a process of its own, not started yet; ``progress`` shows the bar of a model's download on stderr."""
    return Child(partial(load_here, choice, progress=progress), model=choice.model, patience=choice.patience)


def load_here(choice: Choice, *, progress: bool = False) -> Engine:
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
