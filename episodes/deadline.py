"""The deadline of a request: a server sets it once, and the database acts on it.

    with within(Deadline(5)) as deadline:   # in the server, around one request
        ...                                 # transactions of a ``database.read_only`` engine end with the deadline
    deadline.cancel()                       # from any thread, when the client has left: stops what is running

It is a context variable of the request, and so reaches the threads that work for it. There is no database access here: a module that runs a
statement registers how to cancel it (``on_cancel``), and long computations call ``check_deadline`` between steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from time import monotonic
from typing import TypeVar

from episodes.errors import DatabaseUnreachable

Some = TypeVar("Some")


class Deadline:
    """The time until which a client waits: ``until``, in seconds of ``monotonic``; ``cancelled`` if it waits no longer."""

    def __init__(self, seconds: float) -> None:
        self.until = monotonic() + seconds
        self.cancelled = False
        self._stops: dict[object, Callable[[], object]] = {}
        self._lock = Lock()

    def passed(self) -> bool:
        """Return True if a response would come too late."""
        return self.cancelled or monotonic() > self.until

    @property
    def remaining(self) -> float:
        """Return the seconds left, at least 0.001: zero would mean no timeout to a database."""
        return max(self.until - monotonic(), 0.001)

    def on_cancel(self, statement: object, stop: Callable[[], object]) -> None:
        """Register ``stop`` to cancel a running statement; it is called at most once, from another thread, and not after ``finished``."""
        with self._lock:
            self._stops[statement] = stop

    def finished(self, statement: object) -> None:
        """Unregister a statement: its connection may serve other requests now."""
        with self._lock:
            self._stops.pop(statement, None)

    def cancel(self) -> None:
        """Cancel: nobody waits any more. Returns when all running statements have been told to stop."""
        self.cancelled = True
        with self._lock:
            stops, self._stops = self._stops, {}
            for stop in stops.values():
                stop()


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def current_deadline() -> Deadline | None:
    """Return the deadline of the current request, or None."""
    return _current.get()


def check_deadline(what: Some) -> Some:
    """Return ``what`` unless the deadline has passed; call it between the steps of long work.

    Raises:
        DatabaseUnreachable: the deadline has passed.
    """
    deadline = current_deadline()
    if deadline and deadline.passed():
        raise DatabaseUnreachable("", "the query took too long")
    return what


@contextmanager
def within(deadline: Deadline) -> Iterator[Deadline]:
    """Set the deadline of everything read inside this block."""
    token = _current.set(deadline)
    try:
        yield deadline
    finally:
        _current.reset(token)
