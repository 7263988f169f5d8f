"""Parse and format dates. No other module does.

A day is the UTC day of a moment, like YouTube's, whatever the source, so one episode or article has one day. A day
without a time stays as written. Dates with slashes are read only if month and day cannot be confused.

A foreign calendar, a clock that was never set and a typo ("0024-05-01") would each stretch every plot and every list of
months over centuries. So days before 1900 and after the end of next year are ignored: the item is kept without a date,
and the outcome says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from time import struct_time

FIRST = date(1900, 1, 1)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_TIME = r"\d\d?:\d\d(?::\d\d(?:\.\d+)?)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<!\d)(?P<moment>(?:19|20)\d\d-\d\d-\d\d[T ]{_TIME} ?(?:Z|[+-]\d\d(?::?\d\d)?))(?!\w)",
        rf"(?<!\d)(?P<mail>\d{{1,2}}\s+{_MONTH}\s+{_YEAR}\s+{_TIME}\s+(?:[+-]\d{{4}}|GMT|UTC?|Z|[ECMP][SD]T))(?!\w)",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)/(?P<month>\d\d?)/(?P<day>\d\d?)(?!\d)",
        rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"{_DAY}\.?\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}",
        rf"(?<!\d)(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?{_YEAR}",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)",
    )
)
_SLASHES = re.compile(rf"(?<!\d)(\d\d?)/(\d\d?)/{_YEAR}")
_ANY_YEAR = re.compile(r"[+-]?\d{1,9}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])(?!\d)|[A-Za-z]+ \d{1,2}, \d{4}(?!\d)")
_PERIOD = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_IN_ADDRESS = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-](?P<month>\d\d?)[/-](?P<day>\d\d?)(?=[/-]|$)")
#: The rest of a date line: only a weekday, a time of day and words such as "Published 2 days ago on".
_ALONE = re.compile(
    r"""(?:published|posted|updated|date|on|at|in|[:|,.·–—-]|\s|\d+\ \w+\ ago
    |(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b)*
    (?:[T,\s]*(?:at\s+)?\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\.\d+)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|[A-Z]{2,4}|[+-]\d\d:?\d\d)?)?[\s.|,·–—-]*""",
    re.VERBOSE | re.IGNORECASE,
)


def find_date(text: str) -> date | None:
    """Return the first plausible date in a short text, or None."""
    return next((day for day, _ in _matches(text)), None)


def parse_date_field(text: str) -> tuple[date | None, str]:
    """Parse a ``date`` field into (day, "").

    (None, the date as text) if it is implausible; (None, "") if the field is empty.

    Raises:
        ValueError: it is no date.
    """
    text = text.strip()
    found = _from_iso(text) or find_date(text)
    if not text or (found and is_plausible(found)):
        return found, ""
    if found or _ANY_YEAR.match(text):
        return None, str(found or text)
    raise ValueError(text)


def date_line(text: str) -> date | None:
    """Return the date of a line that contains nothing else (but "Published", a weekday, a time of day), or None."""
    found, rest = split_date(text)
    return found if found and _ALONE.fullmatch(rest) else None


def split_date(text: str) -> tuple[date | None, str]:
    """Return the first date in a line and the rest of the line. Lines over 120 characters are not searched."""
    day, match = next(_matches(text) if len(text) <= 120 else iter(()), (None, None))
    return (day, f"{text[: match.start()]} {text[match.end() :]}".strip()) if match else (None, text)


def date_in_address(url: str) -> date | None:
    """Return the date in a blog's URL ("/2026/05/04/ferry"), or None."""
    match = _IN_ADDRESS.search(url)
    return _from_match(match) if match else None


def _matches(text: str) -> Iterator[tuple[date, re.Match[str]]]:
    """Yield each date in a text with its match: form by form, and in order within a form."""
    for form in _FORMS:
        for match in form.finditer(text):
            if day := _from_match(match):
                yield day, match
    for match in _SLASHES.finditer(text):
        if day := _from_slashes(match):
            yield day, match


def _from_slashes(match: re.Match[str]) -> date | None:
    """Read 13/05/2026 and 05/13/2026, but not 05/04/2026: it may be April or May."""
    first, second = int(match[1]), int(match[2])
    if first <= 12 and second <= 12 and first != second:
        return None
    return _valid(int(match["year"]), *((second, first) if first > 12 else (first, second)))


def _from_match(match: re.Match[str]) -> date | None:
    named = match.groupdict()
    if moment := named.get("moment"):
        return plausible(_from_iso(f"{moment[:10]}T{moment[11:].replace(' ', '').upper()}"))
    if mail := named.get("mail"):
        return _from_rfc2822(mail)
    month = match["month"]
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    return _valid(int(match["year"]), number, int(match["day"]))


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return plausible(date(year, month, day))
    except ValueError:
        return None


def _from_iso(text: str) -> date | None:
    """Return the day of an ISO date or moment, plausible or not; None if it is not ISO.

    Raises:
        ValueError: a moment outside the years of UTC.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return utc_day(at)


def _from_rfc2822(text: str) -> date | None:
    """Return the day of a moment in the format of mail and RSS (RFC 2822)."""
    from email.utils import parsedate_to_datetime

    try:
        return plausible(utc_day(parsedate_to_datetime(text)))
    except (ValueError, IndexError):
        return None


def utc_day(at: datetime) -> date:
    """Return the UTC day of a moment; without a time zone, its own day.

    Raises:
        ValueError: it is outside the years that ``date`` supports.
    """
    try:
        return (at.astimezone(UTC) if at.tzinfo else at).date()
    except OverflowError as error:
        raise ValueError(str(at)) from error


def from_timestamp(seconds: object) -> datetime | None:
    """Convert a UNIX time to a moment in UTC; None if invalid or implausible."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        at = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return at if is_plausible(at.date()) else None


def from_struct_time(at: struct_time | None) -> date | None:
    """Return the day of a ``struct_time`` from feedparser, which is in UTC."""
    return _valid(at.tm_year, at.tm_mon, at.tm_mday) if at else None


def first_day(text: str) -> date | None:
    """Return the first day of a year, month or day as typed in a search filter ("2024", "2024-05"); None if invalid."""
    match = _PERIOD.fullmatch(text.strip())
    try:
        return date(*(int(part or 1) for part in match.groups())) if match else None
    except ValueError:
        return None


def is_plausible(day: date, today: date | None = None) -> bool:
    """True if something can have been published, or be announced, on this day. ``today`` defaults to the clock's."""
    today = today or datetime.now(UTC).date()
    return day >= FIRST and day.year <= today.year + 1


def plausible(day: date | None, today: date | None = None) -> date | None:
    """Return the day, or None if implausible."""
    return day if day and is_plausible(day, today) else None


def implausible_date(day: object) -> str:
    """Return the sentence that reports a date that was left out."""
    return f"its date {str(day)[:40]!r} was left out: it is not between {FIRST.year} and next year"


def iso(at: date | None) -> str | None:
    """Format a day or moment as ISO text for JSON."""
    return at.isoformat() if at else None


def to_the_minute(at: datetime) -> str:
    """Format a moment for readers: "2026-05-04 18:00 UTC"."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
