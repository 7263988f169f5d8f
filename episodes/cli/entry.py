"""Run the app and end the process: here errors and signals become a line on stderr and an exit code."""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Mapping
from typing import Any

from episodes.cli import signals
from episodes.cli.errors import WRONG_USAGE, explain, print_error

#: A single dash and a word: most likely a word to exclude.
_LEFT_OUT = re.compile(r"-[^\W\d_]{2}")


def run(handlers: Mapping[int, Any]) -> None:
    """Run the app and exit with its code; ``handlers`` are the usual handlers of the signals that interrupt it."""
    ended: BaseException = SystemExit(0)
    try:
        with signals.interruptible(handlers):
            signals.ensure_streams()
            from episodes.cli.app import app

            app()
    except BaseException as error:  # noqa: BLE001 - the last place: whatever it is becomes one line
        signals.exit_on_signal(handlers)
        ended = error
    code = signals.flush_output(_code(ended))
    signals.finish_quietly(handlers)
    sys.exit(code)


def _code(ended: BaseException) -> int:
    """Return the exit code, after printing what there is to say."""
    match ended:
        case SystemExit():
            return _ended(ended)
        case Exception() if not _interrupted(ended):
            return _failed(ended)
        case _:
            return _stopped()


def _interrupted(error: Exception) -> bool:
    from episodes.errors import caused_by_interrupt

    return caused_by_interrupt(error)


def _ended(end: SystemExit) -> int:
    """Return the exit code of a command that Typer ended: its own, that of a signal, or that of a broken pipe."""
    if isinstance(end.__context__, BrokenPipeError):
        return _failed(end.__context__)
    if end.code == signals.INTERRUPTED:
        return _stopped()
    if end.code == WRONG_USAGE and sys.argv[1:2] == ["search"] and any(map(_LEFT_OUT.match, sys.argv)):
        print_error("to exclude a word, put two dashes first: nir search -- water -storm")
    return end.code if isinstance(end.code, int) else 0


def _stopped() -> int:
    code = signals.exit_code()
    print_error("stopped; finished work is kept, run the same command again to continue")
    return code


def _failed(error: Exception) -> int:
    if isinstance(error, BrokenPipeError) and signals.output_abandoned():
        return signals.BROKEN_PIPE
    from episodes.redaction import redact

    if _debugging():
        sys.stderr.write(redact("".join(traceback.format_exception(error))))
    code, line = explain(error)
    print_error(redact(line))
    return code


def _debugging() -> bool:
    return "--debug" in sys.argv or bool(os.environ.get("NIR_DEBUG"))
