"""Pure: days and months -> the coordinates of small drawings, which templates write as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from episodes.catalog.browsing import Month

#: Width of a drawing in its own units, and what is left free at both ends.
WIDTH, MARGIN = 720, 12
#: Height of the bars' field, and of the line of years below it.
HEIGHT, FOOT = 120, 22


@dataclass(frozen=True, slots=True)
class Dot:
    """An episode on its day."""

    x: float
    key: str
    title: str
    day: date


@dataclass(frozen=True, slots=True)
class Tick:
    """A year, or a month of a short stretch, where it begins."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A month: left edge, width, and the heights of all its episodes, of those with words, of those with an article."""

    x: float
    width: float
    episodes: float
    heard: float
    linked: float
    month: Month


def dots(days: Sequence[tuple[str, str, date]]) -> tuple[list[Dot], list[Tick]]:
    """Episodes (key, title, day) along a line from the first day to the last."""
    if not days:
        return [], []
    first, last = min(day for *_, day in days), max(day for *_, day in days)
    span = max((last - first).days, 1)

    def x(day: date) -> float:
        middle = 0.5 if first == last else (day - first).days / span
        return round(MARGIN + middle * (WIDTH - 2 * MARGIN), 1)

    return [Dot(x(day), key, title, day) for key, title, day in days], [
        Tick(x(day), label) for day, label in _begins(first, last)
    ]


def _begins(first: date, last: date) -> list[tuple[date, str]]:
    """Where years begin between two days; where they are too near for that months, or the days themselves."""
    years = [(date(year, 1, 1), str(year)) for year in range(first.year + 1, last.year + 1)]
    if len(years) > 1:
        step = -(-len(years) // 12)
        return years[::step]
    months = [
        (date(number // 12, number % 12 + 1, 1))
        for number in range(first.year * 12 + first.month, last.year * 12 + last.month)
    ]
    step = -(-len(months) // 6) or 1
    ends = [first] if first == last else [first, last]
    return [(day, f"{day:%b} {day.year}") for day in months[::step]] or [(day, f"{day.day} {day:%b}") for day in ends]


def bars(months: Sequence[Month]) -> tuple[list[Bar], list[Tick], int]:
    """A bar for each month, the years below, and the highest number of episodes in a month."""
    if not months:
        return [], [], 0
    most = max(month.episodes for month in months) or 1
    room = (WIDTH - 2 * MARGIN) / len(months)
    width = min(room * 0.8, 40.0)

    def height(number: int) -> float:
        return round(min(number / most, 1) * HEIGHT, 1)

    made = [
        Bar(
            round(MARGIN + room * at + (room - width) / 2, 1), round(width, 1),
            height(month.episodes), height(month.heard), height(month.linked), month,
        )
        for at, month in enumerate(months)
    ]  # fmt: skip
    step = -(-len(months) // 96) or 1
    ticks = [
        Tick(bar.x, str(bar.month.day.year))
        for bar in made
        if bar.month.day.month == 1 and bar.month.day.year % step == 0
    ]
    return made, ticks or [Tick(made[0].x, f"{made[0].month.day:%b %Y}")], most
