"""Choose how many windows to decode at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

BATCH_MEMORY = 1_000_000_000
"""Maximum memory for the rows of a batch on a CPU in bytes, or an eighth of the memory if that is less. On a GPU it is a third."""

ROWS_PER_THREAD = 16
"""Rows for each CPU thread. More gain nothing: the time goes into reading the cross-attention keys and values, and each row has its own."""

MAX_GPU_ROWS = 256
"""More rows are at most a fifth (large-v3-turbo's dimensions) or a quarter (base) faster, measured in float16 on an
H200 by ``python -m tests.quality.float16``. They would fill its memory, and an interrupted run loses a whole batch."""

UNKNOWN_MEMORY = 4_000_000_000
"""Assumed where the system does not report its memory."""


def best_batch_size(device: torch.device, bytes_per_row: int) -> int:
    """Return how many rows at once are fastest and fit into memory."""
    import torch

    if device.type == "cuda":
        return max(1, min(MAX_GPU_ROWS, int(torch.cuda.mem_get_info(device)[1]) // 3 // bytes_per_row))
    fitting = min(BATCH_MEMORY, installed_memory() // 8) // bytes_per_row
    return max(1, min(ROWS_PER_THREAD * int(torch.get_num_threads()), fitting))


def installed_memory() -> int:
    """Return the total memory in bytes. Not the free memory: batches must not differ from run to run."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows has no sysconf
        return UNKNOWN_MEMORY
