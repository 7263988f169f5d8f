"""Translate yt-dlp's errors into the catalog's: a full disk, a rate limit, or an episode that cannot be read.

By class, errno and HTTP status of the causes first; by the message (``ytdlp_messages``) only for rate limits that have
no status.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from episodes.errors import CatalogError, DiskFull, NotFetched, RateLimited, SourceError
from episodes.sources.ytdlp_messages import is_rate_limited, plain_message

#: The backoff after a rate limit: YouTube counts requests per hour, and no site says when it may be asked again.
_BACKOFF = timedelta(hours=1)


def rate_limited_error(url: str, message: str) -> RateLimited:
    """Make the error that stops all calls to a site for an hour."""
    return RateLimited(url, message, datetime.now(UTC) + _BACKOFF)


def to_catalog_error(error: BaseException, url: str) -> CatalogError:
    """Return ``DiskFull``, ``RateLimited`` or ``SourceError``, by the causes; close their open responses."""
    causes = list(_causes(error))
    unfetched = next((cause for cause in causes if isinstance(cause, NotFetched)), None)
    message = _guard_message(unfetched, url) if unfetched else plain_message(str(error))
    for cause in causes:
        response = getattr(cause, "response", None)
        if response is not None:
            response.close()  # nobody reads the rest
    if any(isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT) for cause in causes):
        return DiskFull(detail=message)
    if (not unfetched and is_rate_limited(message)) or any(getattr(cause, "status", None) == 429 for cause in causes):
        return rate_limited_error(url, message)
    return SourceError(url, message)


def _guard_message(error: NotFetched, url: str) -> str:
    """Return the guard's reason, with the address where it happened unless that is ``url`` itself."""
    return f"{error.item}: {error.detail}" if error.item not in ("", url) else error.detail


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error and everything it came from; yt-dlp also keeps causes in ``cause`` and ``exc_info``."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        error = waiting.pop()
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        info = getattr(error, "exc_info", None)
        own = [getattr(error, "cause", None), info[1] if isinstance(info, tuple) else None]
        waiting += [cause for cause in (*own, error.__cause__, error.__context__) if isinstance(cause, BaseException)]
