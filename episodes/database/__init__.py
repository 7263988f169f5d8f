"""Engine and transactions on SQLite and PostgreSQL.

A transaction on SQLite that reads and then writes fails at once with SQLITE_BUSY_SNAPSHOT when another has written meanwhile,
whatever the timeout; one that begins with ``BEGIN IMMEDIATE`` waits its turn. So whoever means to write says so: ``writing()``
begins immediately, ``reading()`` begins plainly and must not write. The journal is WAL: readers never wait for the writer.

PostgreSQL lets many write at once, and two runs over the same items then fail on each other's rows, wait for each other crosswise, or
index a passage twice. So there, too, one writes at a time: ``writing()`` takes an advisory lock of the catalog first, which is all the
lock order that there has to be. Its queue is fair, and a transaction holds no network call, so that nobody waits for long. What is
still refused because somebody was in the way (an administrator, another program) ``in_transaction()`` does again.

    engine.py         an engine by the catalog's address
    sqlite.py         engines for SQLite files
    sqlite_file.py    a SQLite file's rights, and how it is read where it cannot be written
    replaced_file.py  a SQLite file that is read for days and may go
    read_only.py      engines that cannot write
    writer_lock.py    one writer at a time
    transactions.py   transactions, tried again with backoff
    errors.py         what it means that a database refuses
"""

from __future__ import annotations

from episodes.database.engine import connect
from episodes.database.errors import database_errors
from episodes.database.read_only import read_only
from episodes.database.sqlite import engine_from_uri, scratch_engine
from episodes.database.transactions import in_savepoint, in_transaction, reading, writing
from episodes.database.writer_lock import only_writer

__all__ = [
    "connect",
    "database_errors",
    "engine_from_uri",
    "in_savepoint",
    "in_transaction",
    "only_writer",
    "read_only",
    "reading",
    "scratch_engine",
    "writing",
]
