"""Transactions: reading, writing, and trying again with backoff where somebody else was in the way."""

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

#: A transaction is begun so often, and the first pause in seconds; each is twice the one before, give or take a half.
MAX_TRIES, FIRST_PAUSE = 6, 0.05


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
