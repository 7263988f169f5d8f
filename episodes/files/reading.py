"""Files as they are read: regular ones only, links resolved, never more bytes than expected.

A device, a FIFO or a socket is never opened: reading from one may never end, and opening alone may wait for ever. What was looked at is
looked at again when it is open, so that nothing else can be put in its place meanwhile.
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
    """The regular file that a path leads to, links resolved; it lies below ``folder``, whose own links are resolved as well.

    Raises:
        FileRefused: it leads elsewhere, is no regular file, or is not there.
    """
    there = _resolved(path)
    if not there.is_relative_to(_resolved(folder)):
        what = "it is a link that leads" if path.is_symlink() else "it lies"
        raise FileRefused(path, f"{what} outside of the folder {folder}")
    check_regular(there, path)
    return there


def check_regular(there: Path, named: Path | None = None) -> None:
    """See that it is a regular file, without opening it; ``named`` is what an error calls it.

    Raises:
        FileRefused: it is none, or not there.
    """
    try:
        mode = there.stat().st_mode
    except (OSError, ValueError) as error:
        raise FileRefused(named or there, _why(error)) from error
    _check(mode, named or there)


def open_regular(path: Path) -> BufferedReader:
    """A regular file, opened to be read; ``path`` itself may be a link.

    Raises:
        FileRefused: it is none, or not there.
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
    """All of a regular file, of ``most`` bytes or fewer.

    Raises:
        FileRefused: it is none, not there, cannot be read, or is larger.
    """
    with open_regular(path) as file:
        return read_all(file, most, path)


def read_all(file: BinaryIO, most: int, path: Path) -> bytes:
    """What is left of an open file, of ``most`` bytes or fewer; also of a device or a FIFO that a person named.

    Raises:
        FileRefused: there is more, or it cannot be read.
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
        raise FileRefused(path, f"{what}, and no regular file")


def _why(error: Exception) -> str:
    """An error in a few words: a loop of links is a RuntimeError on older Pythons, a NUL in a name a ValueError."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return "its links lead in a circle" if isinstance(error, RuntimeError) else "no file has such a name"
