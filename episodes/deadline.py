"""How long an answer may take, and whether anybody still waits for it: what a server says once, and the database acts on.

    with deadline.within(Deadline(5)):      # the server, around one request
        ...                                # every transaction of ``database.read_only`` begun here ends when time is up
    deadline.cancel()                          # from any thread: nobody waits any more, and what runs is stopped

It travels in the context of the request, and so into the threads that work for it. It knows no database: whoever runs a statement
says how it is stopped (``on_cancel``), and whoever works for long asks from step to step whether that is ``check_deadline``.
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
    """Somebody who waits; ``until`` is when that ends (seconds of ``monotonic``), ``cancelled`` that it has ended already."""

    def __init__(self, seconds: float) -> None:
        self.until = monotonic() + seconds
        self.cancelled = False
        self._stops: dict[object, Callable[[], object]] = {}
        self._lock = Lock()

    def passed(self) -> bool:
        """Whether an answer would come too late."""
        return self.cancelled or monotonic() > self.until

    @property
    def remaining(self) -> float:
        """Seconds that are left, at least a thousandth: none would mean without end to a database."""
        return max(self.until - monotonic(), 0.001)

    def on_cancel(self, statement: object, stop: Callable[[], object]) -> None:
        """From now on ``stop`` ends what runs; it is called once, from another thread, and not after ``finished``."""
        with self._lock:
            self._stops[statement] = stop

    def finished(self, statement: object) -> None:
        """It runs no longer, and what it ran on may serve others: it is stopped no more."""
        with self._lock:
            self._stops.pop(statement, None)

    def cancel(self) -> None:
        """Nobody waits any more; returns when what runs has been told."""
        self.cancelled = True
        with self._lock:
            stops, self._stops = self._stops, {}
            for stop in stops.values():
                stop()


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def current_deadline() -> Deadline | None:
    """Whose answer this is; None where nobody counts the seconds."""
    return _current.get()


def check_deadline(what: Some) -> Some:
    """The same, as long as somebody waits for the answer: to be asked between steps of work that takes long.

    Raises:
        DatabaseUnreachable: nobody does.
    """
    waits = current_deadline()
    if waits and waits.passed():
        raise DatabaseUnreachable("", "the answer took too long")
    return what


@contextmanager
def within(deadline: Deadline) -> Iterator[Deadline]:
    """While this lasts, what is read is read for them."""
    token = _current.set(deadline)
    try:
        yield deadline
    finally:
        _current.reset(token)
