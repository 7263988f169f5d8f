"""Ctrl-C, a request to terminate, a reader of our output who has left: each ends a command with one line or none, never with a traceback.

    130   stopped by Ctrl-C         143   asked to terminate         141   nobody reads any more, as `head` does (what the shell calls it)

A signal is raised where the main thread is, so that files are closed and transactions end; what was finished is kept, and the same command
goes on with the rest. Where Python swallows it (in a destructor, in a callback of a library) it is raised once more. Whoever insists ends
the process at once, and so does a signal when the work is over and only threads are waited for: all that is kept is kept in transactions.
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
#: So many signals, and nothing is waited for any more.
FORCE_AFTER = 3
#: Seconds until what was swallowed is raised once more.
RERAISE_DELAY = 0.01
_SHOW_CURSOR = "\x1b[?25h"

#: Signals of this command so far.
_received: list[int] = []


@contextmanager
def interruptible(handlers: Mapping[int, Any]) -> Iterator[None]:
    """While this lasts these signals stop the command; those that are ignored are left alone.

    After it they leave at once: the command has ended, one way or another, and what is said of that is said whole.
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
    """From now on a signal ends the process, and nothing is said."""
    for each in handlers:
        signal.signal(each, _exit_now)


def finish_quietly(handlers: Mapping[int, Any]) -> None:
    """Everything is said: what is usual holds again, but that nobody hears of a signal while Python waits for threads and ends."""
    for each in handlers:
        signal.signal(each, _exit_or_raise)
    if _received:
        atexit.register(_ignore, handlers)


def _ignore(handlers: Mapping[int, Any]) -> None:
    """At the very last a signal would change the exit code."""
    for each in handlers:
        signal.signal(each, signal.SIG_IGN)


def _raise(number: int, _frame: FrameType | None) -> None:
    _received.append(number)
    if len(_received) >= FORCE_AFTER:
        _exit_now()
    raise KeyboardInterrupt


def _reraise_swallowed(what: sys.UnraisableHookArgs) -> None:
    """What was raised where nobody can take it is raised once more, soon; other errors are told as ever."""
    if isinstance(what.exc_value, KeyboardInterrupt):
        # Not from in here, where it would be swallowed as well.
        again = threading.Timer(RERAISE_DELAY, interrupt_main, [_received.pop() if _received else signal.SIGINT])
        again.daemon = True
        again.start()
    else:
        sys.__unraisablehook__(what)


def _exit_or_raise(number: int, _frame: FrameType | None) -> None:
    """The command is over; if the main thread is, too, or was stopped, Python only waits for others."""
    if _received or not threading.main_thread().is_alive():
        _exit_now()
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def _exit_now(*_: object) -> None:
    with suppress(OSError, ValueError):
        if sys.stderr.isatty():
            os.write(sys.stderr.fileno(), _SHOW_CURSOR.encode())  # rows of progress have hidden it
    os._exit(exit_code())


def ensure_streams() -> None:
    """Where the shell has closed one (``>&-``), what is written there goes nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as long as the process


def exit_code() -> int:
    """The exit code of a command that a signal stopped."""
    return CODES.get(signal.Signals(_received[0]), INTERRUPTED) if _received else INTERRUPTED


def flush_output(code: int) -> int:
    """Write what is still to be written; the exit code, another one where nobody reads it."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        output_abandoned()
        return BROKEN_PIPE
    return code


def output_abandoned() -> bool:
    """Whether nobody reads our output any more; then what is left of it goes nowhere, and Python has nothing to say of it at its end."""
    broken = [stream for stream in (sys.stdout, sys.stderr) if _is_broken(stream)]
    for stream in broken:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return bool(broken)


def _is_broken(stream: TextIO) -> bool:
    try:
        stream.flush()
        # rich has put the null device in its place where it met that first.
        return _hung_up(stream.fileno()) or os.path.samestat(os.fstat(stream.fileno()), Path(os.devnull).stat())
    except BrokenPipeError:
        return True
    except (OSError, ValueError):  # no real stream
        return False


def _hung_up(file: int) -> bool:
    """Whether the other end of a pipe is closed; a system that cannot tell says no."""
    import select

    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(file, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
