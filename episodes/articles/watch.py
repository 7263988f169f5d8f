"""The time of one fetch over all its hops.

A server that drips one byte every few seconds begins a client's read timeout anew with each, so timeouts alone never end. When the
time is up, the watch shuts the sockets of its connections, and whoever reads from one fails at once.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import MutableSet
from contextlib import suppress

#: A set may not grow while it is gone through; several watches have the same.
_NO_OTHER = threading.Lock()


class Watch:
    """Seconds that run from the moment it is made; entered around each hop. It does not raise: ``late`` tells that it struck.

    ``sockets`` are those that may be in use.
    """

    def __init__(self, seconds: float, sockets: MutableSet[socket.socket]) -> None:
        self.late = False
        self._end = time.monotonic() + seconds
        self._sockets = sockets
        self._timer: threading.Timer | None = None

    @property
    def left(self) -> float:
        """Seconds left, never quite 0."""
        return max(0.001, self._end - time.monotonic())

    def __enter__(self) -> None:
        self._timer = threading.Timer(self.left, self._strike)
        self._timer.daemon = True
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer.join()

    def add(self, connection: socket.socket) -> None:
        """One more that is in use; shut at once where the time was up before it was connected."""
        with _NO_OTHER:
            self._sockets.add(connection)
        if self.late:
            _shut(connection)

    def _strike(self) -> None:
        self.late = True
        with _NO_OTHER:
            there = list(self._sockets)
        for connection in there:
            _shut(connection)


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # closed by now
        # Not SSLSocket's own shutdown: it would pull the TLS state from under the reader.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
