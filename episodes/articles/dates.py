"""A date out of a few words, as pages and bylines write it; slashes are read only where month and day cannot be mixed up.

Days on which nothing can have been published (see ``episodes.days``) are passed over.
"""

from __future__ import annotations

import re
from datetime import date

from episodes.days import believed

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
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
_IN_ADDRESS = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-](?P<month>\d\d?)[/-](?P<day>\d\d?)(?=[/-]|$)")
#: A line without its date: nothing but a weekday, a time of day and words such as "Published 2 days ago on".
_ALONE = re.compile(
    r"""(?:published|posted|updated|date|on|at|in|[:|,.·–—-]|\s|\d+\ \w+\ ago
    |(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b)*
    (?:[T,\s]*(?:at\s+)?\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\.\d+)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|[A-Z]{2,4}|[+-]\d\d:?\d\d)?)?[\s.|,·–—-]*""",
    re.VERBOSE | re.IGNORECASE,
)


def find_date(text: str) -> date | None:
    """The first date in a short text, or None."""
    for form in _FORMS:
        for match in form.finditer(text):
            if found := _of(match):
                return found
    for match in _SLASHES.finditer(text):
        first, second = int(match[1]), int(match[2])
        if first > 12 or second > 12 or first == second:
            return _valid(int(match["year"]), *((second, first) if first > 12 else (first, second)))
    return None


def is_far(text: str) -> bool:
    """Whether a text begins with a whole date, and only its year cannot be believed."""
    return _ANY_YEAR.match(text) is not None


def date_line(text: str) -> date | None:
    """The date of a line that holds nothing else (but "Published", a weekday, a time of day), or None."""
    found, rest = split_date(text)
    return found if found and _ALONE.fullmatch(rest) else None


def split_date(text: str) -> tuple[date | None, str]:
    """The first date of a short line and what is left of the line; a long line has none."""
    for form in _FORMS if len(text) <= 120 else ():
        for match in form.finditer(text):
            if found := _of(match):
                return found, f"{text[: match.start()]} {text[match.end() :]}".strip()
    return None, text


def date_in_address(url: str) -> date | None:
    """The date that a blog's address carries ("/2026/05/04/ferry"), or None."""
    match = _IN_ADDRESS.search(url)
    return _of(match) if match else None


def _of(match: re.Match[str]) -> date | None:
    month = match["month"]
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    return _valid(int(match["year"]), number, int(match["day"]))


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return believed(date(year, month, day))
    except ValueError:
        return None
