"""How many windows are decoded at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

BATCH_MEMORY = 1_000_000_000
"""Bytes that the rows of a batch may take on a CPU, or an eighth of the memory, if that is less; on a GPU it may be a third."""

ROWS_PER_THREAD = 16
"""Rows for each thread of a CPU. More at once gain nothing: reading the keys and values of the sound takes the time, and each row has
its own."""

MAX_GPU_ROWS = 256
"""More at once gain a fifth (large-v3-turbo's dimensions) or a quarter (base) at most, measured in float16 on an H200 by
``python -m tests.quality.float16``. They would take all of its memory, and a batch is what a run that is broken off loses."""

UNKNOWN_MEMORY = 4_000_000_000
"""What is assumed where the system does not tell."""


def best_batch_size(device: torch.device, bytes_per_row: int) -> int:
    """How many rows at once are fastest and fit into memory."""
    import torch

    if device.type == "cuda":
        return max(1, min(MAX_GPU_ROWS, int(torch.cuda.mem_get_info(device)[1]) // 3 // bytes_per_row))
    fitting = min(BATCH_MEMORY, installed_memory() // 8) // bytes_per_row
    return max(1, min(ROWS_PER_THREAD * int(torch.get_num_threads()), fitting))


def installed_memory() -> int:
    """Bytes of memory. Not what is free just now: what is heard together must not change from run to run."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows has no sysconf
        return UNKNOWN_MEMORY
