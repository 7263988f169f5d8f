"""Interpret HTTP responses: status in words, the ``Retry-After`` header, gzip files within a size limit. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from episodes.errors import ArticleError, NotFetched
from episodes.guard.bodies import decompress

_MEANINGS = {
    401: "it requires a login",
    402: "it is behind a pay wall",
    403: "access is denied; the owner may not allow programs",
    404: "there is no such page",
    410: "the page was removed",
    429: "its rate limit is reached; try again later",
}


def status_reason(status: int) -> str:
    """Explain an HTTP status that comes without a page."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    server = "the site has a problem; try again later" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else ""
    meaning = _MEANINGS.get(status) or server
    return f"the site answers {status} {phrase}".rstrip() + (f": {meaning}" if meaning else "")


def retry_after(value: str, now: datetime) -> float | None:
    """Parse ``Retry-After``, a number of seconds or a date, into seconds from ``now``; None if unreadable."""
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())


def gunzip(body: bytes, size: int, url: str) -> bytes:
    """Decompress a gzip file of at most ``size`` bytes.

    Raises:
        ArticleError: it is larger or damaged.
    """
    try:
        return b"".join(decompress([body], "gzip", size, url))
    except NotFetched as error:
        raise ArticleError(url, error.detail) from error
