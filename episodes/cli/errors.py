"""Errors become one line on stderr and an exit code here, and nowhere else.

0 all done, 1 some items failed (the others are done), 2 wrong usage, 3 nothing could be done.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

#: A single dash and a word.
_LEFT_OUT = re.compile(r"-[^\W\d_]{2}")
SOME_FAILED = 1
WRONG_USAGE = 2
NOTHING_DONE = 3
INTERRUPTED = 130


def run(app: typer.Typer) -> None:
    """Run the app and end the process with its exit code."""
    try:
        app()
    except SystemExit as end:
        if end.code == INTERRUPTED:  # typer's for Ctrl-C
            _say("stopped; what was finished is kept, run the same command again to go on")
        if end.code == WRONG_USAGE and sys.argv[1:2] == ["search"] and any(map(_LEFT_OUT.match, sys.argv)):
            _say("a word to leave out comes after two dashes: nir search -- water -storm")
        raise
    except Exception as error:  # noqa: BLE001 - the last place: whatever it is, the person gets one line
        from episodes.redaction import redacted

        if _debugging():
            sys.stderr.write(redacted(traceback.format_exc()))
        code, line = explain(error)
        _say(redacted(line))
        sys.exit(code)


def explain(error: Exception) -> tuple[int, str]:
    """Exit code and the line that a person reads."""
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


def _say(line: str) -> None:
    sys.stderr.write(f"nir: {line}\n")


def _debugging() -> bool:
    return "--debug" in sys.argv or bool(os.environ.get("NIR_DEBUG"))
