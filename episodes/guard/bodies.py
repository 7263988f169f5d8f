"""Bodies unpacked and counted, within limits of bytes and of pace. Pure: the clock is handed in."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Iterator

from episodes.errors import NotFetched, TooLarge, TooSlow

_CHUNK = 2**20
SLOW = "the server is too slow"


def decompress(chunks: Iterable[bytes], encoding: str, size: int, url: str) -> Iterator[bytes]:
    """The body in plain bytes, ``size`` of them at most, packed or not: a small gzip can hold gigabytes.

    Raises:
        TooLarge: it is larger.
        NotFetched: it is damaged, cut short, or compressed in a way that was not asked for.
    """
    name = encoding.strip().lower()
    if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise NotFetched(url, f"the page is compressed in a way that we did not ask for ({encoding})")
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
    """The same pieces, as long as ``min_bytes`` bytes come in ``per_seconds`` seconds of waiting for them.

    A byte now and then would keep a fetch without an end alive. What the reader takes for itself does not count.

    Raises:
        TooSlow: fewer come.
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
    """The error of a body beyond its limit."""
    return TooLarge(url, f"the page is larger than {size / 1_000_000:g} MB")


def _counted(chunks: Iterable[bytes], size: int, url: str) -> Iterator[bytes]:
    left = size
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise too_large(url, size)
        yield chunk


def _inflate(chunks: Iterable[bytes], url: str) -> Iterator[bytes]:
    """The content of one gzip or zlib stream, a megabyte at a time; what follows it is not read."""
    stream = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: gzip or zlib, whatever its first bytes say
    for chunk in chunks:
        raw, out = chunk, b"x" * _CHUNK
        while raw or len(out) == _CHUNK:  # a full one may have more behind it
            out = stream.decompress(raw, _CHUNK)
            raw = stream.unconsumed_tail
            yield out
        if stream.eof:
            return
    raise NotFetched(url, "the compressed page was cut short")
