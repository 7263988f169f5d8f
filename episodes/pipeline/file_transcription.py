"""Transcribe one media file, without a catalog.

Finished windows are kept in the work folder until the transcript is written: a killed transcription resumes where it was and produces the
same bytes.
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
    """A file to transcribe, with the windows that an earlier run finished with the same options."""

    engine: Engine
    file: Path
    options: Options
    journal: WindowJournal

    @property
    def seconds_before(self) -> float:
        """Seconds that an earlier run has transcribed."""
        return sum(window.end - window.start for window in self.journal.windows)

    def transcript(self, report: Callable[[Progress], None]) -> Transcript:
        """Transcribe the rest, calling ``report`` with the progress. The windows stay on disk until ``journal.remove``.

        Raises:
            TranscriptError: The file has no audio, or the engine dies on it.
        """
        progress = TranscriptionProgress([EpisodeInfo(str(self.file), self.file.stem, self.file.name)])
        for one in progress.begin(str(self.file), self.seconds_before):
            report(one)
        finished = list(self.journal.windows)
        for window in self._windows():
            finished.append(window)
            for one in progress.advance(str(self.file), window.end - window.start, window.duration):
                report(one)
        return collect(self.engine.name, finished)

    def _windows(self) -> Iterator[Window]:
        for step in self.engine.transcribe([Job(str(self.file), self.file, self.options, self.journal.windows)]):
            if new := [one.window for one in step.transcribed]:
                self.journal.add(new)
                yield from new
            for ended in step.ended:
                if ended.error:
                    raise ended.error


def open_transcription(
    engine: Engine, file: Path, options: Options, folder: Path, now: datetime, *, anew: bool = False
) -> FileTranscription:
    """Load the model and find the windows of an earlier run in ``folder``; with ``anew`` they are removed.

    Raises:
        OSError: The file does not exist.
        ModelError: The model is missing or invalid.
    """
    state = file.stat()
    options_digest = options_checksum(options, engine.signature, state.st_size)
    _forget_stale(folder, now)
    path = folder / f"{checksum(str(file.absolute()), state.st_mtime_ns, options_digest)}{SUFFIX}"
    if anew:
        path.unlink(missing_ok=True)
    return FileTranscription(engine, file, options, WindowJournal(path))


def _forget_stale(folder: Path, now: datetime) -> None:
    """Remove windows that no run has continued for ``STALE_AFTER``."""
    for path in folder.glob(f"*{SUFFIX}"):
        if path.stat().st_mtime < (now - STALE_AFTER).timestamp():
            path.unlink(missing_ok=True)
