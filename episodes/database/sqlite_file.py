"""A SQLite file as a catalog: its address, its rights, and how it is opened where it cannot be written.

What is made is its owner's alone: the file 0600 (SQLite gives its -wal and -shm the rights of the file), a new folder 0700. What is there
already keeps its rights. A catalog in WAL mode that lies where nothing can be written (a read-only mount, another user's folder) is
opened with ``immutable``, since there is no place for the shared memory that its readers otherwise need; where a writer elsewhere has
left its -wal and -shm, SQLite reads by them instead. https://www.sqlite.org/wal.html#read_only_databases
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import URL

from episodes.errors import DatabaseUnreachable, NotAllowed

#: For the owner alone.
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


def url_of(file: Path) -> URL:
    """The address of a file, whatever characters its name has."""
    return URL.create("sqlite", database=str(file))


def file_of(url: URL) -> Path | None:
    """The file behind an address; None for one in memory, one in SQLite's own ``file:`` form, and one that cannot be."""
    if not url.database or url.database == ":memory:" or url.query.get("uri") or url.host or url.username:
        return None
    return Path(url.database).absolute()


def create_folder(folder: Path) -> None:
    """The folder, its owner's alone where it is new.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)


def create_file(file: Path) -> None:
    """The file, empty, its owner's alone; one that is there is left as it is."""
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE))


def writable(file: Path) -> bool:
    """Whether a catalog can be written there: the file, where there is one, and its folder, which holds the journal."""
    return os.access(file.parent, os.W_OK) and (not file.exists() or os.access(file, os.W_OK))


def read_only_uri(file: Path) -> str:
    """SQLite's address for reading a file that cannot be written.

    Raises:
        DatabaseUnreachable: there is no such file.
        NotAllowed: its last changes lie in a -wal that cannot be read there.
    """
    if not file.exists():
        raise DatabaseUnreachable(file, "there is no such file, and none can be made there")
    log = sidecar(file, "-wal")
    if os.access(file.parent, os.W_OK) or (log.exists() and sidecar(file, "-shm").exists()):
        return uri(file)
    if log.exists() and log.stat().st_size:
        raise NotAllowed(
            file, f"its last changes lie in {log.name}, which is not read in a folder that cannot be written; copy both"
        )
    return uri(file, immutable=True)


def uri(file: Path, *, immutable: bool = False) -> str:
    """SQLite's own address for opening a file without writing it; ``immutable`` for one that nobody else writes meanwhile."""
    return f"file:{quote(os.fsencode(file.absolute()))}?mode=ro{'&immutable=1' if immutable else ''}"


def sidecar(file: Path, suffix: str) -> Path:
    """What SQLite keeps beside a file: ``-wal``, ``-shm``, ``-journal``."""
    return file.with_name(file.name + suffix)
