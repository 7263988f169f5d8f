"""The time of one fetch over all its hops.

A server that drips one byte every few seconds begins a client's read timeout anew with each, so timeouts alone never end. When the
time is up, the watch shuts the socket in use, and whoever reads from it fails at once.
"""

from __future__ import annotations

import socket
import threading
import time


class Watch:
    """Seconds that run from the moment it is made; entered around each hop. It does not raise: ``late`` tells that it struck."""

    def __init__(self, seconds: float) -> None:
        self.late = False
        self._end = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self._timer: threading.Timer | None = None

    @property
    def left(self) -> float:
        """Seconds left, never quite 0."""
        return max(0.001, self._end - time.monotonic())

    def hold(self, connection: socket.socket) -> None:
        """Take charge of the connection in use."""
        self._socket = connection

    def __enter__(self) -> None:
        self._timer = threading.Timer(self.left, self._strike)
        self._timer.daemon = True
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer.join()
        self._socket = None

    def _strike(self) -> None:
        self.late = True
        connection = self._socket
        if connection:
            try:
                # Not SSLSocket's own shutdown: it would pull the TLS state from under the reader.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
            except OSError:
                return
