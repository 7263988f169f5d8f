"""What yt-dlp says, and what it means: its messages made plain, its errors made ours. It needs no yt-dlp for that."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from episodes.errors import CatalogError, DiskFull, NotFetched, RateLimited, SourceError
from episodes.logs import logger

log = logger(__name__)

_RATE_LIMITED = re.compile(
    r"HTTP Error 429|too many requests|rate.?limit(?:ed|ing)?\b|"
    r"content isn.t available, try again later|confirm (?:you.re|that you are) not a (?:ro)?bot",
    re.IGNORECASE,
)
#: Addresses stand in messages, and may have any word in them.
_ADDRESS = re.compile(r"https?://\S++", re.IGNORECASE)
_AN_HOUR = timedelta(hours=1)


def is_rate_limited(text: str) -> bool:
    """Whether a site's message means that it wants to be left alone for a while."""
    return _RATE_LIMITED.search(_ADDRESS.sub("", text)) is not None


def plain_message(text: str) -> str:
    """yt-dlp's message without its marks, its cause and its request to be told of a bug."""
    message = re.sub(
        r"^(?:ERROR|WARNING):\s*|\(caused by .*|;? please report this issue on .*", "", text.strip(), flags=re.DOTALL
    )
    return " ".join(re.sub(r"^\[[^\]]*\]\s*(?:\S+:\s)?", "", message).split())


@dataclass
class MessageLog:
    """What yt-dlp says goes here instead of to the terminal."""

    warnings: list[str] = field(default_factory=list)

    def debug(self, message: str) -> None:
        """For the log only."""
        log.debug("yt-dlp: %s", message)

    def warning(self, message: str) -> None:
        """Kept: the reason why a video cannot be played is among them."""
        log.info("yt-dlp warns: %s", message)
        self.warnings.append(plain_message(message))

    def error(self, message: str) -> None:
        """Raised as well."""
        log.info("yt-dlp fails: %s", message)


def rate_limited_error(url: str, message: str) -> RateLimited:
    """The error that stops all calls to a site for an hour."""
    return RateLimited(url, message, datetime.now(UTC) + _AN_HOUR)


def to_catalog_error(error: BaseException, url: str) -> CatalogError:
    """A full disk, a site that asks for a pause, or an episode that cannot be read, whichever is the cause."""
    causes = list(_causes(error))
    unfetched = next((cause for cause in causes if isinstance(cause, NotFetched)), None)
    message = _of_the_guard(unfetched, url) if unfetched else plain_message(str(error))
    for cause in causes:
        response = getattr(cause, "response", None)
        if response is not None:
            response.close()  # nobody will read on
    if any(isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT) for cause in causes):
        return DiskFull(detail=message)
    if (not unfetched and is_rate_limited(message)) or any(getattr(cause, "status", None) == 429 for cause in causes):
        return rate_limited_error(url, message)
    return SourceError(url, message)


def _of_the_guard(error: NotFetched, url: str) -> str:
    """Why, and where that was if it was not at the address itself."""
    return f"{error.item}: {error.detail}" if error.item not in ("", url) else error.detail


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from; yt-dlp keeps that in places of its own."""
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
