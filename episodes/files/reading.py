"""Read regular files only, with links resolved and a size limit.

Devices, FIFOs and sockets are never opened: reading one may never end, and even opening can block for ever. A file is
checked before and after it is opened, so it cannot be swapped in between (TOCTOU).
"""

from __future__ import annotations

import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from episodes.errors import FileRefused

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_KINDS = (
    (stat.S_ISDIR, "it is a folder"), (stat.S_ISFIFO, "it is a FIFO"), (stat.S_ISSOCK, "it is a socket"),
    (stat.S_ISCHR, "it is a device"), (stat.S_ISBLK, "it is a device"),
)  # fmt: skip


def really_below(path: Path, folder: Path) -> Path:
    """Resolve a path to a regular file below ``folder``; the folder's own links are resolved as well.

    Raises:
        FileRefused: it leads outside, is no regular file, or does not exist.
    """
    there = _resolved(path)
    if not there.is_relative_to(_resolved(folder)):
        what = "it is a link that leads" if path.is_symlink() else "it lies"
        raise FileRefused(path, f"{what} outside of the folder {folder}")
    check_regular(there, path)
    return there


def check_regular(there: Path, named: Path | None = None) -> None:
    """Check that ``there`` is a regular file, without opening it. Errors name ``named`` instead, if given.

    Raises:
        FileRefused: it is no regular file, or does not exist.
    """
    try:
        mode = there.stat().st_mode
    except (OSError, ValueError) as error:
        raise FileRefused(named or there, _why(error)) from error
    _check(mode, named or there)


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file for reading; ``path`` may be a link to one.

    Raises:
        FileRefused: it is no regular file, or does not exist.
    """
    there = _resolved(path)
    check_regular(there, path)
    try:
        number = os.open(there, _FLAGS)
    except OSError as error:
        raise FileRefused(path, _why(error)) from error
    file = os.fdopen(number, "rb")
    try:
        _check(os.fstat(number).st_mode, path)
    except FileRefused:
        file.close()
        raise
    return file


def read_regular(path: Path, most: int) -> bytes:
    """Read a whole regular file, at most ``most`` bytes.

    Raises:
        FileRefused: it is no regular file, does not exist, cannot be read, or is larger.
    """
    with open_regular(path) as file:
        return read_all(file, most, path)


def read_all(file: BinaryIO, most: int, path: Path) -> bytes:
    """Read the rest of an open file, at most ``most`` bytes. It may be a device or FIFO that the user named.

    Raises:
        FileRefused: it is larger, or cannot be read.
    """
    try:
        content = file.read(most + 1)
    except OSError as error:
        raise FileRefused(path, _why(error)) from error
    if len(content) > most:
        raise FileRefused(path, f"it is larger than {most / 2**20:g} MB")
    return content


def _resolved(path: Path) -> Path:
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise FileRefused(path, _why(error)) from error


def _check(mode: int, path: Path) -> None:
    if not stat.S_ISREG(mode):
        what = next((said for is_kind, said in _KINDS if is_kind(mode)), "it is something else")
        raise FileRefused(path, f"{what}, not a regular file")


def _why(error: Exception) -> str:
    """Describe an error briefly. A loop of links is a RuntimeError on older Pythons, a NUL in a name a ValueError."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return "its links form a loop" if isinstance(error, RuntimeError) else "no file can have this name"
