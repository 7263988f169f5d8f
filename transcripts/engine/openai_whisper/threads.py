"""Work side by side: a thread for each of the processor's cores, none of which waits for another.

torch shares every single product out among all cores, which then wait for the slowest; windows are many, and nothing in one depends on
another. Measured by ``python -m tests.benchmarks.transcribe``: a tenth faster, more on a busy machine.
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
    """What ``work`` makes of each item, in their order; the first error, if there is one, when all that had begun has ended.

    ``stop`` is called at an error, or when somebody interrupts, and may tell those at work to end early.
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
    """Torch's products take only the thread that they are asked in. The setting is this thread's own."""
    import torch

    torch.set_num_threads(1)
