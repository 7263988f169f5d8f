"""One media file into words, without a catalog."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from episodes.pipeline.tally import Tally
from episodes.values import EpisodeInfo, Progress
from transcripts.engine import Engine, Options, Window, transcribe
from transcripts.words import Transcript


def transcribe_file(engine: Engine, file: Path, options: Options, tell: Callable[[Progress], None]) -> Transcript:
    """Hear the file, telling how far it is.

    Raises:
        TranscriptError: the model is missing, the file holds no sound, or the engine dies of it.
    """
    engine.signature  # noqa: B018 - a model that is missing is said before anything else
    tally = Tally([EpisodeInfo(str(file), file.stem, file.name)])

    def on_window(window: Window) -> None:
        for far in tally.hear(str(file), window.end - window.start, window.duration):
            tell(far)

    for far in tally.begin(str(file), 0):
        tell(far)
    return transcribe(engine, file, options, on_window)
