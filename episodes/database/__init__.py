"""The catalog's database: engines and transactions on SQLite and PostgreSQL.

    engine.py         connect to the database at a URL; PostgreSQL's timeouts
    sqlite.py         engines for SQLite files: WAL, foreign keys, explicit transactions
    sqlite_file.py    a SQLite file's permissions, and opening one that is read-only
    replaced_file.py  notice that a SQLite file was removed or replaced while it is read
    read_only.py      engines that cannot write, with deadlines for their statements
    writer_lock.py    one writer at a time: BEGIN IMMEDIATE, advisory lock
    transactions.py   read and write transactions, retries with backoff, savepoints
    errors.py         database errors by their codes, translated to ours

A transaction on SQLite that reads first and then writes fails at once with SQLITE_BUSY_SNAPSHOT if another has written meanwhile, whatever
the timeout; one that starts with ``BEGIN IMMEDIATE`` waits. So writers declare themselves: ``writing()`` begins immediately, ``reading()``
begins deferred and must not write. The journal is a WAL: readers never wait for the writer.

PostgreSQL allows concurrent writers, but two runs over the same items would violate each other's constraints, deadlock, or index a passage
twice. So there, too, one writes at a time: ``writing()`` first takes an advisory lock of the catalog, and no other lock order is needed.
The lock's queue is fair, and no transaction spans a network call: nobody waits long. ``in_transaction()`` retries what still fails
because another was in the way (an administrator, another program).
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
