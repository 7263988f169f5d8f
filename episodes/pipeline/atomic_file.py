"""Create a file atomically: it appears complete or not at all, and never replaces another.

It is written in a temporary folder beside its target, which is locked while in use, and gets its name by a hard link: of two writers with
the same name one succeeds, the other gets an error. A killed writer leaves the folder and no file; the next writer in the same place finds
the folder unlocked and removes it.
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

#: Names of the temporary folders; an unlocked one was left by a killed writer.
PREFIX, SUFFIX = ".nir-backup-", ".part"


@contextmanager
def atomic_file(file: Path) -> Iterator[Path]:
    """Yield an empty file, private to its owner, that becomes ``file`` at the end of the block.

    Raises:
        Usage: The name exists, at the beginning or at the end.
        OSError: The folder is not writable.
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
    except OSError:  # a file system without hard links: an empty file, which is not a backup, reserves the name first
        try:
            taken = os.open(file, os.O_CREAT | os.O_EXCL, sqlite_file.PRIVATE_FILE)
        except FileExistsError:
            _check(file)
            raise
        os.close(taken)
        part.replace(file)


@contextmanager
def _folder(parent: Path) -> Iterator[Path]:
    """A temporary folder, locked while in use, removed afterwards."""
    while True:  # between mkdtemp and the lock, another writer may remove it as a leftover
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
    """Remove the folders of killed writers."""
    if os.name != "posix":
        return  # without locks, folders in use and leftovers look alike
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
    """Flush content and name to disk (fsync), to survive a power cut; some systems cannot do this for folders."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
