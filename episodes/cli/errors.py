"""Errors as exit codes and lines on stderr; ``entry.py`` ends the process with them.

0 all done, 1 some items failed (the others are done), 2 wrong usage, 3 nothing could be done; ``signals.py`` has those
of signals.
"""

from __future__ import annotations

import sys
from contextlib import suppress

from episodes.cli.control_chars import one_line

SOME_FAILED = 1
WRONG_USAGE = 2
NOTHING_DONE = 3


def explain(error: Exception) -> tuple[int, str]:
    """Return the exit code and the line to print."""
    from episodes.errors import CatalogError, DiskFull
    from transcripts.errors import TranscriptError

    if isinstance(error, CatalogError):
        return error.exit_code, str(error)
    if isinstance(error, TranscriptError):
        return NOTHING_DONE, str(error)
    if isinstance(error, OSError) and error.errno == 28:  # ENOSPC
        return DiskFull.exit_code, str(DiskFull(error.filename or "", error.strerror))
    if isinstance(error, OSError) and error.filename:
        return WRONG_USAGE, f"{error.filename}: {(error.strerror or 'cannot be used').lower()}"
    kind = type(error).__name__
    return NOTHING_DONE, f"unexpected {kind}: {error}; `nir --debug …` shows where, please report it"


def print_error(line: str) -> None:
    """Print the line on stderr."""
    with suppress(OSError):  # stderr may be closed
        sys.stderr.write(f"nir: {one_line(line)}\n")
