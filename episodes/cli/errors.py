"""Errors become one line on stderr and an exit code here, and nowhere else.

0 all done, 1 some items failed (the others are done), 2 wrong usage, 3 nothing could be done; ``signals.py`` has those of signals.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from episodes.cli import signals
from episodes.cli.control_chars import one_line

#: A single dash and a word.
_LEFT_OUT = re.compile(r"-[^\W\d_]{2}")
SOME_FAILED = 1
WRONG_USAGE = 2
NOTHING_DONE = 3


def run(handlers: Mapping[int, Any]) -> None:
    """Run the app and end the process with its exit code; these ``handlers`` are the usual ones of the signals that stop it."""
    ended: BaseException = SystemExit(0)
    try:
        with signals.interruptible(handlers):
            signals.ensure_streams()
            from episodes.cli.app import app

            app()
    except BaseException as error:  # noqa: BLE001 - the last place: whatever it is, the person gets one line
        signals.exit_on_signal(handlers)
        ended = error
    code = signals.flush_output(_code(ended))
    signals.finish_quietly(handlers)
    sys.exit(code)


def _code(ended: BaseException) -> int:
    """The exit code; what there is to say of it is said."""
    match ended:
        case SystemExit():
            return _ended(ended)
        case Exception() if not _interrupted(ended):
            return _failed(ended)
        case _:
            return _stopped()


def _interrupted(error: Exception) -> bool:
    from episodes.errors import by_a_signal

    return by_a_signal(error)


def _ended(end: SystemExit) -> int:
    """Typer has ended the command: by its own exit code, for a signal, or for a pipe that is broken."""
    if isinstance(end.__context__, BrokenPipeError):
        return _failed(end.__context__)
    if end.code == signals.INTERRUPTED:
        return _stopped()
    if end.code == WRONG_USAGE and sys.argv[1:2] == ["search"] and any(map(_LEFT_OUT.match, sys.argv)):
        _say("a word to leave out comes after two dashes: nir search -- water -storm")
    return end.code if isinstance(end.code, int) else 0


def _stopped() -> int:
    code = signals.exit_code()
    _say("stopped; what was finished is kept, run the same command again to go on")
    return code


def _failed(error: Exception) -> int:
    if isinstance(error, BrokenPipeError) and signals.output_abandoned():
        return signals.BROKEN_PIPE
    from episodes.redaction import redact

    if _debugging():
        sys.stderr.write(redact("".join(traceback.format_exception(error))))
    code, line = explain(error)
    _say(redact(line))
    return code


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
    with suppress(OSError):  # nobody reads it
        sys.stderr.write(f"nir: {one_line(line)}\n")


def _debugging() -> bool:
    return "--debug" in sys.argv or bool(os.environ.get("NIR_DEBUG"))
