"""A catalog's SQLite file: its URL, its permissions, and how to open one without write permission.

New files are private to their owner: 0600 (SQLite gives -wal and -shm the permissions of the file), and 0700 for a new folder. Existing
ones keep their permissions. A catalog in WAL mode where nothing can be written (a read-only mount, another user's folder) is opened with
``immutable``, since readers otherwise need to create shared memory there; if a writer has left -wal and -shm, SQLite reads with those
instead. https://www.sqlite.org/wal.html#read_only_databases
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import URL

from episodes.errors import DatabaseUnreachable, NotAllowed

#: Permissions: owner only.
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


def url_of(file: Path) -> URL:
    """Return the database URL of a file, whatever characters its name has."""
    return URL.create("sqlite", database=str(file))


def file_of(url: URL) -> Path | None:
    """Return the file of a database URL; None for in-memory databases, SQLite's own ``file:`` URIs, and invalid URLs."""
    if not url.database or url.database == ":memory:" or url.query.get("uri") or url.host or url.username:
        return None
    return Path(url.database).absolute()


def create_folder(folder: Path) -> None:
    """Create a folder, private to its owner, unless it exists.

    Raises:
        OSError: it cannot be created.
    """
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)


def create_file(file: Path) -> None:
    """Create an empty file, private to its owner, unless it exists."""
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE))


def writable(file: Path) -> bool:
    """Return True if a catalog can be written there: the file, if it exists, and the folder, which holds the journal."""
    return os.access(file.parent, os.W_OK) and (not file.exists() or os.access(file, os.W_OK))


def read_only_uri(file: Path) -> str:
    """Return the SQLite URI for reading a file that cannot be written.

    Raises:
        DatabaseUnreachable: there is no such file.
        NotAllowed: its last changes are in a -wal that cannot be read there.
    """
    if not file.exists():
        raise DatabaseUnreachable(file, "there is no such file, and none can be created there")
    log = sidecar(file, "-wal")
    if os.access(file.parent, os.W_OK) or (log.exists() and sidecar(file, "-shm").exists()):
        return uri(file)
    if log.exists() and log.stat().st_size:
        raise NotAllowed(
            file,
            f"its last changes are in {log.name}, which cannot be read in a read-only folder; copy both files to another folder",
        )
    return uri(file, immutable=True)


def uri(file: Path, *, immutable: bool = False) -> str:
    """Return the SQLite URI for reading a file; ``immutable`` only for one that no one writes meanwhile."""
    return f"file:{quote(os.fsencode(file.absolute()))}?mode=ro{'&immutable=1' if immutable else ''}"


def sidecar(file: Path, suffix: str) -> Path:
    """Return the path of a file that SQLite keeps beside it: ``-wal``, ``-shm``, ``-journal``."""
    return file.with_name(file.name + suffix)
