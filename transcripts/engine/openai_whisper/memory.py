"""How much memory is free."""

from __future__ import annotations

import os
from pathlib import Path

UNKNOWN = 4_000_000_000
"""What is assumed where the system does not tell."""


def available() -> int:
    """Bytes that can be taken without swapping: Linux tells; elsewhere half of all memory, where the system tells that."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, OSError, ValueError):  # Windows has no sysconf
        return UNKNOWN
