"""Windows of a file on disk while it is heard without a catalog: what a killed hearing has heard is not heard again.

A text file, one step a line, its windows (see ``stored``) parted by tabs. A step is stored whole or not at all: a kill can leave half a
line at the end, which does not count.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from transcripts.engine.interface import Window
from transcripts.engine.window_json import read_window, write_window
from transcripts.errors import FormatError

#: The work folder may be one for everybody, as /tmp: a link that somebody else put there is not written through.
_APPENDING = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)


class WindowJournal:
    """The windows in a file, which is made with the first of them. It does not know what they were heard from.

    ``windows`` are those that were there at the beginning, each once.
    """

    def __init__(self, path: Path) -> None:
        """Read the file, if there is one; a broken end is cut off, and one that is none of ours is emptied."""
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
        """Keep the windows of one step; they are on the disk when this returns."""
        line = "\t".join(write_window(window) for window in windows)
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(self.path, _APPENDING, 0o600), "ab") as file:
            file.write(f"{line}\n".encode())
            file.flush()
            os.fsync(file.fileno())

    def remove(self) -> None:
        """Let go of them; more than once does no harm."""
        self.path.unlink(missing_ok=True)


def _windows(lines: bytes) -> Iterator[Window]:
    for line in lines.decode().splitlines():
        yield from map(read_window, line.split("\t"))
