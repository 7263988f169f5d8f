"""Check the arguments of a catalog's methods: a wrong one is a ``Usage`` error, as it is on the command line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from episodes.dates import first_day
from episodes.errors import Usage


def text(argument: str, value: object) -> str:
    """Return the value if it is a string, else raise Usage."""
    if isinstance(value, str):
        return value
    raise Usage(argument, f"{value!r} is not a string")


def name(value: object) -> str:
    """Return the name of an episode, show or article as a string; an episode's number may be an int."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text("name", value)


def one_of(argument: str, value: object, allowed: Collection[str]) -> str:
    """Return the value if it is allowed, else raise Usage with what is."""
    if isinstance(value, str) and value in allowed:
        return str(value)
    raise Usage(argument, f"{value!r} is not one of {', '.join(allowed)}")


def count(argument: str, value: object, least: int, most: int | None = None) -> int:
    """Return the value if it is a whole number in this range, else raise Usage."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole and value >= least and (most is None or value <= most):  # type: ignore[operator]  # mypy loses `whole`
        return value  # type: ignore[return-value]
    raise Usage(argument, f"{value!r} is not a whole number from {least}" + (f" to {most}" if most else ""))


def day(argument: str, value: object) -> date | None:
    """Return a day, given as a date, as "2024-05-31", or as the month or year that it begins; else raise Usage."""
    if isinstance(value, str) and (found := first_day(value)):
        return found
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    raise Usage(argument, f"{value!r} is not a date; use a date, 2024-05-31, 2024-05 or 2024")


def ids(values: Sequence[object]) -> list[int]:
    """Return ids, which are whole numbers, else raise Usage."""
    return [count("id", value, 1) for value in values]
