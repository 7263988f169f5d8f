"""Bodies end within their limits, whatever a server sends: counted in bytes, and in seconds of a clock that the test turns."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.errors import NotFetched, TooLarge, TooSlow
from episodes.guard.bodies import at_minimum_rate, decompress
from episodes.guard.deadline import Deadline

URL = "http://harbour.example/"


def counted(chunks: Iterator[bytes], taken: list[int]) -> Iterator[bytes]:
    for chunk in chunks:
        taken.append(len(chunk))
        yield chunk


@given(st.binary(max_size=3000), st.integers(1, 700), st.integers(0, 2), st.sampled_from([0, 3_000_000]))
def test_what_was_packed_comes_out(data: bytes, size: int, level: int, more: int) -> None:
    data += b"\0" * more
    packed = gzip.compress(data, level)
    chunks = (
        packed[at : at + max(size, len(packed) // 50)] for at in range(0, len(packed), max(size, len(packed) // 50))
    )

    assert b"".join(decompress(chunks, "gzip", len(packed) + len(data), URL)) == data


@pytest.mark.parametrize("wrap", [31, 15])
def test_a_bomb_is_taken_a_megabyte_at_a_time_and_no_further(wrap: int) -> None:
    def bomb() -> Iterator[bytes]:
        packer = zlib.compressobj(9, zlib.DEFLATED, wrap)
        for _ in range(3000):
            yield packer.compress(b"\0" * 2**20)

    taken: list[int] = []
    largest = 0
    with pytest.raises(TooLarge):
        for chunk in decompress(counted(bomb(), taken), "gzip" if wrap == 31 else "deflate", 5 * 2**20, URL):
            largest = max(largest, len(chunk))
    assert largest <= 2**20
    assert len(taken) < 100


def test_what_follows_the_end_is_not_read() -> None:
    taken: list[int] = []
    endless = (chunk for chunk in [gzip.compress(b"The ferry is late."), *[b"x" * 1000] * 1000])

    assert b"".join(decompress(counted(endless, taken), "gzip", 2**20, URL)) == b"The ferry is late."
    assert len(taken) == 1


def test_what_brings_nothing_is_counted_too() -> None:
    """A gzip header may hold a name of any length, so that nothing ever comes out."""
    taken: list[int] = []
    header = (chunk for chunk in [b"\x1f\x8b\x08\x08" + b"\0" * 6, *[b"n" * 10_000] * 1000])
    with pytest.raises(TooLarge):
        list(decompress(counted(header, taken), "gzip", 100_000, URL))
    assert sum(taken) < 200_000


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip", "gzip,br", "x"])
def test_what_was_not_asked_for_is_not_unpacked(encoding: str) -> None:
    with pytest.raises(NotFetched, match="was not requested"):
        list(decompress([b"?"], encoding, 100, URL))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def arriving(clock: Clock, size: int, pause: float) -> Iterator[bytes]:
    for _ in range(10_000):
        clock.now += pause
        yield b"x" * size


def test_a_drip_ends_and_a_slow_line_does_not() -> None:
    clock = Clock()
    taken: list[int] = []
    with pytest.raises(TooSlow):
        list(at_minimum_rate(counted(arriving(clock, 1, 15), taken), URL, min_bytes=1000, per_seconds=60, clock=clock))
    assert len(taken) == 5
    assert (
        len(list(at_minimum_rate(arriving(clock, 100, 5), URL, min_bytes=1000, per_seconds=60, clock=clock))) == 10_000
    )


def test_what_the_reader_takes_for_itself_does_not_count() -> None:
    clock = Clock()
    for _ in zip(
        range(50),
        at_minimum_rate(arriving(clock, 1, 0), URL, min_bytes=1000, per_seconds=60, clock=clock),
        strict=False,
    ):
        clock.now += 100


def test_patience_is_for_all_steps_together() -> None:
    clock = Clock()
    deadline = Deadline(60, 20, clock)

    assert (deadline.timeout, deadline.expired) == (20, False)
    clock.now = 55
    assert (deadline.timeout, deadline.expired) == (5, False)
    clock.now = 60
    assert (deadline.timeout, deadline.expired) == (0.001, True)
    deadline.extend(1000)
    assert (deadline.timeout, deadline.expired) == (20, False)
