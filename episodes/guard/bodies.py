"""Decompress and count response bodies within limits of bytes and of rate. Pure: the clock is a parameter."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Iterator

from episodes.errors import NotFetched, TooLarge, TooSlow

_CHUNK = 2**20
SLOW = "the server is too slow"


def decompress(chunks: Iterable[bytes], encoding: str, size: int, url: str) -> Iterator[bytes]:
    """Yield the decompressed body.

    At most ``size`` bytes are read and at most ``size`` are returned: a small gzip can hold gigabytes (zip bomb).

    Raises:
        TooLarge: it is larger.
        NotFetched: it is damaged, truncated, or in an encoding that was not requested.
    """
    name = encoding.strip().lower()
    if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise NotFetched(url, f"the page has a compression that was not requested ({encoding})")
    if name in ("", "identity"):
        yield from _counted(chunks, size, url)
        return
    try:
        yield from _counted(_inflate(_counted(chunks, size, url), url), size, url)
    except zlib.error as error:
        raise NotFetched(url, f"the compressed page is damaged: {error}") from error


def at_minimum_rate(
    chunks: Iterable[bytes],
    url: str,
    *,
    min_bytes: int,
    per_seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[bytes]:
    """Pass chunks on, as long as at least ``min_bytes`` arrive in each ``per_seconds`` seconds of waiting.

    Otherwise one byte now and then could keep a fetch alive for ever. Time that the caller spends between chunks does
    not count.

    Raises:
        TooSlow: fewer bytes arrive.
    """
    elapsed, received, source = 0.0, 0, iter(chunks)
    while True:
        began = clock()
        chunk = next(source, None)
        if chunk is None:
            return
        elapsed, received = elapsed + clock() - began, received + len(chunk)
        if received >= min_bytes:
            elapsed, received = 0.0, 0
        elif elapsed > per_seconds:
            raise TooSlow(url, SLOW)
        yield chunk


def too_large(url: str, size: int) -> TooLarge:
    """Make the error for a body larger than ``size`` bytes."""
    return TooLarge(url, f"the page is larger than {size / 1_000_000:g} MB")


def _counted(chunks: Iterable[bytes], size: int, url: str) -> Iterator[bytes]:
    left = size
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise too_large(url, size)
        yield chunk


def _inflate(chunks: Iterable[bytes], url: str) -> Iterator[bytes]:
    """Decompress one gzip or zlib stream, a megabyte at a time; data after its end is not read."""
    stream = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: detect gzip or zlib by the header
    for chunk in chunks:
        raw, out = chunk, b"x" * _CHUNK
        while raw or len(out) == _CHUNK:  # a full chunk may have more output behind it
            out = stream.decompress(raw, _CHUNK)
            raw = stream.unconsumed_tail
            yield out
        if stream.eof:
            return
    raise NotFetched(url, "the compressed page was cut short")
