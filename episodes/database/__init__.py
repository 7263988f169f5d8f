"""Engine and transactions on SQLite and PostgreSQL.

A transaction on SQLite that reads and then writes fails at once with SQLITE_BUSY_SNAPSHOT when another has written meanwhile,
whatever the timeout; one that begins with ``BEGIN IMMEDIATE`` waits its turn. So whoever means to write says so: ``writing()``
begins immediately, ``reading()`` begins plainly and must not write. The journal is WAL: readers never wait for the writer.

PostgreSQL lets many write at once, and two runs over the same items then fail on each other's rows, wait for each other crosswise, or
index a passage twice. So there, too, one writes at a time: ``writing()`` takes an advisory lock of the catalog first, which is all the
lock order that there has to be. Its queue is fair, and a transaction holds no network call, so that nobody waits for long. What is
still refused because somebody was in the way (an administrator, another program) ``in_transaction()`` does again.

    sqlite_file.py    a SQLite file's rights, and how it is read where it cannot be written
    replaced_file.py  a SQLite file that is read for days and may go
    errors.py         what it means that a database refuses
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from math import inf
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as AllConnectionsBusy
from sqlalchemy.pool import ConnectionPoolEntry, NullPool
from sqlmodel import Session, create_engine

from episodes import redaction
from episodes.database import sqlite_file
from episodes.database.errors import ErrorKind, error_kind, error_message, is_unique_violation
from episodes.database.replaced_file import reopen_if_replaced
from episodes.deadline import Deadline, check_deadline, current_deadline
from episodes.errors import Contended, DatabaseUnreachable, DiskFull, NotAllowed, by_a_signal
from episodes.logs import logger
from episodes.redaction import register_secrets

log = logger(__name__)

Done = TypeVar("Done")

#: Seconds that a writer waits for another one: to index a large catalog anew takes minutes.
LOCK_TIMEOUT = 600
#: Seconds that SQLite itself waits where it is not about who writes next, and between two looks at that.
BUSY_TIMEOUT, POLL_INTERVAL = 60, 0.05
#: PostgreSQL's advisory lock of whoever writes or migrates.
ADVISORY_LOCK = 7463521
#: A transaction is begun so often, and the first pause in seconds; each is twice the one before, give or take a half.
MAX_TRIES, FIRST_PAUSE = 6, 0.05
#: Seconds that PostgreSQL has to take notice that a statement is to stop.
_CANCEL = 2.0


def connect(url: str | URL, *, reads: bool = False) -> Engine:
    """An engine for the catalog at ``url``; a SQLite file and its folder are made, for their owner alone.

    Who only ``reads`` may come to a SQLite file that cannot be written, too: it is opened so that nothing is written.

    Raises:
        DatabaseUnreachable: the address cannot be read, its driver is missing, or its folder cannot be made.
        NotAllowed: the SQLite file cannot be written, and that is wanted.
    """
    register_secrets(url if isinstance(url, str) else url.render_as_string(hide_password=False))
    try:
        parsed = make_url(url)
        log.debug("catalog: %s%s", redaction.redact_database_url(parsed), ", to be read only" if reads else "")
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed, reads=reads)
        return _postgres(parsed, parsed.get_driver_name())
    except ModuleNotFoundError as error:
        hint = f"{error}; `pip install 'news-in-review[postgres]'` brings PostgreSQL's driver"
        raise DatabaseUnreachable(redaction.redact_database_url(url), hint) from error
    except (
        ArgumentError,
        NoSuchModuleError,
        ValueError,
        TypeError,
    ) as error:  # their words repeat the address, or pieces of it
        raise DatabaseUnreachable(redaction.redact_database_url(url), "this is no address of a database") from error
    except OSError as error:
        raise DatabaseUnreachable(redaction.redact_database_url(url), error) from error


def _postgres(url: URL, driver: str) -> Engine:
    # A prepared statement is planned once for all words, and then as if each were rare: a search would read the whole index.
    unprepared = {"prepare_threshold": None} if driver == "psycopg" else {}
    engine = create_engine(url, pool_pre_ping=True, connect_args=unprepared)
    event.listen(engine, "connect", _set_timeouts)
    return engine


def _set_timeouts(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg is an extra
    """Nobody waits for ever: not for a lock, nor the server for a machine that has gone without a word and holds one."""
    cursor = connection.cursor()
    cursor.execute(
        f"SELECT set_config('lock_timeout', '{LOCK_TIMEOUT}s', false), set_config('tcp_keepalives_idle', '60', false), "
        "set_config('tcp_keepalives_interval', '15', false), set_config('tcp_keepalives_count', '4', false)"
    )
    cursor.close()
    connection.commit()


def _sqlite(url: URL, *, reads: bool) -> Engine:
    file = sqlite_file.file_of(url)
    if file and not file.exists():
        sqlite_file.create_folder(file.parent)
    if file and not sqlite_file.writable(file):
        if not reads:
            raise NotAllowed(file, "the file or its folder cannot be written")
        return _read_only_file(url, file)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT})
    if file:
        event.listen(engine, "do_connect", _create_file)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _read_only_file(url: URL, file: Path) -> Engine:
    """For a file that cannot be written: each connection looks anew how it may be read."""
    sqlite_file.read_only_uri(file)
    return engine_from_uri(url, partial(sqlite_file.read_only_uri, file))


def engine_from_uri(url: URL, uri: Callable[[], str]) -> Engine:
    """An engine that reads a SQLite file by an address of SQLite's own, asked for at each connection; none outlives its use."""

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(uri(), uri=True, timeout=BUSY_TIMEOUT, check_same_thread=False)

    engine = create_engine(url, poolclass=NullPool, creator=opened)
    event.listen(engine, "connect", _manual_transactions)
    event.listen(engine, "begin", _on_begin)
    return engine


def scratch_engine(file: Path) -> Engine:
    """An engine for a SQLite file that nobody else knows and that an error throws away: no journal of it goes to disk."""

    def fast(connection: sqlite3.Connection, record: object) -> None:
        _manual_transactions(connection, record)
        connection.execute("PRAGMA journal_mode=MEMORY")
        connection.execute("PRAGMA synchronous=OFF")

    engine = create_engine(sqlite_file.url_of(file))
    event.listen(engine, "connect", fast)
    event.listen(engine, "begin", _on_begin)
    return engine


def _manual_transactions(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _on_begin, not behind our back by the driver


def _on_connect(connection: sqlite3.Connection, record: object) -> None:
    _manual_transactions(connection, record)
    cursor = connection.cursor()
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",) and _may_be_a_catalog(cursor):
        with suppress(sqlite3.OperationalError):  # in use by others, or not to be written: it is as good as it was
            cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _may_be_a_catalog(cursor: sqlite3.Cursor) -> bool:
    """Whether a file is empty or a catalog: nothing of another program's is changed, not even how it keeps its journal."""
    with suppress(sqlite3.DatabaseError):  # no database at all: whoever asks next is told
        names = {name for (name,) in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return not names or "alembic_version" in names
    return False


def _on_begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get("begin", "DEFERRED")
    if kind == "IMMEDIATE":
        _begin_immediate(connection)
    else:
        connection.exec_driver_sql(f"BEGIN {kind}")


def _begin_immediate(connection: Connection) -> None:
    """Begin to write as soon as nobody else does.

    SQLite's own waiting looks ever more seldom, so that whoever writes much leaves the others no gap, and a Ctrl-C is not heard in it.
    """
    until = monotonic() + LOCK_TIMEOUT
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        while not _try_begin_immediate(connection, until):
            sleep(POLL_INTERVAL * random.random())  # noqa: S311 - no secret
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT * 1000}")


def _try_begin_immediate(connection: Connection, until: float) -> bool:
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        if error_kind(error) is not ErrorKind.RETRY or monotonic() > until:
            raise
        return False
    return True


def _create_file(_dialect: object, _record: object, arguments: Sequence[Any], _named: object) -> None:
    """The file, for its owner alone, where SQLite would make one for everybody to read."""
    sqlite_file.create_file(Path(arguments[0]))


def read_only(engine: Engine, *, seconds: float = 10) -> Engine:
    """The same engine, from now on unable to write, each transaction of it stopped after so many ``seconds``.

    For what answers strangers: a question that takes too long must not hold up the others, whatever it asks. One for which somebody's
    ``patience`` is known ends with that, if it is shorter, and at once when nobody waits any more.
    """
    engine.dispose()  # connections that can write are not used again
    event.listen(engine, "before_cursor_execute", _check_deadline)
    if engine.dialect.name == "postgresql":

        def only_read(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg is an extra
            connection.read_only = True
            connection.execute(f"SET statement_timeout = {int(seconds * 1000)}")
            connection.commit()

        event.listen(engine, "connect", only_read)
        event.listen(engine, "begin", partial(_limit_statements, seconds=seconds))
        event.listen(engine, "commit", _release_statements)
        event.listen(engine, "rollback", _release_statements)
        return engine

    def no_longer(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA query_only=ON")
        connection.set_progress_handler(lambda: _too_long(record.info), 10_000)

    def from_now(connection: Connection) -> None:
        connection.info["until"], connection.info["deadline"] = monotonic() + seconds, current_deadline()

    if event.contains(engine, "do_connect", _create_file):
        event.remove(engine, "do_connect", _create_file)
    reopen_if_replaced(engine, redaction.redact_database_url(engine.url))
    event.listen(engine, "connect", no_longer)
    event.listen(engine, "begin", from_now)
    return engine


def _too_long(info: Mapping[str, Any]) -> bool:
    deadline: Deadline | None = info.get("deadline")
    return monotonic() > info.get("until", inf) or (deadline is not None and deadline.passed())


def _check_deadline(connection: Connection, *_: object) -> None:
    """What is worked out between statements takes time, too.

    Raises:
        DatabaseUnreachable: nobody waits for the answer any more.
    """
    check_deadline(connection)


def _limit_statements(connection: Connection, seconds: float) -> None:
    """PostgreSQL is told how long each statement of this transaction may take, and can be told to stop (a connection's own method)."""
    deadline = current_deadline()
    driver = connection.connection.driver_connection
    if deadline and driver:
        if deadline.remaining < seconds:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(int(deadline.remaining * 1000), 1)}")
        connection.info["deadline"] = deadline
        deadline.on_cancel(driver, partial(_cancel, driver))


def _cancel(driver: Any) -> None:  # noqa: ANN401 - psycopg is an extra
    with suppress(Exception):  # where it cannot be told, its own time limit ends it
        driver.cancel_safe(timeout=_CANCEL)


def _release_statements(connection: Connection) -> None:
    deadline: Deadline | None = connection.info.pop("deadline", None)
    if deadline:
        deadline.finished(connection.connection.driver_connection)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads."""
    with database_errors(engine), Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session whose whole block is one transaction: committed at its end, rolled back on any error.

    Nobody else writes meanwhile. Do not begin a second one within: it would wait for the first.

    Raises:
        DiskFull: the disk has no room.
        Contended: somebody else was in the way; the same goes through another time.
        DatabaseUnreachable: the database is damaged or away.
        NotAllowed: it can only be read.
    """
    immediate = engine.execution_options(begin="IMMEDIATE")
    with database_errors(engine), Session(immediate, expire_on_commit=False) as session, session.begin():
        only_writer(session.connection())
        yield session


def only_writer(connection: Connection) -> None:
    """Wait until nobody else writes to this catalog, and keep others from it until the end of the transaction.

    On SQLite a transaction that has begun immediately is the only one already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:writer)"), {"writer": ADVISORY_LOCK})


def in_transaction(engine: Engine, work: Callable[[Session], Done]) -> Done:
    """What ``work`` gives in a transaction of its own; done again from the start where somebody else was in the way.

    That may be several times, so ``work`` changes nothing but what its session holds.

    Raises:
        DiskFull, DatabaseUnreachable: as ``writing`` says; Contended after the last try.
    """
    for pause in _backoff():
        try:
            with writing(engine) as session:
                return work(session)
        except Contended as error:
            log.info("somebody else was in the way, tried again in %.2f s: %s", pause, error)
            sleep(pause)
        except IntegrityError as error:
            if not is_unique_violation(error):
                raise
    with writing(engine) as session:
        return work(session)


def in_savepoint(session: Session, work: Callable[[], Done]) -> Done:
    """What ``work`` gives; if it fails, what it wrote goes and the rest of the transaction stays.

    Where it wrote a row that somebody else has written meanwhile, it is done again, and finds that one.
    """
    try:
        with session.begin_nested():
            return work()
    except IntegrityError as error:
        if not is_unique_violation(error):
            raise
    with session.begin_nested():
        return work()


def _backoff() -> Iterator[float]:
    """Seconds after each try but the last."""
    for tried in range(MAX_TRIES - 1):
        yield FIRST_PAUSE * 2**tried * (0.5 + random.random())  # noqa: S311 - no secret


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
