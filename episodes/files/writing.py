"""One file that a person named, written whole or not at all.

A file that is there keeps its mode, and its owner where we may give it; a link is followed, and stays; a device, a FIFO or one of
the process's own descriptors (/dev/stdout) is written into. What is written lies beside its place meanwhile, under a name that nobody
can foretell, so that nobody can have put a link there.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from episodes.errors import Usage

#: Where the kernel names what a process has open (/dev/stdout is a link to there): nothing there is ever replaced.
_OPEN = (Path("/proc"), Path("/dev/fd"))
#: Links in a row that are followed, as the kernel does.
_MOST_LINKS = 40


def check(target: Path) -> None:
    """Whether ``written`` will be able to: to be asked before long work.

    Raises:
        Usage: there is no such folder, it is one, or it may not be written.
    """
    place, mode = _place(target)
    if mode is not None and stat.S_ISDIR(mode):
        raise Usage(target, "it is a folder; name a file")
    if mode is not None and not os.access(target, os.W_OK):
        raise Usage(target, "it may not be written to; name another file")
    if _is_direct(target, mode):
        return
    if not place.parent.is_dir():
        raise Usage(target, "there is no such folder")
    if not os.access(place.parent, os.W_OK | os.X_OK):
        raise Usage(target, f"the folder {place.parent} may not be written to; name a file elsewhere")


@contextmanager
def written(target: Path) -> Iterator[TextIO]:
    """A stream of text to ``target``, UTF-8, lines as they are given.

    Raises:
        Usage: as ``check``.
        OSError: it cannot be written; then a file that was there is as it was.
    """
    check(target)
    place, mode = _place(target)
    with _called(target):
        if _is_direct(target, mode):
            number = os.open(target, os.O_WRONLY | os.O_APPEND | os.O_NOCTTY)
            with os.fdopen(number, "w", encoding="utf-8", newline="") as stream:
                yield stream
            return
        with beside(place) as part, part.open("w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())


@contextmanager
def _called(target: Path) -> Iterator[None]:
    """What goes wrong is told by the name that the person gave; a full device names nothing when it is closed."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename if error.filename and ".part" not in str(error.filename) else str(target)
        raise


@contextmanager
def beside(target: Path, mode: int | None = None) -> Iterator[Path]:
    """A new and empty file in the folder of ``target``, which takes its place at the end; after an error it is gone, and all is as it was.

    It has the mode of the file whose place it takes, from the start; a new one that which ``mode`` says, else what the umask leaves.
    """
    before = _stat(target)
    part = target.with_name(f".{target.name[:200]}.{secrets.token_hex(8)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    number = os.open(part, flags, 0o600 if before else 0o666 if mode is None else mode)
    try:
        with os.fdopen(number, "wb"):
            if before:
                _take_over(number, before)
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _take_over(number: int, before: os.stat_result) -> None:
    """Give the new file the owner of the old one, where we may, and then its mode."""
    if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
        with suppress(OSError):
            os.fchown(number, before.st_uid, before.st_gid)
    os.fchmod(number, stat.S_IMODE(before.st_mode) & 0o777)


def _place(target: Path) -> tuple[Path, int | None]:
    """Where links lead in the end, and the mode of what is there; None where nothing is."""
    found = _stat(target)
    try:
        return target.resolve(), found.st_mode if found else None
    except (OSError, RuntimeError) as error:
        raise Usage(target, "its links lead in a circle") from error


def _is_direct(target: Path, mode: int | None) -> bool:
    """Whether it is written into: what is there is no regular file, or is the kernel's own name of an open one."""
    if mode is None or stat.S_ISDIR(mode):
        return False
    return not stat.S_ISREG(mode) or _is_open(target)


def _is_open(target: Path) -> bool:
    """Whether it, or a link that it leads through, is the name of what a process has open."""
    for _ in range(_MOST_LINKS):
        if any(target.absolute().is_relative_to(place) for place in _OPEN):
            return True
        if not target.is_symlink():
            return False
        target = target.parent / target.readlink()
    return False


def _stat(target: Path) -> os.stat_result | None:
    try:
        return target.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Usage(target, (error.strerror or str(error)).lower()) from error
    except ValueError as error:
        raise Usage(target, "no file has such a name") from error
