"""Claims: which run transcribes which episode. A claim ends with the process that holds it, however that ends.

A SQLite catalog belongs to one machine: a claim is a lock on one byte of an empty file beside it, which the operating system releases
when the process ends. On PostgreSQL it is an advisory lock of a connection, which the server releases when the connection breaks: moments
after the process ends, or after two minutes if its machine disappears silently (see ``database.connect``). So claims need no expiry, and
a killed process leaves nothing to clean up. A claim prevents double work, not double writes: writing the same twice stays correct.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from errno import EACCES, EAGAIN
from pathlib import Path
from typing import IO, Protocol

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import OperationalError

from episodes.database import database_errors

LOCK_NAMESPACE = 0x6E6972
"""The first of the two numbers of a PostgreSQL advisory lock ("nir"); the second is the episode's id."""


class Claims(Protocol):
    """The claims of one run. Never waits. ``close`` it."""

    def take(self, episode_id: int) -> bool:
        """Claim the episode; False if another run holds it."""

    def release(self, episode_id: int) -> None:
        """Give the claim up."""

    def close(self) -> None:
        """Release all claims."""


def claims(database: Engine) -> Claims:
    """Open the claims of one run on this catalog."""
    return _AdvisoryLocks(database) if database.dialect.name == "postgresql" else _FileLocks(_file(database))


def _file(database: Engine) -> Path | None:
    """The lock file beside the catalog; None for a catalog in memory, which no other run can see."""
    with database.connect() as connection:
        path = str(connection.exec_driver_sql("PRAGMA database_list").first()[2] or "")  # type: ignore[index]  # there is one
    return Path(f"{path}-hearing") if path else None


class _FileLocks:
    """Locks on bytes of a file; the episode's id is the offset. They do not exclude runs of the same process."""

    def __init__(self, path: Path | None) -> None:
        self._file: IO[bytes] | None = path.open("ab") if path else None

    def take(self, episode_id: int) -> bool:
        try:
            if self._file:
                _lock(self._file, episode_id)
        except OSError as error:  # on a disk without locks, transcribing twice is better than not at all
            return error.errno not in (EACCES, EAGAIN)
        return True

    def release(self, episode_id: int) -> None:
        if self._file:
            _unlock(self._file, episode_id)

    def close(self) -> None:
        if self._file:
            self._file.close()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes], at: int) -> None:
        file.seek(at)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: IO[bytes], at: int) -> None:
        file.seek(at)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes], at: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, at)

    def _unlock(file: IO[bytes], at: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_UN, 1, at)


class _AdvisoryLocks:
    """Advisory locks of one connection, which stays open. If it breaks, a new connection takes the same locks again."""

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._held: set[int] = set()
        self._connection = self._connect()

    def _connect(self) -> Connection:
        with database_errors(self._database):
            connection = self._database.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()  # it must end with this run: back in the pool it would keep its locks
            return connection

    def take(self, episode_id: int) -> bool:
        try:
            taken = self._call("pg_try_advisory_lock", episode_id)
        except OperationalError:  # some networks drop a connection after an hour without traffic
            self._reconnect()
            taken = self._call("pg_try_advisory_lock", episode_id)
        self._held |= {episode_id} if taken else set()
        return taken

    def _reconnect(self) -> None:
        self._connection.close()
        self._connection = self._connect()
        for one in self._held:
            self._call("pg_try_advisory_lock", one)

    def release(self, episode_id: int) -> None:
        if episode_id in self._held:
            self._held.remove(episode_id)
            with suppress(OperationalError):  # a broken connection has released it already
                self._call("pg_advisory_unlock", episode_id)

    def close(self) -> None:
        self._connection.close()

    def _call(self, function: str, episode_id: int) -> bool:
        call = select(getattr(func, function)(LOCK_NAMESPACE, episode_id))
        return bool(self._connection.execute(call).scalar())
