"""The folders that people named on this machine, and the files below them.

A catalog says of an episode where its file lies, but a catalog is filled by others, may be older than this rule, or may have been restored
from somebody's backup. So what it says is no leave to read: only a folder that was named on this command line is, and these are kept beside
the catalog, in the data folder (``folders.jsonl``, one JSON text a line; a line taken out takes the leave back).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from episodes.errors import FileRefused
from episodes.files.reading import read_regular, really_below

FILE = "folders.jsonl"
#: Bytes of the list.
LARGEST = 2**24


@dataclass(frozen=True, slots=True)
class Named:
    """The list in a file, which is made with the first folder; without a file no folder was named."""

    record: Path | None = None

    @classmethod
    def of_home(cls, home: Path) -> Named:
        """That of a data folder."""
        return cls(home / FILE)

    def folders(self) -> tuple[Path, ...]:
        """All of them, as they were named, each once."""
        if self.record is None or not self.record.exists():
            return ()
        lines = read_regular(self.record, LARGEST).splitlines()
        return tuple(dict.fromkeys(folder for line in lines if (folder := _folder(line))))

    def add(self, folder: Path) -> None:
        """Note that a person named this folder; one line is appended at once, so that two runs lose none.

        Raises:
            OSError: it cannot be written down.
        """
        folder = folder.absolute()
        if self.record is None or folder in self.folders():
            return
        self.record.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(self.record, flags, 0o600), "ab") as file:
            file.write(f"{json.dumps(str(folder))}\n".encode())

    def find(self, location: str) -> Path:
        """The regular file that a catalog calls so, if it really lies below a folder that was named; links are resolved.

        Raises:
            FileRefused: it lies in none, leads elsewhere, is no regular file, or is not there.
        """
        path = Path(location)
        refused = FileRefused(location, "it lies in no folder that `nir import` was given")
        for folder in self.folders() if path.is_absolute() else ():
            try:
                return really_below(path, folder)
            except FileRefused as error:
                refused = error if path.is_relative_to(folder) else refused
        raise refused

    def read(self, location: str, most: int) -> bytes:
        """The content of such a file, of ``most`` bytes or fewer.

        Raises:
            FileRefused: as ``find``; or it is larger, or empty.
        """
        return read_regular(self.find(location), most)


def _folder(line: bytes) -> Path | None:
    """The folder of a line; None for what is none, as a line that a kill left half."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return Path(value) if isinstance(value, str) and value.startswith("/") else None
