"""Bodies unpacked and counted, within limits of bytes and of pace. Pure: the clock is handed in."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Iterator

from episodes.errors import NotFetched, TooLarge, TooSlow

_CHUNK = 2**20
SLOW = "the server is too slow"


def decompressed(pieces: Iterable[bytes], encoding: str, size: int, url: str) -> Iterator[bytes]:
    """The body in plain bytes, ``size`` of them at most, packed or not: a small gzip can hold gigabytes.

    Raises:
        TooLarge: it is larger.
        NotFetched: it is damaged, cut short, or compressed in a way that was not asked for.
    """
    name = encoding.strip().lower()
    if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise NotFetched(url, f"the page is compressed in a way that we did not ask for ({encoding})")
    if name in ("", "identity"):
        yield from _counted(pieces, size, url)
        return
    try:
        yield from _counted(_inflated(_counted(pieces, size, url), url), size, url)
    except zlib.error as error:
        raise NotFetched(url, f"the compressed page is damaged: {error}") from error


def steady(
    pieces: Iterable[bytes], url: str, *, least: int, every: float, clock: Callable[[], float] = time.monotonic
) -> Iterator[bytes]:
    """The same pieces, as long as ``least`` bytes come in ``every`` seconds of waiting for them.

    A byte now and then would keep a fetch without an end alive. What the reader takes for itself does not count.

    Raises:
        TooSlow: fewer come.
    """
    waited, came, source = 0.0, 0, iter(pieces)
    while True:
        began = clock()
        piece = next(source, None)
        if piece is None:
            return
        waited, came = waited + clock() - began, came + len(piece)
        if came >= least:
            waited, came = 0.0, 0
        elif waited > every:
            raise TooSlow(url, SLOW)
        yield piece


def too_large(url: str, size: int) -> TooLarge:
    """The error of a body beyond its limit."""
    return TooLarge(url, f"the page is larger than {size / 1_000_000:g} MB")


def _counted(pieces: Iterable[bytes], size: int, url: str) -> Iterator[bytes]:
    left = size
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise too_large(url, size)
        yield piece


def _inflated(pieces: Iterable[bytes], url: str) -> Iterator[bytes]:
    """The content of one gzip or zlib stream, a megabyte at a time; what follows it is not read."""
    stream = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: gzip or zlib, whatever its first bytes say
    for piece in pieces:
        raw, out = piece, b"x" * _CHUNK
        while raw or len(out) == _CHUNK:  # a full one may have more behind it
            out = stream.decompress(raw, _CHUNK)
            raw = stream.unconsumed_tail
            yield out
        if stream.eof:
            return
    raise NotFetched(url, "the compressed page was cut short")
