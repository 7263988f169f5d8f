"""Write an output file that the user named, atomically: it is written whole or not at all.

An existing file keeps its mode, and its owner if we may set it. Links are followed and stay. Devices, FIFOs and the
process's own descriptors (/dev/stdout) are written into. Until the end the content is in a temporary file in the same
folder, under a random name, so that nobody can have prepared a link there.
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

#: Where the kernel lists a process's open files (/dev/stdout is a link to there). Nothing there is ever replaced.
_OPEN = (Path("/proc"), Path("/dev/fd"))
#: Links followed in a row: the kernel's limit.
_MOST_LINKS = 40


def check(target: Path) -> None:
    """Check that ``written`` will be able to write ``target``. Call it before long work.

    Raises:
        Usage: the folder does not exist, the target is a folder, or we may not write there.
    """
    place, mode = _place(target)
    if mode is not None and stat.S_ISDIR(mode):
        raise Usage(target, "it is a folder; name a file")
    if mode is not None and not os.access(target, os.W_OK):
        raise Usage(target, "it is not writable; name another file")
    if _is_direct(target, mode):
        return
    if not place.parent.is_dir():
        raise Usage(target, "there is no such folder")
    if not os.access(place.parent, os.W_OK | os.X_OK):
        raise Usage(target, f"the folder {place.parent} is not writable; name a file elsewhere")


@contextmanager
def written(target: Path) -> Iterator[TextIO]:
    """Yield a text stream to ``target``: UTF-8, line ends unchanged.

    Raises:
        Usage: as ``check``.
        OSError: it cannot be written; an existing file is unchanged then.
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
    """Put the name that the user gave into errors; closing a file on a full device gives none."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename if error.filename and ".part" not in str(error.filename) else str(target)
        raise


@contextmanager
def beside(target: Path, mode: int | None = None) -> Iterator[Path]:
    """Yield a new empty file in the folder of ``target``; rename it to ``target`` at the end.

    After an error it is deleted. From the start it has the mode of the file that it replaces; a new file has ``mode``,
    by default what the umask leaves.
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
    """Give the new file the owner of the old one, if permitted, and then its mode."""
    if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
        with suppress(OSError):
            os.fchown(number, before.st_uid, before.st_gid)
    os.fchmod(number, stat.S_IMODE(before.st_mode) & 0o777)


def _place(target: Path) -> tuple[Path, int | None]:
    """Resolve links; return the path and the mode of what is there (None if nothing is)."""
    found = _stat(target)
    try:
        return target.resolve(), found.st_mode if found else None
    except (OSError, RuntimeError) as error:
        raise Usage(target, "its links form a loop") from error


def _is_direct(target: Path, mode: int | None) -> bool:
    """True if ``target`` is written into and not replaced: no regular file, or a kernel name of an open file."""
    if mode is None or stat.S_ISDIR(mode):
        return False
    return not stat.S_ISREG(mode) or _is_open(target)


def _is_open(target: Path) -> bool:
    """True if ``target``, or a link on the way, is a kernel name of an open file."""
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
        raise Usage(target, "no file can have this name") from error
