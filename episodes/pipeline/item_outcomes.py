"""Turn an item's exception into its outcome: the only place where this is decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy.exc import DBAPIError

from episodes.catalog import outcomes
from episodes.database import reading
from episodes.database.errors import ErrorKind, error_kind, error_message
from episodes.errors import CatalogError, NothingDone, RateLimited, caused_by_interrupt
from episodes.pipeline.rate_limits import record_limit
from episodes.pipeline.run import Run
from episodes.values import Outcome, State
from transcripts.errors import ModelError, TranscriptError


def guarded(run: Run, work: Callable[[], Outcome], *, item: str, step: str, title: str = "", url: str = "") -> Outcome:
    """Return what ``work`` returns, or the outcome of its exception; a rate limit is stored for the whole site of ``url``.

    Raises:
        NothingDone: Further work makes no sense: the disk is full, or the database cannot be reached.
    """
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - one bad item must never stop a batch
        return failure(run, error, item=item, step=step, title=title, url=url)


def failure(run: Run, error: Exception, *, item: str, step: str, title: str = "", url: str = "") -> Outcome:
    """The outcome of an item that raised ``error``.

    Raises:
        NothingDone: Further work makes no sense: the disk is full, or the database cannot be reached.
        KeyboardInterrupt: The error was caused by one.
    """
    if caused_by_interrupt(error):
        raise KeyboardInterrupt from error
    outcome = partial(Outcome, item, title=title, step=step)
    match error:
        case NothingDone():
            raise error
        case DBAPIError():
            if error_kind(error) is not ErrorKind.BAD_ITEM:
                raise error  # the transaction around it retries, or raises our own error
            return outcome(State.FAILED, f"the database rejects it: {error_message(error)}")
        case RateLimited():
            return outcome(State.WAITING, str(error), until=record_limit(run, url or item, error))
        case ModelError():  # not the item's fault: it stays due, and the run reports the error once
            run.model_error = error
            return outcome(State.WAITING, "waits for a Whisper model")
        case CatalogError() | TranscriptError():
            return outcome(State.FAILED, str(error))
        case _:
            return outcome(State.FAILED, f"unexpected {type(error).__name__}: {error}")


def finished_meanwhile(run: Run, step: str, item: str, since: datetime) -> bool:
    """True if another run has finished the item after ``since``, when this run read its list: two runs share the work."""
    with reading(run.database) as session:
        return outcomes.ended_after(session, step, item, since)
