"""How long an answer may take, and whether anybody still waits for it: what a server says once, and the database acts on.

    with patience.asked(Patience(5)):      # the server, around one request
        ...                                # every transaction of ``database.read_only`` begun here ends when time is up
    patience.end()                         # from any thread: nobody waits any more, and what runs is stopped

It travels in the context of the request, and so into the threads that work for it. It knows no database: whoever runs a statement
says how it is stopped (``stopping``), and whoever works for long asks from step to step whether that is ``still_wanted``.
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


class Patience:
    """Somebody who waits; ``until`` is when that ends (seconds of ``monotonic``), ``gone`` that it has ended already."""

    def __init__(self, seconds: float) -> None:
        self.until = monotonic() + seconds
        self.gone = False
        self._stops: dict[object, Callable[[], object]] = {}
        self._lock = Lock()

    def over(self) -> bool:
        """Whether an answer would come too late."""
        return self.gone or monotonic() > self.until

    @property
    def left(self) -> float:
        """Seconds that are left, at least a thousandth: none would mean without end to a database."""
        return max(self.until - monotonic(), 0.001)

    def stopping(self, statement: object, stop: Callable[[], object]) -> None:
        """From now on ``stop`` ends what runs; it is called once, from another thread, and not after ``done``."""
        with self._lock:
            self._stops[statement] = stop

    def done(self, statement: object) -> None:
        """It runs no longer, and what it ran on may serve others: it is stopped no more."""
        with self._lock:
            self._stops.pop(statement, None)

    def end(self) -> None:
        """Nobody waits any more; returns when what runs has been told."""
        self.gone = True
        with self._lock:
            stops, self._stops = self._stops, {}
            for stop in stops.values():
                stop()


_asked: ContextVar[Patience | None] = ContextVar("patience", default=None)


def current() -> Patience | None:
    """Whose answer this is; None where nobody counts the seconds."""
    return _asked.get()


def still_wanted(what: Some) -> Some:
    """The same, as long as somebody waits for the answer: to be asked between steps of work that takes long.

    Raises:
        DatabaseUnreachable: nobody does.
    """
    waits = current()
    if waits and waits.over():
        raise DatabaseUnreachable("", "the answer took too long")
    return what


@contextmanager
def asked(by: Patience) -> Iterator[Patience]:
    """While this lasts, what is read is read for them."""
    token = _asked.set(by)
    try:
        yield by
    finally:
        _asked.reset(token)
