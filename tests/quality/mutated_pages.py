"""Read mutated pages until one crashes or hangs: ``python -m tests.quality.mutated_pages [--pages 10000] [--first SEED]``.

Gives 1, and the seeds, where a page did anything but become articles or an ``ArticleError`` within some seconds. The suite reads a few
hundred of them; ten thousand take a minute or two. ``mutated(seed)`` gives the page again.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tests.articles.test_article_fuzz import check, mutated

#: Seconds that one page may take.
LONGEST = 10


class Hangs(Exception):
    """A page took too long."""


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Raise ``Hangs`` where the block takes longer; without alarms (Windows) it may take its time."""

    def strike(_signal: int, _frame: FrameType | None) -> None:
        raise Hangs(f"more than {seconds} s")

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, strike)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def trouble(seed: int) -> str:
    """What goes wrong with a page, in words; empty where nothing does."""
    try:
        with at_most(LONGEST):
            check(mutated(seed))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we are looking for
        return f"{type(error).__name__}: {error}"
    return ""


def main(arguments: list[str]) -> int:
    """Read the pages; 1 where one of them is trouble."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="the seed of the first page")
    asked = parser.parse_args(arguments)
    found, slowest, start = 0, (0.0, 0), time.perf_counter()
    for seed in range(asked.first, asked.first + asked.pages):
        before = time.perf_counter()
        if why := trouble(seed):
            found += 1
            print(f"seed {seed}: {why}")
        slowest = max(slowest, (time.perf_counter() - before, seed))
    print(
        f"{asked.pages} pages in {time.perf_counter() - start:.0f} s, {found} of them trouble; "
        f"the slowest took {slowest[0]:.2f} s (seed {slowest[1]})"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
