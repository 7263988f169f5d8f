"""Sites that asked us to pause (HTTP 429, or a page that says so): until when none of their addresses is requested.

A limit is kept in the catalog, so that other runs and later ones respect it. It holds for the whole site, not for one address.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from episodes.catalog import outcomes
from episodes.database import in_transaction, reading
from episodes.errors import RateLimited
from episodes.pipeline.run import Run
from episodes.urls import host_of, youtube
from episodes.values import Outcome, State

STEP = "limit"

#: The pause if the site names none.
DEFAULT_PAUSE = timedelta(hours=1)


def site(url: str) -> str:
    """The host that a limit holds for: ``youtube.com`` for all of YouTube's hosts; empty for a local path."""
    return "youtube.com" if youtube(url) else host_of(url)


def record_limit(run: Run, url: str, error: RateLimited) -> datetime:
    """Store the limit of the site of ``url``; returns until when it holds."""
    until = error.until or run.now() + DEFAULT_PAUSE
    outcome = Outcome(site(url), State.WAITING, str(error), until=until, step=STEP)
    in_transaction(run.database, lambda session: outcomes.record(session, STEP, outcome, now=run.now()))
    return until


def rate_limited_until(run: Run, url: str) -> datetime | None:
    """Until when the site of ``url`` must not be requested; None if it may be now."""
    with reading(run.database) as session:
        return outcomes.waits_until(session, STEP, site(url), now=run.now())
