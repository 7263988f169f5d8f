"""What a server's answer means: status in words, how long to wait, and bodies decompressed within a limit. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from episodes.errors import ArticleError

_MEANINGS = {
    401: "it asks for a login",
    402: "it is behind a pay wall",
    403: "it refuses us; its owner may allow no programs",
    404: "there is no such page",
    410: "the page was taken away",
    429: "it asks us to come less often; try again later",
}


def status_reason(status: int) -> str:
    """A status that brings no page, in words."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    server = "the site itself has trouble; try again later" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else ""
    meaning = _MEANINGS.get(status) or server
    return f"the site answers {status} {phrase}".rstrip() + (f": {meaning}" if meaning else "")


def in_words(error: Exception) -> str:
    """The cause of a failed connection, without the number that the system gives it."""
    text = re.sub(r"^\[[^\]]*\]\s*", "", str(error))
    return f"the connection failed: {text or type(error).__name__}"


def retry_after(value: str, now: datetime) -> float | None:
    """The seconds that a ``Retry-After`` header asks for (a number, or a date), None where it says nothing readable."""
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())


def decompressed(pieces: Iterable[bytes], encoding: str, size: int, url: str) -> Iterator[bytes]:
    """The body in plain bytes, ``size`` of them at most: a small gzip can hold gigabytes.

    Raises:
        ArticleError: it is larger, damaged, cut short, or compressed in a way that was not asked for.
    """
    name = encoding.strip().lower()
    if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise ArticleError(url, f"the page is compressed in a way that we did not ask for ({encoding})")
    plain = pieces if name in ("", "identity") else _inflated(pieces, size, url)
    left = size
    for piece in plain:
        left -= len(piece)
        if left < 0:
            raise too_large(url, size)
        yield piece


def too_large(url: str, size: int) -> ArticleError:
    """The error of a body beyond its limit."""
    return ArticleError(url, f"the page is larger than {size / 1_000_000:g} MB")


def _inflated(pieces: Iterable[bytes], size: int, url: str) -> Iterator[bytes]:
    stream = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: gzip or zlib, whatever its first bytes say
    try:
        for raw in pieces:
            yield stream.decompress(raw, size + 1)
            if stream.unconsumed_tail:
                raise too_large(url, size)
    except zlib.error as error:
        raise ArticleError(url, f"the compressed page is damaged: {error}") from error
    if not stream.eof:
        raise ArticleError(url, "the compressed page was cut short")
