"""Decoded audio in a temporary file, for random access: 16 kHz, mono, 16 bits, 115 MB an hour, deleted when closed.

The chunks of a file are transcribed in parallel, so audio is needed at many positions at once. Media files can hardly be sought exactly,
and hours of audio in memory are gigabytes. The file has no name where the system allows that, so even a killed process leaves nothing
behind. It is read by plain reads: the pages of a memory map would count as the process's memory.
"""

from __future__ import annotations

import contextlib
import errno
import tempfile
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import IO, TYPE_CHECKING

import numpy as np

from transcripts.audio import RATE, Audio, open_audio
from transcripts.errors import SpoolError

if TYPE_CHECKING:
    from transcripts.audio import Samples

BLOCK = 10.0
"""Seconds to decode at a time."""

FULL = 32768.0
"""The 16-bit number that represents a sample of 1."""

NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def spool(path: Path | str, folder: Path | str | None = None) -> Spool:
    """Decode a media file from front to back into a spool in ``folder``, created if needed (default: the system's temporary folder).

    Raises:
        MediaError: see ``open_audio``.
        SpoolError: the disk is full, or the folder cannot be written.
    """
    with open_audio(path) as audio:
        file = _create(folder)
        try:
            samples = _fill(file, audio)
        except BaseException:
            with contextlib.suppress(OSError):  # a full disk refuses the rest a second time
                file.close()
            raise
        return Spool(file, samples, audio.duration, audio.flaws)


class Spool:
    """Audio on disk until ``close``; made by ``spool``. Immutable, and safe to read from several threads.

    ``samples`` is its length. ``duration`` (the media's length in seconds) and ``flaws`` are those of ``Audio``.
    """

    def __init__(self, file: IO[bytes], samples: int, duration: float | None, flaws: tuple[str, ...]) -> None:
        self.samples = samples
        self.duration = duration
        self.flaws = flaws
        self._file = file
        self._lock = Lock()

    def read(self, first: int, count: int) -> Samples:
        """Return ``count`` samples from sample ``first`` (0 or more) on, zeros after the end."""
        here = max(min(count, self.samples - first), 0)
        sound = np.zeros(count, np.float32)
        with self._lock:
            self._file.seek(2 * first)
            read = self._file.read(2 * here)
        sound[:here] = np.frombuffer(read, np.dtype("<i2"))
        sound /= FULL
        return sound

    def close(self) -> None:
        """Delete the file."""
        self._file.close()

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _create(folder: Path | str | None) -> IO[bytes]:
    try:
        if folder:
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        return tempfile.TemporaryFile(prefix="nir-sound-", dir=folder)
    except OSError as error:
        raise SpoolError(folder or tempfile.gettempdir(), error.strerror or error) from error


def _fill(file: IO[bytes], audio: Audio) -> int:
    """Write all audio; return the number of samples."""
    at = 0
    try:
        while len(block := audio.read(at / RATE, BLOCK)):
            file.write(np.rint(block * FULL).clip(-FULL, FULL - 1).astype("<i2").tobytes())
            at += len(block)
        file.flush()
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise SpoolError(audio.path, f"the disk is full after {at / RATE / 60:.0f} minutes") from error
    return at
