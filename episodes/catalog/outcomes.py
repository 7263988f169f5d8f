"""Outcomes: what became of each item at each step, the retry schedule, and the queues of waiting items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, func, or_, select

from episodes import models
from episodes.batches import batched
from episodes.catalog.upserts import insert_new
from episodes.values import Outcome, State

#: Automatic retries of a failed item; after that it waits for `nir retry`.
MAX_TRIES = 5
FIRST_BACKOFF = timedelta(minutes=10)


def record(
    session: Session, step: str, outcome: Outcome, *, now: datetime, data: Mapping[str, Any] | None = None
) -> None:
    """Store the outcome as the item's latest at this step; ``data`` is what the step needs to retry."""
    row = _find(session, step, outcome.item) or models.Outcome(step=step, item=outcome.item, state="", at=now)
    failed = outcome.state is State.FAILED
    row.tries = row.tries + 1 if failed else 0
    row.state, row.reason, row.at = outcome.state, outcome.reason, now
    row.title = outcome.title or row.title
    row.until = outcome.until or (now + backoff(row.tries) if failed else None)
    if data is not None:
        row.data = dict(data)
    session.add(row)
    session.flush()


def backoff(tries: int) -> timedelta:
    """The retry delay after this many failures in a row, an exponential backoff: 0, 10, 30, 70, 150 minutes."""
    return FIRST_BACKOFF * (int(2 ** (min(tries, MAX_TRIES) - 1)) - 1)


def _find(session: Session, step: str, item: str) -> models.Outcome | None:
    return session.exec(select(models.Outcome).where(models.Outcome.step == step, models.Outcome.item == item)).first()


def known(session: Session, step: str, items: Iterable[str]) -> set[str]:
    """The items, of these, that have an outcome at this step."""
    rows: set[str] = set()
    for some in batched(items):
        rows.update(
            session.exec(
                select(models.Outcome.item).where(models.Outcome.step == step, col(models.Outcome.item).in_(some))
            )
        )
    return rows


def enqueue(
    session: Session,
    step: str,
    items: Iterable[tuple[str, str, Mapping[str, Any]]],
    *,
    now: datetime,
    reason: str = "listed",
) -> None:
    """Store new items, (item, title, data) each, as waiting. An item that has an outcome at this step keeps it."""
    rows = [
        {"step": step, "item": item, "state": str(State.WAITING), "reason": reason, "title": title,
         "tries": 0, "data": dict(data), "at": now}
        for item, title, data in items
    ]  # fmt: skip
    insert_new(session, models.Outcome, rows)


def forget(session: Session, step: str, item: str) -> None:
    """Remove the outcome of an item at this step."""
    session.execute(delete(models.Outcome).where(col(models.Outcome.step) == step, col(models.Outcome.item) == item))


def of_site(session: Session, step: str, site_id: int) -> list[tuple[str, str, dict[str, Any]]]:
    """All items that a site has listed, as (item, title, data), the oldest first."""
    rows = session.exec(
        select(models.Outcome.item, models.Outcome.title, models.Outcome.data)
        .where(models.Outcome.step == step)
        .order_by(col(models.Outcome.id))
    )
    return [(item, title, dict(kept)) for item, title, kept in rows if kept.get("site") == site_id]


def data(session: Session, step: str, items: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Map the items that have an outcome to its ``data``."""
    found: dict[str, dict[str, Any]] = {}
    kept = select(models.Outcome.item, models.Outcome.data).where(models.Outcome.step == step)
    for some in batched(items):
        rows = session.exec(kept.where(col(models.Outcome.item).in_(some)))
        found.update({item: dict(value) for item, value in rows})
    return found


def due(session: Session, step: str, *, now: datetime, failed: bool = False) -> list[models.Outcome]:
    """Items to work on, in the order in which they were found.

    These are waiting items whose time has come, and failed ones whose retry is due; with ``failed`` all failed ones, however often and
    whenever they failed.
    """
    state, until = col(models.Outcome.state), col(models.Outcome.until)
    ready = or_(until.is_(None), until <= now)
    waiting = (state == State.WAITING) & ready
    again = state == State.FAILED
    if not failed:
        again = again & ready & (col(models.Outcome.tries) < MAX_TRIES)
    statement = select(models.Outcome).where(models.Outcome.step == step, waiting | again)
    return list(session.exec(statement.order_by(col(models.Outcome.id))))


def unfinished(session: Session, step: str) -> set[str]:
    """The items of this step that wait or failed, due or not."""
    open_ = col(models.Outcome.state).in_([str(State.WAITING), str(State.FAILED)])
    return set(session.exec(select(models.Outcome.item).where(models.Outcome.step == step, open_)))


def waits_until(session: Session, step: str, item: str, *, now: datetime) -> datetime | None:
    """Until when this item waits; None if it does not wait, or its time has come."""
    row = _find(session, step, item)
    return row.until if row and row.until and row.until > now else None


def ended_after(session: Session, step: str, item: str, moment: datetime) -> bool:
    """True if work on this item ended after ``moment``, with success or without."""
    row = _find(session, step, item)
    return row is not None and row.state != State.WAITING and row.at > moment


def listed(session: Session, states: Iterable[State]) -> list[models.Outcome]:
    """Outcomes in these states, the newest first."""
    where = col(models.Outcome.state).in_([str(state) for state in states])
    return list(session.exec(select(models.Outcome).where(where).order_by(col(models.Outcome.at).desc())))


def counts(session: Session) -> dict[str, dict[str, int]]:
    """The number of items by step and state: ``{"update": {"done": 4}}``."""
    rows = session.exec(
        select(models.Outcome.step, models.Outcome.state, func.count()).group_by(
            models.Outcome.step, models.Outcome.state
        )
    )
    table: dict[str, dict[str, int]] = {}
    for step, state, count in rows:
        table.setdefault(step, {})[state] = count
    return table
