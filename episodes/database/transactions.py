"""Transactions: reading, writing, retries with exponential backoff, and savepoints."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from episodes.database.errors import database_errors, is_unique_violation
from episodes.database.writer_lock import only_writer
from episodes.errors import Contended
from episodes.logs import logger

log = logger(__name__)

Done = TypeVar("Done")

#: Attempts at a transaction, and the first retry delay in seconds. Each delay doubles (exponential backoff), with a jitter of half of it.
MAX_TRIES, FIRST_DELAY = 6, 0.05


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a session that only reads."""
    with database_errors(engine), Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Open a session for one write transaction: committed at the end of the block, rolled back on any error.

    No one else writes meanwhile. Do not nest: an inner one would wait for the outer.

    Raises:
        DiskFull: the disk is full.
        Contended: another transaction was in the way; a retry will do.
        DatabaseUnreachable: the database is damaged or unavailable.
        NotAllowed: it can only be read.
    """
    immediate = engine.execution_options(begin="IMMEDIATE")
    with database_errors(engine), Session(immediate, expire_on_commit=False) as session, session.begin():
        only_writer(session.connection())
        yield session


def in_transaction(engine: Engine, work: Callable[[Session], Done]) -> Done:
    """Run ``work`` in a write transaction and return its result; retry from the start if another transaction was in the way.

    ``work`` may run several times, so it must change nothing but the database.

    Raises:
        DiskFull, DatabaseUnreachable, NotAllowed: as for ``writing``.
        Contended: after the last retry.
    """
    for delay in _backoff():
        try:
            with writing(engine) as session:
                return work(session)
        except Contended as error:
            log.info("another transaction was in the way, retrying in %.2f s: %s", delay, error)
            sleep(delay)
        except IntegrityError as error:
            if not is_unique_violation(error):
                raise
    with writing(engine) as session:
        return work(session)


def in_savepoint(session: Session, work: Callable[[], Done]) -> Done:
    """Run ``work`` in a savepoint and return its result; if it fails, only its own writes are rolled back.

    If it inserted a row that another transaction has inserted meanwhile, retry once: it will find that row.
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
    """Yield the delay after each attempt but the last, in seconds."""
    for attempt in range(MAX_TRIES - 1):
        yield FIRST_DELAY * 2**attempt * (0.5 + random.random())  # noqa: S311 - not a secret
