"""A new file that appears whole or not at all, and never in the place of another.

It is written in a folder of its own beside its place, which a lock marks as in use, and gets its name by a hard link: of two that want the
same name one has it, the other learns so. A kill leaves that folder and no file; the next writer in the place sees that nobody
holds the lock and removes it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from episodes.database import sqlite_file
from episodes.errors import Usage

if os.name == "posix":
    import fcntl

#: How the folders are named; whatever lies in one without a lock is what a kill left.
PREFIX, SUFFIX = ".nir-backup-", ".part"


@contextmanager
def atomic_file(file: Path) -> Iterator[Path]:
    """Where to write what becomes ``file`` at the end of the block: an empty file of its owner alone, alone in its folder.

    Raises:
        Usage: something has that name, now or at the end.
        OSError: the folder cannot be written.
    """
    _check(file)
    sqlite_file.create_folder(file.absolute().parent)
    _tidy(file.absolute().parent)
    with _folder(file.absolute().parent) as folder:
        part = folder / "backup.db"
        sqlite_file.create_file(part)
        yield part
        _to_disk(part)
        _name(part, file)
    _to_disk(file.absolute().parent)


def _check(file: Path) -> None:
    if os.path.lexists(file):
        raise Usage(file, "the file exists already; name another")


def _name(part: Path, file: Path) -> None:
    try:
        os.link(part, file)
    except FileExistsError:
        _check(file)
        raise
    except OSError:  # a file system without hard links: the name is taken first, by an empty file that is no backup
        try:
            taken = os.open(file, os.O_CREAT | os.O_EXCL, sqlite_file.PRIVATE_FILE)
        except FileExistsError:
            _check(file)
            raise
        os.close(taken)
        part.replace(file)


@contextmanager
def _folder(parent: Path) -> Iterator[Path]:
    """A folder of our own, locked while it is in use, and gone afterwards."""
    while True:  # between its making and its lock another may take it for a leftover
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, suffix=SUFFIX, dir=parent))
        try:
            lock = _locked(folder, wait=True)
        except FileNotFoundError:
            continue
        if folder.exists():
            break
        _unlock(lock)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _unlock(lock)


def _tidy(parent: Path) -> None:
    """Remove what killed writers have left."""
    if os.name != "posix":
        return  # without locks nobody knows what is left over
    for folder in parent.glob(f"{PREFIX}*{SUFFIX}"):
        with suppress(OSError):
            lock = _locked(folder, wait=False)
            shutil.rmtree(folder, ignore_errors=True)
            _unlock(lock)


def _locked(folder: Path, *, wait: bool) -> int | None:
    if os.name != "posix":
        return None
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise
    return lock


def _unlock(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


def _to_disk(path: Path) -> None:
    """So that a power cut takes neither the content nor the name; some systems do not know it for folders."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
