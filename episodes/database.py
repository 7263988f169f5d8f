"""Engine and transactions on SQLite and PostgreSQL.

A transaction on SQLite that reads and then writes fails at once with SQLITE_BUSY_SNAPSHOT when another has written meanwhile,
whatever the timeout; one that begins with ``BEGIN IMMEDIATE`` waits its turn. So whoever means to write says so: ``writing()``
begins immediately, ``reading()`` begins plainly and must not write. The journal is WAL: readers never wait for the writer.

PostgreSQL lets many write at once, and two runs over the same items then fail on each other's rows, wait for each other crosswise, or
index a passage twice. So there, too, one writes at a time: ``writing()`` takes an advisory lock of the catalog first, which is all the
lock order that there has to be. Its queue is fair, and a transaction holds no network call, so that nobody waits for long. What is
still refused because somebody was in the way (an administrator, another program) ``in_transaction()`` does again.
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

from episodes import redaction, sqlite_file
from episodes.deadline import Deadline, check_deadline, current_deadline
from episodes.errors import Contended, DatabaseUnreachable, DiskFull, NotAllowed, by_a_signal
from episodes.lasting import never_made_by_reading
from episodes.logs import logger
from episodes.redaction import hide
from episodes.refusals import Meaning, is_taken, meaning, said

log = logger(__name__)

Done = TypeVar("Done")

#: Seconds that a writer waits for another one: to index a large catalog anew takes minutes.
PATIENCE = 600
#: Seconds that SQLite itself waits where it is not about who writes next, and between two looks at that.
BUSY_TIMEOUT, LOOK = 60, 0.05
#: PostgreSQL's advisory lock of whoever writes or migrates.
WRITER = 7463521
#: A transaction is begun so often, and the first pause in seconds; each is twice the one before, give or take a half.
TRIES, FIRST_PAUSE = 6, 0.05
#: Seconds that PostgreSQL has to take notice that a statement is to stop.
_CANCEL = 2.0


def connect(url: str | URL, *, reads: bool = False) -> Engine:
    """An engine for the catalog at ``url``; a SQLite file and its folder are made, for their owner alone.

    Who only ``reads`` may come to a SQLite file that cannot be written, too: it is opened so that nothing is written.

    Raises:
        DatabaseUnreachable: the address cannot be read, its driver is missing, or its folder cannot be made.
        NotAllowed: the SQLite file cannot be written, and that is wanted.
    """
    hide(url if isinstance(url, str) else url.render_as_string(hide_password=False))
    try:
        parsed = make_url(url)
        log.debug("catalog: %s%s", redaction.database(parsed), ", to be read only" if reads else "")
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed, reads=reads)
        return _postgres(parsed, parsed.get_driver_name())
    except ModuleNotFoundError as error:
        hint = f"{error}; `pip install 'news-in-review[postgres]'` brings PostgreSQL's driver"
        raise DatabaseUnreachable(redaction.database(url), hint) from error
    except (
        ArgumentError,
        NoSuchModuleError,
        ValueError,
        TypeError,
    ) as error:  # their words repeat the address, or pieces of it
        raise DatabaseUnreachable(redaction.database(url), "this is no address of a database") from error
    except OSError as error:
        raise DatabaseUnreachable(redaction.database(url), error) from error


def _postgres(url: URL, driver: str) -> Engine:
    # A prepared statement is planned once for all words, and then as if each were rare: a search would read the whole index.
    unprepared = {"prepare_threshold": None} if driver == "psycopg" else {}
    engine = create_engine(url, pool_pre_ping=True, connect_args=unprepared)
    event.listen(engine, "connect", _bound_waiting)
    return engine


def _bound_waiting(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg is an extra
    """Nobody waits for ever: not for a lock, nor the server for a machine that has gone without a word and holds one."""
    cursor = connection.cursor()
    cursor.execute(
        f"SELECT set_config('lock_timeout', '{PATIENCE}s', false), set_config('tcp_keepalives_idle', '60', false), "
        "set_config('tcp_keepalives_interval', '15', false), set_config('tcp_keepalives_count', '4', false)"
    )
    cursor.close()
    connection.commit()


def _sqlite(url: URL, *, reads: bool) -> Engine:
    file = sqlite_file.file_of(url)
    if file and not file.exists():
        sqlite_file.make_folder(file.parent)
    if file and not sqlite_file.writable(file):
        if not reads:
            raise NotAllowed(file, "the file or its folder cannot be written")
        return _unwritten(url, file)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT})
    if file:
        event.listen(engine, "do_connect", _make_file)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _unwritten(url: URL, file: Path) -> Engine:
    """For a file that cannot be written: each connection looks anew how it may be read."""
    sqlite_file.only_read(file)
    return reading_from(url, partial(sqlite_file.only_read, file))


def reading_from(url: URL, uri: Callable[[], str]) -> Engine:
    """An engine that reads a SQLite file by an address of SQLite's own, asked for at each connection; none outlives its use."""

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(uri(), uri=True, timeout=BUSY_TIMEOUT, check_same_thread=False)

    engine = create_engine(url, poolclass=NullPool, creator=opened)
    event.listen(engine, "connect", _by_hand)
    event.listen(engine, "begin", _on_begin)
    return engine


def unshared(file: Path) -> Engine:
    """An engine for a SQLite file that nobody else knows and that an error throws away: no journal of it goes to disk."""

    def fast(connection: sqlite3.Connection, record: object) -> None:
        _by_hand(connection, record)
        connection.execute("PRAGMA journal_mode=MEMORY")
        connection.execute("PRAGMA synchronous=OFF")

    engine = create_engine(sqlite_file.address(file))
    event.listen(engine, "connect", fast)
    event.listen(engine, "begin", _on_begin)
    return engine


def _by_hand(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _on_begin, not behind our back by the driver


def _on_connect(connection: sqlite3.Connection, record: object) -> None:
    _by_hand(connection, record)
    cursor = connection.cursor()
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",) and _may_be_ours(cursor):
        with suppress(sqlite3.OperationalError):  # in use by others, or not to be written: it is as good as it was
            cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _may_be_ours(cursor: sqlite3.Cursor) -> bool:
    """Whether a file is empty or a catalog: nothing of another program's is changed, not even how it keeps its journal."""
    with suppress(sqlite3.DatabaseError):  # no database at all: whoever asks next is told
        names = {name for (name,) in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return not names or "alembic_version" in names
    return False


def _on_begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get("begin", "DEFERRED")
    if kind == "IMMEDIATE":
        _wait_for_turn(connection)
    else:
        connection.exec_driver_sql(f"BEGIN {kind}")


def _wait_for_turn(connection: Connection) -> None:
    """Begin to write as soon as nobody else does.

    SQLite's own waiting looks ever more seldom, so that whoever writes much leaves the others no gap, and a Ctrl-C is not heard in it.
    """
    until = monotonic() + PATIENCE
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        while not _is_our_turn(connection, until):
            sleep(LOOK * random.random())  # noqa: S311 - no secret
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT * 1000}")


def _is_our_turn(connection: Connection, until: float) -> bool:
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        if meaning(error) is not Meaning.AGAIN or monotonic() > until:
            raise
        return False
    return True


def _make_file(_dialect: object, _record: object, arguments: Sequence[Any], _named: object) -> None:
    """The file, for its owner alone, where SQLite would make one for everybody to read."""
    sqlite_file.make(Path(arguments[0]))


def read_only(engine: Engine, *, seconds: float = 10) -> Engine:
    """The same engine, from now on unable to write, each transaction of it stopped after so many ``seconds``.

    For what answers strangers: a question that takes too long must not hold up the others, whatever it asks. One for which somebody's
    ``patience`` is known ends with that, if it is shorter, and at once when nobody waits any more.
    """
    engine.dispose()  # connections that can write are not used again
    event.listen(engine, "before_cursor_execute", _only_if_wanted)
    if engine.dialect.name == "postgresql":

        def only_read(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg is an extra
            connection.read_only = True
            connection.execute(f"SET statement_timeout = {int(seconds * 1000)}")
            connection.commit()

        event.listen(engine, "connect", only_read)
        event.listen(engine, "begin", partial(_hurry, seconds=seconds))
        event.listen(engine, "commit", _hurry_no_more)
        event.listen(engine, "rollback", _hurry_no_more)
        return engine

    def no_longer(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA query_only=ON")
        connection.set_progress_handler(lambda: _too_long(record.info), 10_000)

    def from_now(connection: Connection) -> None:
        connection.info["until"], connection.info["deadline"] = monotonic() + seconds, current_deadline()

    if event.contains(engine, "do_connect", _make_file):
        event.remove(engine, "do_connect", _make_file)
    never_made_by_reading(engine, redaction.database(engine.url))
    event.listen(engine, "connect", no_longer)
    event.listen(engine, "begin", from_now)
    return engine


def _too_long(info: Mapping[str, Any]) -> bool:
    deadline: Deadline | None = info.get("deadline")
    return monotonic() > info.get("until", inf) or (deadline is not None and deadline.passed())


def _only_if_wanted(connection: Connection, *_: object) -> None:
    """What is worked out between statements takes time, too.

    Raises:
        DatabaseUnreachable: nobody waits for the answer any more.
    """
    check_deadline(connection)


def _hurry(connection: Connection, seconds: float) -> None:
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


def _hurry_no_more(connection: Connection) -> None:
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
        connection.execute(text("SELECT pg_advisory_xact_lock(:writer)"), {"writer": WRITER})


def in_transaction(engine: Engine, work: Callable[[Session], Done]) -> Done:
    """What ``work`` gives in a transaction of its own; done again from the start where somebody else was in the way.

    That may be several times, so ``work`` changes nothing but what its session holds.

    Raises:
        DiskFull, DatabaseUnreachable: as ``writing`` says; Contended after the last try.
    """
    for pause in _pauses():
        try:
            with writing(engine) as session:
                return work(session)
        except Contended as error:
            log.info("somebody else was in the way, tried again in %.2f s: %s", pause, error)
            sleep(pause)
        except IntegrityError as error:
            if not is_taken(error):
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
        if not is_taken(error):
            raise
    with session.begin_nested():
        return work()


def _pauses() -> Iterator[float]:
    """Seconds after each try but the last."""
    for tried in range(TRIES - 1):
        yield FIRST_PAUSE * 2**tried * (0.5 + random.random())  # noqa: S311 - no secret


@contextmanager
def database_errors(engine: Engine) -> Iterator[None]:
    """Turn what a person can mend, and what another try mends, into our errors; what is a bug or a bad item stays what it is."""
    try:
        yield
    except (DBAPIError, AllConnectionsBusy) as error:
        if by_a_signal(error):
            raise KeyboardInterrupt from error
        place = redaction.database(engine.url)
        log.debug("%s refuses: %s", place, said(error))
        match meaning(error):
            case Meaning.FULL:
                raise DiskFull(detail=said(error)) from error
            case Meaning.AGAIN:
                raise Contended(place, said(error)) from error
            case Meaning.AWAY:
                raise DatabaseUnreachable(place, said(error)) from error
            case Meaning.FORBIDDEN:
                raise NotAllowed(place, said(error)) from error
        raise
