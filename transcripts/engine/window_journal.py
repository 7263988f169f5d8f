"""An append-only file of transcribed windows: a run without a catalog resumes after a kill.

A text file with one step a line; the windows of a step (see ``window_json``) are separated by tabs. A step is stored
whole or not at all: after a kill the last line may be incomplete and is ignored.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from transcripts.engine.interface import Window
from transcripts.engine.window_json import read_window, write_window
from transcripts.errors import FormatError

#: The work folder may be world-writable, as /tmp: do not follow another user's symbolic link.
_APPENDING = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)


class WindowJournal:
    """A file of windows, created with the first of them. Does not record which media file they belong to.

    ``windows`` are those that the file held at the beginning, without duplicates.
    """

    def __init__(self, path: Path) -> None:
        """Read the file if it exists. Cut off an incomplete last line; empty a file of another format."""
        self.path = path
        self.windows: tuple[Window, ...] = ()
        if path.is_file():
            self._read(path.read_bytes())

    def _read(self, content: bytes) -> None:
        whole = content[: content.rfind(b"\n") + 1]
        try:
            self.windows = tuple(dict.fromkeys(_windows(whole)))
        except (FormatError, UnicodeDecodeError):
            whole = b""
        if whole != content:
            os.truncate(self.path, len(whole))

    def add(self, windows: Iterable[Window]) -> None:
        """Append the windows of one step. They are on disk when this returns."""
        line = "\t".join(write_window(window) for window in windows)
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(self.path, _APPENDING, 0o600), "ab") as file:
            file.write(f"{line}\n".encode())
            file.flush()
            os.fsync(file.fileno())

    def remove(self) -> None:
        """Delete the file. Deleting it twice does no harm."""
        self.path.unlink(missing_ok=True)


def _windows(lines: bytes) -> Iterator[Window]:
    for line in lines.decode().splitlines():
        yield from map(read_window, line.split("\t"))
