"""Run work in parallel, one thread for each CPU core, so that no thread waits for another.

torch splits every single product among all cores, which then wait for the slowest; windows are many and independent of
each other. Measured by ``python -m tests.benchmarks.transcribe``: a tenth faster, and more on a busy machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def parallel_map(
    work: Callable[[T], R], items: Sequence[T], threads: int, stop: Callable[[], None] = lambda: None
) -> list[R]:
    """Apply ``work`` to each item and return the results in order.

    Raises the first error after all running work has ended. ``stop`` is called on an error or an interrupt, and may
    tell the running work to end early.
    """
    if min(threads, len(items)) <= 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(threads, initializer=_one_torch_thread) as pool:
        try:
            return list(pool.map(work, items))
        except BaseException:
            stop()
            pool.shutdown(cancel_futures=True)
            raise


def _one_torch_thread() -> None:
    """Limit torch to this thread. The setting is the thread's own."""
    import torch

    torch.set_num_threads(1)
