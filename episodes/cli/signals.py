"""Handle Ctrl-C, SIGTERM and a broken pipe: each ends a command with at most one line, never with a traceback.

    130   Ctrl-C                    143   SIGTERM                    141   broken pipe, as with `head` (the shell's code)

A signal raises KeyboardInterrupt in the main thread, so that files are closed and transactions end; finished work is
kept, and the same command continues with the rest. If Python swallows the exception (in a destructor, in a library's
callback) it is raised once more. A third signal ends the process at once, and so does any signal once the work is over
and only threads are waited for: all data is written in transactions.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from _thread import interrupt_main
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

INTERRUPTED, TERMINATED, BROKEN_PIPE = 130, 143, 141
CODES = {signal.SIGINT: INTERRUPTED, signal.SIGTERM: TERMINATED}
#: Number of signals after which the process ends at once.
FORCE_AFTER = 3
#: Seconds until a swallowed interrupt is raised once more.
RERAISE_DELAY = 0.01
_SHOW_CURSOR = "\x1b[?25h"

#: Signals received so far.
_received: list[int] = []


@contextmanager
def interruptible(handlers: Mapping[int, Any]) -> Iterator[None]:
    """Let these signals interrupt the command while the context lasts; ignored signals stay ignored.

    Afterwards a signal exits at once: the command has ended, and its last line is printed whole.
    """
    _received.clear()
    hook, sys.unraisablehook = sys.unraisablehook, _reraise_swallowed
    try:
        for each in handlers:
            signal.signal(each, _raise)
        yield
    finally:
        exit_on_signal(handlers)
        sys.unraisablehook = hook


def exit_on_signal(handlers: Mapping[int, Any]) -> None:
    """From now on exit at once on a signal, without a message."""
    for each in handlers:
        signal.signal(each, _exit_now)


def finish_quietly(handlers: Mapping[int, Any]) -> None:
    """Install the final handlers: after all output a signal ends the process silently.

    Python may still be waiting for threads then.
    """
    for each in handlers:
        signal.signal(each, _exit_or_raise)
    if _received:
        atexit.register(_ignore, handlers)


def _ignore(handlers: Mapping[int, Any]) -> None:
    """Ignore signals at the very end, where one would change the exit code."""
    for each in handlers:
        signal.signal(each, signal.SIG_IGN)


def _raise(number: int, _frame: FrameType | None) -> None:
    _received.append(number)
    if len(_received) >= FORCE_AFTER:
        _exit_now()
    raise KeyboardInterrupt


def _reraise_swallowed(what: sys.UnraisableHookArgs) -> None:
    """Raise a swallowed KeyboardInterrupt once more, soon; report other errors as usual."""
    if isinstance(what.exc_value, KeyboardInterrupt):
        # Not from here, where it would be swallowed as well.
        again = threading.Timer(RERAISE_DELAY, interrupt_main, [_received.pop() if _received else signal.SIGINT])
        again.daemon = True
        again.start()
    else:
        sys.__unraisablehook__(what)


def _exit_or_raise(number: int, _frame: FrameType | None) -> None:
    """Exit at once if the main thread has ended or was interrupted; otherwise act as usual."""
    if _received or not threading.main_thread().is_alive():
        _exit_now()
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def _exit_now(*_: object) -> None:
    with suppress(OSError, ValueError):
        if sys.stderr.isatty():
            os.write(sys.stderr.fileno(), _SHOW_CURSOR.encode())  # progress bars hide the cursor
    os._exit(exit_code())


def ensure_streams() -> None:
    """Replace streams that the shell has closed (``>&-``) by the null device."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as long as the process


def exit_code() -> int:
    """Return the exit code of an interrupted command."""
    return CODES.get(signal.Signals(_received[0]), INTERRUPTED) if _received else INTERRUPTED


def flush_output(code: int) -> int:
    """Flush stdout and return the exit code, BROKEN_PIPE if nobody reads."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        output_abandoned()
        return BROKEN_PIPE
    return code


def output_abandoned() -> bool:
    """Return True if the reader of our output is gone; then discard the rest.

    Otherwise Python would complain about the broken pipe at exit.
    """
    broken = [stream for stream in (sys.stdout, sys.stderr) if _is_broken(stream)]
    for stream in broken:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return bool(broken)


def _is_broken(stream: TextIO) -> bool:
    try:
        stream.flush()
        # rich replaces the stream by the null device if it meets the broken pipe first.
        return _hung_up(stream.fileno()) or os.path.samestat(os.fstat(stream.fileno()), Path(os.devnull).stat())
    except BrokenPipeError:
        return True
    except (OSError, ValueError):  # not a real stream
        return False


def _hung_up(file: int) -> bool:
    """Return True if the other end of a pipe is closed; False on systems that cannot tell."""
    import select

    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(file, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
