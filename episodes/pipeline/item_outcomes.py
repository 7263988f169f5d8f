"""The one place where an item's errors become its outcome, and where a site that asks to be left alone is left alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError

from episodes.catalog import outcomes
from episodes.database import in_transaction, reading
from episodes.database.errors import ErrorKind, error_kind, error_message
from episodes.errors import CatalogError, NothingDone, RateLimited, by_a_signal
from episodes.pipeline.run import Run
from episodes.urls import host_of, youtube
from episodes.values import Outcome, State
from transcripts.errors import ModelError, TranscriptError

LIMIT = "limit"

#: How long a site is left alone that does not say for how long.
DEFAULT_BACKOFF = timedelta(hours=1)


def guarded(run: Run, work: Callable[[], Outcome], *, item: str, step: str, title: str = "", url: str = "") -> Outcome:
    """What ``work`` gives, or the outcome that its error makes; a rate limit is noted for the whole site of ``url``.

    Raises:
        NothingDone: further work makes no sense (full disk, database away).
    """
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - one bad item never stops a batch, whatever is wrong with it
        return failure(run, error, item=item, step=step, title=title, url=url)


def failure(run: Run, error: Exception, *, item: str, step: str, title: str = "", url: str = "") -> Outcome:
    """The outcome that an item's error makes.

    Raises:
        NothingDone: further work makes no sense (full disk, database away).
        KeyboardInterrupt: the error came of one.
    """
    if by_a_signal(error):
        raise KeyboardInterrupt from error
    match error:
        case NothingDone():
            raise error
        case DBAPIError():
            if error_kind(error) is not ErrorKind.BAD_ITEM:
                raise error  # the transaction around us makes it ours, or begins again
            return Outcome(
                item, State.FAILED, f"the database refuses it: {error_message(error)}", title=title, step=step
            )
        case RateLimited():
            until = _note_limit(run, url or item, error)
            return Outcome(item, State.WAITING, str(error), until=until, title=title, step=step)
        case ModelError():  # not the item's fault: it stays due, and the run says it once
            run.model_error = error
            return Outcome(item, State.WAITING, "waits for a Whisper model", title=title, step=step)
        case CatalogError() | TranscriptError():
            return Outcome(item, State.FAILED, str(error), title=title, step=step)
        case _:
            return Outcome(item, State.FAILED, f"unexpected {type(error).__name__}: {error}", title=title, step=step)


def site(url: str) -> str:
    """The host whose patience is counted: ``youtube.com`` for all of YouTube's; empty for a local path."""
    return "youtube.com" if youtube(url) else host_of(url)


def _note_limit(run: Run, url: str, error: RateLimited) -> datetime:
    until = error.until or run.now() + DEFAULT_BACKOFF
    outcome = Outcome(site(url), State.WAITING, str(error), until=until, step=LIMIT)
    in_transaction(run.database, lambda session: outcomes.record(session, LIMIT, outcome, now=run.now()))
    return until


def finished_meanwhile(run: Run, step: str, item: str, since: datetime) -> bool:
    """Whether another run has done it since this one began with its list: two runs at once share the work."""
    with reading(run.database) as session:
        return outcomes.ended_after(session, step, item, since)


def rate_limited_until(run: Run, url: str) -> datetime | None:
    """Until when the site of ``url`` asked to be left alone; None when it may be called."""
    with reading(run.database) as session:
        return outcomes.waits_until(session, LIMIT, site(url), now=run.now())
