"""The folders that the user named on this machine, as an allowlist for reading files.

A catalog stores the path of an episode's file, but its content is untrusted: others filled it, it may be older than
this rule, or it was restored from somebody's backup. So a stored path alone permits nothing. It must lie below a folder
that was named on the command line. These folders are kept in the data folder, beside the catalog (``folders.jsonl``,
one JSON string per line; delete a line to revoke it).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from episodes.errors import FileRefused
from episodes.files.reading import read_regular, really_below

FILE = "folders.jsonl"
#: Bytes of the file.
LARGEST = 2**24


@dataclass(frozen=True, slots=True)
class Named:
    """The allowlist in ``record``. The file is created with the first folder; without it no folder is allowed."""

    record: Path | None = None

    @classmethod
    def of_home(cls, home: Path) -> Named:
        """Return the allowlist of a data folder."""
        return cls(home / FILE)

    def folders(self) -> tuple[Path, ...]:
        """Return all folders as they were named, each once."""
        if self.record is None or not self.record.exists():
            return ()
        lines = read_regular(self.record, LARGEST).splitlines()
        return tuple(dict.fromkeys(folder for line in lines if (folder := _folder(line))))

    def add(self, folder: Path) -> None:
        """Add a folder. One line is appended in one write, so two runs at once lose none.

        Raises:
            OSError: the file cannot be written.
        """
        folder = folder.absolute()
        if self.record is None or folder in self.folders():
            return
        self.record.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(self.record, flags, 0o600), "ab") as file:
            file.write(f"{json.dumps(str(folder))}\n".encode())

    def find(self, location: str) -> Path:
        """Return the regular file at a stored path if it lies below a named folder, links resolved.

        Raises:
            FileRefused: it is outside, leads outside, is no regular file, or does not exist.
        """
        path = Path(location)
        refused = FileRefused(location, "it is in no folder that was given to `nir import`")
        for folder in self.folders() if path.is_absolute() else ():
            try:
                return really_below(path, folder)
            except FileRefused as error:
                refused = error if path.is_relative_to(folder) else refused
        raise refused

    def read(self, location: str, most: int) -> bytes:
        """Read such a file, at most ``most`` bytes.

        Raises:
            FileRefused: as ``find``, or it is larger.
        """
        return read_regular(self.find(location), most)


def _folder(line: bytes) -> Path | None:
    """Parse a line; None if invalid, for example cut short by a killed process."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return Path(value) if isinstance(value, str) and value.startswith("/") else None
