"""What it means that a database refuses a statement: it cannot be used, its disk is full, it is to be asked again, or the item is bad.

PostgreSQL says so by SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html), SQLite by its result code
(https://www.sqlite.org/rescode.html). The classes of Python's drivers do not tell: psycopg's ``OperationalError`` is a server that is
away and a value that is too long for an index alike.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as AllConnectionsBusy

from episodes import redaction
from episodes.errors import Contended, DatabaseUnreachable, DiskFull, NotAllowed, by_a_signal
from episodes.logs import logger

log = logger(__name__)

#: Of its text so much is told.
_LONGEST = 300


class ErrorKind(Enum):
    """What is to be done about it."""

    #: Nothing can be written or read now; a person has to look.
    UNAVAILABLE = auto()
    DISK_FULL = auto()
    #: A right is missing: the file, the server or the account can only be read.
    FORBIDDEN = auto()
    #: Somebody else was in the way: the same transaction goes through another time.
    RETRY = auto()
    #: This statement with these values is refused, others are not.
    BAD_ITEM = auto()


#: Beginnings of SQLSTATEs, looked up with the whole code first. What is not named is the item's (22, 23, 54) or a mistake of ours (42).
_POSTGRES = {
    "53100": ErrorKind.DISK_FULL,
    "40001": ErrorKind.RETRY,  # serialization failure
    "40P01": ErrorKind.RETRY,  # deadlock detected
    "55P03": ErrorKind.RETRY,  # the lock was not to be had in time
    "53200": ErrorKind.BAD_ITEM,  # out of memory for this value
    "53400": ErrorKind.BAD_ITEM,  # more than the configuration allows this statement
    "53": ErrorKind.UNAVAILABLE,  # too many connections
    "08": ErrorKind.UNAVAILABLE,  # the connection broke
    "28": ErrorKind.UNAVAILABLE,  # nobody of this name and password
    "3D": ErrorKind.UNAVAILABLE,  # no such database
    "57": ErrorKind.UNAVAILABLE,  # shut down, starting, cancelled
    "58": ErrorKind.UNAVAILABLE,  # the server's own disk or files
    "25006": ErrorKind.FORBIDDEN,  # a read-only server
    "42501": ErrorKind.FORBIDDEN,  # a role without the right to do so
    "F0": ErrorKind.UNAVAILABLE,  # its configuration file
    "XX001": ErrorKind.UNAVAILABLE,  # its data is damaged
    "XX002": ErrorKind.UNAVAILABLE,  # its index is damaged
}
_SQLITE = {
    sqlite3.SQLITE_FULL: ErrorKind.DISK_FULL,
    sqlite3.SQLITE_BUSY: ErrorKind.RETRY,
    sqlite3.SQLITE_LOCKED: ErrorKind.RETRY,
    sqlite3.SQLITE_READONLY: ErrorKind.FORBIDDEN,
    sqlite3.SQLITE_PERM: ErrorKind.FORBIDDEN,
    sqlite3.SQLITE_AUTH: ErrorKind.FORBIDDEN,
    **dict.fromkeys(
        (
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_CORRUPT,
            sqlite3.SQLITE_INTERRUPT,
            sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_NOLFS,
            sqlite3.SQLITE_NOTADB,
            sqlite3.SQLITE_PROTOCOL,
        ),
        ErrorKind.UNAVAILABLE,
    ),
}
_TAKEN = {"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}


def error_kind(error: DBAPIError | AllConnectionsBusy) -> ErrorKind:
    """What an error of SQLAlchemy's comes to."""
    if isinstance(error, AllConnectionsBusy):
        return ErrorKind.UNAVAILABLE
    cause = _first(error)
    if code := getattr(cause, "sqlite_errorcode", None):
        return _SQLITE.get(code & 0xFF, ErrorKind.BAD_ITEM)  # the rest of an extended code only says more
    if state := getattr(cause, "sqlstate", None):
        return next((_POSTGRES[state[:size]] for size in (5, 2) if state[:size] in _POSTGRES), ErrorKind.BAD_ITEM)
    # The driver's own complaint: of a connection that broke or never was (then there was no statement), else of a value.
    return ErrorKind.UNAVAILABLE if error.connection_invalidated or error.statement is None else ErrorKind.BAD_ITEM


def is_unique_violation(error: BaseException) -> bool:
    """Whether a row with this name is there already: somebody has written it since it was looked for."""
    if not isinstance(error, IntegrityError):
        return False
    names = {getattr(error.orig, "sqlstate", None), getattr(error.orig, "sqlite_errorname", None)}
    return bool(names & _TAKEN)


def error_message(error: DBAPIError | AllConnectionsBusy) -> str:
    """What the database said, in a line: without the statement and its values, which may be long and are nobody's matter."""
    if isinstance(error, AllConnectionsBusy):
        return "all connections are in use"
    lines = str(_first(error)).splitlines()
    return (lines[0] if lines else type(error.orig).__name__)[:_LONGEST]


def _first(error: DBAPIError) -> BaseException:
    """What went wrong first: a full disk takes SQLite's savepoints with it, and going back to one then fails on its own account."""
    first: BaseException = error
    while "no such savepoint" in str(first) and first.__context__:
        first = first.__context__
    return first.orig or first if isinstance(first, DBAPIError) else first


@contextmanager
def database_errors(engine: Engine) -> Iterator[None]:
    """Turn what a person can mend, and what another try mends, into our errors; what is a bug or a bad item stays what it is."""
    try:
        yield
    except (DBAPIError, AllConnectionsBusy) as error:
        if by_a_signal(error):
            raise KeyboardInterrupt from error
        place = redaction.redact_database_url(engine.url)
        log.debug("%s refuses: %s", place, error_message(error))
        match error_kind(error):
            case ErrorKind.DISK_FULL:
                raise DiskFull(detail=error_message(error)) from error
            case ErrorKind.RETRY:
                raise Contended(place, error_message(error)) from error
            case ErrorKind.UNAVAILABLE:
                raise DatabaseUnreachable(place, error_message(error)) from error
            case ErrorKind.FORBIDDEN:
                raise NotAllowed(place, error_message(error)) from error
        raise
