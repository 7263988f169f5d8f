"""How much memory the machine has."""

from __future__ import annotations

import os

UNKNOWN = 4_000_000_000
"""What is assumed where the system does not tell."""


def installed() -> int:
    """Bytes of memory. Not what is free just now: what is heard together must not change from run to run."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows has no sysconf
        return UNKNOWN
