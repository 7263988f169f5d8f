"""Dates and months as coordinates of small charts, which templates write as SVG. Pure.

Horizontal coordinates are percentages of the available width, heights are pixels: letters and dots have the same size
on every screen.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from episodes.catalog.browsing import Month

#: Margin at both ends, in percent.
MARGIN = 2.0
#: Height of the bars, and of the line of years below them, in pixels.
HEIGHT, FOOT = 120, 22
#: Maximum months drawn: forty years.
MAX_MONTHS = 480
#: Columns of a timeline, in which dots are stacked: their maximum distance and the maximum height of a stack, in pixels.
COLUMNS, MAX_PITCH, MAX_STACK = 48, 10.0, 110.0


@dataclass(frozen=True, slots=True)
class Dot:
    """An episode on its day, ``y`` pixels above the axis."""

    x: float
    y: float
    key: str
    title: str
    day: date


@dataclass(frozen=True, slots=True)
class Tick:
    """The start of a year, or of a month on a short timeline."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A show's episodes on a timeline; ``height`` and ``radius`` of the dots in pixels."""

    dots: list[Dot]
    ticks: list[Tick]
    height: float
    radius: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A month: left edge, width, and heights for all episodes, those with transcript, and those with article."""

    x: float
    width: float
    episodes: float
    transcribed: float
    linked: float
    month: Month


def timeline(days: Sequence[tuple[str, str, date]]) -> Timeline:
    """Place episodes (key, title, day; oldest first) on a timeline; those close in time are stacked."""
    if not days:
        return Timeline([], [], 0, 0)
    first, last = days[0][2], days[-1][2]
    columns = [round(_fraction(day, first, last) * (COLUMNS - 1)) for *_, day in days]
    highest = max(Counter(columns).values())
    pitch = min(MAX_PITCH, MAX_STACK / highest)
    below: Counter[int] = Counter()
    dots = []
    for column, (key, title, day) in zip(columns, days, strict=True):
        dots.append(Dot(_x(column / (COLUMNS - 1)), round(pitch * (below[column] + 0.5), 1), key, title, day))
        below[column] += 1
    ticks = [Tick(_x(_fraction(day, first, last)), label) for day, label in _tick_dates(first, last)]
    return Timeline(dots, ticks, round(pitch * highest, 1), round(pitch * 0.45, 1))


def _fraction(day: date, first: date, last: date) -> float:
    """Return where a day lies between two days, 0 to 1; 0.5 if they are the same."""
    return 0.5 if first == last else (day - first).days / (last - first).days


def _x(share: float) -> float:
    return round(MARGIN + share * (100 - 2 * MARGIN), 2)


def _tick_dates(first: date, last: date) -> list[tuple[date, str]]:
    """Return the years that begin between two days, or months on a short timeline, or the days themselves."""
    years = [(date(year, 1, 1), str(year)) for year in range(first.year + 1, last.year + 1)]
    if len(years) > 1:
        step = -(-len(years) // 8)
        return years[::step]
    months = [
        (date(number // 12, number % 12 + 1, 1))
        for number in range(first.year * 12 + first.month, last.year * 12 + last.month)
    ]
    step = -(-len(months) // 5) or 1
    ends = [first] if first == last else [first, last]
    return [(day, f"{day:%b} {day.year}") for day in months[::step]] or [(day, f"{day.day} {day:%b}") for day in ends]


def month_window(months: Sequence[Month]) -> tuple[list[Month], int]:
    """Return all months from the first to the last, empty ones included, and how many episodes are left out.

    If they span more than ``MAX_MONTHS`` (one wrong date is enough), take the window of that length with the most in
    it.
    """
    numbers = [month.day.year * 12 + month.day.month - 1 for month in months]
    totals = [0, *accumulate(month.episodes + month.articles for month in months)]
    ends = [bisect_left(numbers, number + MAX_MONTHS) for number in numbers]
    first = max(range(len(months)), key=lambda at: totals[ends[at]] - totals[at], default=0)
    if not months:
        return [], 0
    last = ends[first]
    known = dict(zip(numbers[first:last], months[first:last], strict=True))
    whole = [known.get(each) or _empty_month(each) for each in range(numbers[first], numbers[last - 1] + 1)]
    return whole, sum(month.episodes for month in [*months[:first], *months[last:]])


def _empty_month(number: int) -> Month:
    return Month(date(number // 12, number % 12 + 1, 1), 0, 0, 0, 0)


def bars(months: Sequence[Month]) -> tuple[list[Bar], list[Tick], int]:
    """Return a bar for each month, the years below, and the highest number of episodes in a month."""
    if not months:
        return [], [], 0
    most = max(month.episodes for month in months) or 1
    slot = (100 - 2 * MARGIN) / len(months)
    width = min(slot * 0.8, 6.0)

    def height(number: int) -> float:
        return round(min(number / most, 1) * HEIGHT, 1)

    made = [
        Bar(
            round(MARGIN + slot * at + (slot - width) / 2, 3), round(width, 3),
            height(month.episodes), height(month.transcribed), height(month.linked), month,
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
