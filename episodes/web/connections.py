"""uvicorn's HTTP connections with timeouts and a limit.

uvicorn waits forever for the rest of a head or body and for clients that do not read, and its only limit counts idle
connections like busy ones. This subclass of its protocol adds both; nothing else is changed.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from episodes.web.connection_limits import MAX_BODY, Activity, ConnectionLimiter, State, enforce_timeout

#: Seconds between two timeout checks of a connection.
CHECK_INTERVAL = 1.0


class Connection(H11Protocol):
    """One connection."""

    def __init__(self, *, limiter: ConnectionLimiter, **more: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(**more)
        self._limiter = limiter
        self._address = ""
        self._since = self._progressed = self.loop.time()
        self._idle = True
        self._unsent = self._drained = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Register the new connection, or refuse it with 503."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        if self._limiter.admit(self):
            self._timer = self.loop.call_later(CHECK_INTERVAL, self._check)
        else:
            self._respond(503, "Too many requests right now; please try again in a moment.\n")

    def connection_lost(self, exc: Exception | None) -> None:
        """Unregister the connection."""
        self._limiter.release(self)
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass on request data; close the connection if too much arrives after the response."""
        if self._idle:
            self._idle, self._since = False, self.loop.time()
        if self._state() is State.DRAINING:
            self._drained += len(data)
            if self._drained > MAX_BODY:
                self.transport.abort()
                return
        super().data_received(data)

    def on_response_complete(self) -> None:
        """Start waiting for the next request, which may have arrived already."""
        self._idle, self._since, self._drained = True, self.loop.time(), 0
        super().on_response_complete()

    def activity(self) -> Activity:
        """Return what the connection is doing now."""
        state = self._state()
        return Activity(self._address, state, self._progressed if state is State.SENDING else self._since)

    def _state(self) -> State:
        if self.transport.get_write_buffer_size():
            return State.SENDING
        if self.cycle is not None and not self.cycle.response_complete:
            return State.PROCESSING
        return State.DRAINING if self.conn.their_state is h11.SEND_BODY else State.RECEIVING

    def _check(self) -> None:
        """Note whether the client has read more of the response, then enforce the timeout."""
        unsent, now = self.transport.get_write_buffer_size(), self.loop.time()
        if unsent == 0 or unsent != self._unsent:
            self._progressed = now
        self._unsent = unsent
        enforce_timeout(self, now)
        self._timer = self.loop.call_later(CHECK_INTERVAL, self._check)

    def evict(self) -> None:
        """Close at once."""
        self.transport.abort()

    def time_out(self) -> None:
        """Close; answer 408 if a request has begun but is not complete."""
        if self._state() is State.RECEIVING and not self._idle and not self.transport.is_closing():
            self._respond(408, "The request did not arrive in time.\n")
        else:
            self.transport.abort()

    def _respond(self, status: int, why: str) -> None:
        """Send a response outside the application and close."""
        head = [
            ("content-type", "text/plain; charset=utf-8"),
            ("content-length", str(len(why))),
            ("connection", "close"),
        ]
        reason = "Request Timeout" if status == 408 else "Service Unavailable"
        for event in (
            h11.Response(status_code=status, headers=head, reason=reason),
            h11.Data(data=why.encode()),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
