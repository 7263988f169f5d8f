"""What this machine can do at most, measured with what the decoder itself uses: products in int8 and float32, and reading of memory."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from transcripts.engine.openai_whisper.compiled.int8_linear import Int8Linear
from transcripts.engine.openai_whisper.linear import FloatLinear, int8_supported

ROWS, WIDTH, WIDER = 1500, 512, 2048


def limits() -> dict[str, float]:
    """Thousand million operations a second, and gigabytes a second."""
    x, weight = torch.randn(ROWS, WIDTH), torch.randn(WIDER, WIDTH)
    work = 2 * ROWS * WIDTH * WIDER / 1e9
    much = torch.ones(64_000_000)
    found = {"float32 products, GFLOP/s": work / _best(lambda: FloatLinear(weight)(x))}
    if int8_supported():
        int8 = Int8Linear(weight)
        found["int8 products, GOP/s"] = work / _best(lambda: int8(x))
    found["reading memory, GB/s"] = much.nbytes / 1e9 / _best(much.sum)
    return found


def _best(work: Callable[[], object], times: int = 12) -> float:
    """The least seconds of some tries."""
    taken = []
    with torch.inference_mode():
        for _ in range(times):
            begin = time.perf_counter()
            work()
            taken.append(time.perf_counter() - begin)
    return min(taken)
