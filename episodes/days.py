"""Which days can be days of publication: none before 1900, and none after next year's end.

A page of a strange calendar, a clock that was never set and a slip of the finger ("0024-05-01") would each stretch every plot and every
list of months over centuries. So each door asks here; an item with such a date is taken without it, and says so.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

FIRST = date(1900, 1, 1)


def is_believable(day: date, today: date | None = None) -> bool:
    """Whether something can have been published on a day, or be announced for it; ``today`` is the clock's where it is not given."""
    today = today or datetime.now(UTC).date()
    return day >= FIRST and day.year <= today.year + 1


def believed(day: date | None, today: date | None = None) -> date | None:
    """The day, or None for one that nobody can mean."""
    return day if day and is_believable(day, today) else None


def believed_moment(at: datetime | None) -> datetime | None:
    """The same for a moment."""
    return at if at and is_believable(at.date()) else None


def doubt(day: object) -> str:
    """What the person is told of a date that was left out."""
    return f"its date {str(day)[:40]!r} was left out: it is no day between {FIRST.year} and next year"
