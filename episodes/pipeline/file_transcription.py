"""One media file into words, without a catalog.

What is heard is kept in the work folder until the words are written: a killed hearing goes on where it was, and brings the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from episodes.catalog.checksums import checksum
from episodes.catalog.resuming import STALE_AFTER, options_checksum
from episodes.pipeline.transcription_progress import TranscriptionProgress
from episodes.values import EpisodeInfo, Progress
from transcripts.engine import Engine, Job, Options, Window, collect
from transcripts.engine.window_journal import WindowJournal
from transcripts.words import Transcript

SUFFIX = ".heard"


@dataclass(frozen=True)
class FileTranscription:
    """A file that is to be heard, and what an earlier run heard of it in the same way."""

    engine: Engine
    file: Path
    options: Options
    kept: WindowJournal

    @property
    def seconds_before(self) -> float:
        """How much an earlier run heard."""
        return sum(window.end - window.start for window in self.kept.windows)

    def transcript(self, tell: Callable[[Progress], None]) -> Transcript:
        """Hear what is left, telling how far it is. The windows stay until ``kept.remove``.

        Raises:
            TranscriptError: the file holds no sound, or the engine dies of it.
        """
        progress = TranscriptionProgress([EpisodeInfo(str(self.file), self.file.stem, self.file.name)])
        for far in progress.begin(str(self.file), self.seconds_before):
            tell(far)
        heard = list(self.kept.windows)
        for window in self._windows():
            heard.append(window)
            for far in progress.advance(str(self.file), window.end - window.start, window.duration):
                tell(far)
        return collect(self.engine.name, heard)

    def _windows(self) -> Iterator[Window]:
        for step in self.engine.transcribe([Job(str(self.file), self.file, self.options, self.kept.windows)]):
            if new := [one.window for one in step.transcribed]:
                self.kept.add(new)
                yield from new
            for ended in step.ended:
                if ended.error:
                    raise ended.error


def open_transcription(
    engine: Engine, file: Path, options: Options, folder: Path, now: datetime, *, anew: bool = False
) -> FileTranscription:
    """Look at the file, load the model, and find in ``folder`` what an earlier run heard, unless it is to be heard ``anew``.

    Raises:
        OSError: there is no such file.
        ModelError: the model is missing or is none.
    """
    state = file.stat()
    options_digest = options_checksum(options, engine.signature, state.st_size)
    _forget_stale(folder, now)
    path = folder / f"{checksum(str(file.absolute()), state.st_mtime_ns, options_digest)}{SUFFIX}"
    if anew:
        path.unlink(missing_ok=True)
    return FileTranscription(engine, file, options, WindowJournal(path))


def _forget_stale(folder: Path, now: datetime) -> None:
    """Remove what nobody went on with."""
    for path in folder.glob(f"*{SUFFIX}"):
        if path.stat().st_mtime < (now - STALE_AFTER).timestamp():
            path.unlink(missing_ok=True)
