"""Pure: parse and format clock times of captions.

Both directions go through whole milliseconds, so what was written is read back exactly.
"""

from __future__ import annotations

import re

CLOCK = r"(?:([0-9]{1,6}):)?([0-9]{1,4}):([0-9]{1,2})(?:[.,]([0-9]{1,9}))?"
"""Hours are optional and may have many digits; the optional fraction follows a dot (VTT) or a comma (SRT)."""

LONGEST = 1e6
"""Seconds, eleven days: no recording is longer, and later times are invalid."""

_ALONE = re.compile(CLOCK)
_TIMING = re.compile(rf"\s*{CLOCK}\s*-->\s*{CLOCK}(?:\s.*)?", re.DOTALL)


def parse_clock(text: str) -> float | None:
    """Return the seconds of ``01:02:03.450``, ``02:03,450`` and the like; None if invalid."""
    found = _ALONE.fullmatch(text.strip())
    return _seconds(*found.groups()) if found else None


def parse_timing(line: str) -> tuple[float, float] | None:
    """Return start and end of a line ``start --> end``, with or without cue settings; None if invalid.

    An end before the start, which some programs write by rounding, becomes the start.
    """
    found = _TIMING.fullmatch(line)
    if found is None:
        return None
    start, end = _seconds(*found.groups()[:4]), _seconds(*found.groups()[4:])
    return start, max(start, end)


def format_clock(seconds: float, separator: str = ".") -> str:
    """Return ``01:02:03.450``, with ``separator`` before the milliseconds. Negative seconds count as 0."""
    whole, thousandths = divmod(milliseconds(seconds), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{separator}{thousandths:03}"


def short_clock(seconds: float) -> str:
    """Return a time for people: 12:34, or 1:02:03 from an hour on."""
    minutes, second = divmod(int(max(0, seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def milliseconds(seconds: float) -> int:
    """Return whole milliseconds, at least 0."""
    return max(0, round(seconds * 1000))


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> float:
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return (whole * 1000 + int((fraction or "0")[:3].ljust(3, "0"))) / 1000
