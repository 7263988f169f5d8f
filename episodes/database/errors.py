"""Database errors by kind (unavailable, disk full, forbidden, retry, bad item), and their translation to ours.

The kind is read from PostgreSQL's SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html) or SQLite's result code
(https://www.sqlite.org/rescode.html). The drivers' exception classes do not tell them apart: psycopg's ``OperationalError`` can be an
unreachable server or a value too long for an index.
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
from episodes.errors import Contended, DatabaseUnreachable, DiskFull, NotAllowed, caused_by_interrupt
from episodes.logs import logger

log = logger(__name__)

#: Longest message, in characters.
_LONGEST = 300


class ErrorKind(Enum):
    """What to do about an error."""

    #: The database cannot be used now; a person has to look.
    UNAVAILABLE = auto()
    DISK_FULL = auto()
    #: A permission is missing: the file, the server or the account is read-only.
    FORBIDDEN = auto()
    #: Another transaction was in the way: retry this one.
    RETRY = auto()
    #: This statement with these values fails, others do not.
    BAD_ITEM = auto()


#: SQLSTATE prefixes; the whole code is looked up first. All others are the item's fault (22, 23, 54) or a bug here (42).
_POSTGRES = {
    "53100": ErrorKind.DISK_FULL,
    "40001": ErrorKind.RETRY,  # serialization failure
    "40P01": ErrorKind.RETRY,  # deadlock detected
    "55P03": ErrorKind.RETRY,  # lock timeout
    "53200": ErrorKind.BAD_ITEM,  # out of memory, for this value
    "53400": ErrorKind.BAD_ITEM,  # configuration limit exceeded, by this statement
    "53": ErrorKind.UNAVAILABLE,  # too many connections
    "08": ErrorKind.UNAVAILABLE,  # connection failure
    "28": ErrorKind.UNAVAILABLE,  # invalid user or password
    "3D": ErrorKind.UNAVAILABLE,  # no such database
    "57": ErrorKind.UNAVAILABLE,  # shutdown, startup, query canceled
    "58": ErrorKind.UNAVAILABLE,  # I/O error of the server
    "25006": ErrorKind.FORBIDDEN,  # read-only transaction or server
    "42501": ErrorKind.FORBIDDEN,  # insufficient privilege
    "F0": ErrorKind.UNAVAILABLE,  # configuration file error
    "XX001": ErrorKind.UNAVAILABLE,  # data corrupted
    "XX002": ErrorKind.UNAVAILABLE,  # index corrupted
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
_UNIQUE_VIOLATIONS = {"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}


def error_kind(error: DBAPIError | AllConnectionsBusy) -> ErrorKind:
    """Classify an error of SQLAlchemy's."""
    if isinstance(error, AllConnectionsBusy):
        return ErrorKind.UNAVAILABLE
    cause = _root_cause(error)
    if code := getattr(cause, "sqlite_errorcode", None):
        return _SQLITE.get(code & 0xFF, ErrorKind.BAD_ITEM)  # drops the extended part of the code
    if state := getattr(cause, "sqlstate", None):
        return next((_POSTGRES[state[:size]] for size in (5, 2) if state[:size] in _POSTGRES), ErrorKind.BAD_ITEM)
    # The driver's own error: without a statement, or with an invalidated connection, the connection failed; otherwise a value is invalid.
    return ErrorKind.UNAVAILABLE if error.connection_invalidated or error.statement is None else ErrorKind.BAD_ITEM


def is_unique_violation(error: BaseException) -> bool:
    """Return True if a row with this key exists already, for instance inserted by another since it was looked up."""
    if not isinstance(error, IntegrityError):
        return False
    names = {getattr(error.orig, "sqlstate", None), getattr(error.orig, "sqlite_errorname", None)}
    return bool(names & _UNIQUE_VIOLATIONS)


def error_message(error: DBAPIError | AllConnectionsBusy) -> str:
    """Return the database's own message in one line, without the statement and its values, which may be long or private."""
    if isinstance(error, AllConnectionsBusy):
        return "all connections are in use"
    lines = str(_root_cause(error)).splitlines()
    return (lines[0] if lines else type(error.orig).__name__)[:_LONGEST]


def _root_cause(error: DBAPIError) -> BaseException:
    """Return the first error: a full disk makes SQLite drop its savepoints, and rolling back to one then fails, too."""
    first: BaseException = error
    while "no such savepoint" in str(first) and first.__context__:
        first = first.__context__
    return first.orig or first if isinstance(first, DBAPIError) else first


@contextmanager
def database_errors(engine: Engine) -> Iterator[None]:
    """Translate errors that a person or a retry can fix to ours; bugs and bad items pass unchanged."""
    try:
        yield
    except (DBAPIError, AllConnectionsBusy) as error:
        if caused_by_interrupt(error):
            raise KeyboardInterrupt from error
        place = redaction.redact_database_url(engine.url)
        log.debug("%s: %s", place, error_message(error))
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
