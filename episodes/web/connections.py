"""uvicorn's connections with manners: each is known to the house, and those that keep it waiting end.

uvicorn waits without end for the rest of a head or a body and for somebody who does not read, and has no limit but one that counts those
who say nothing like those who are answered. Its protocol tells all that is needed to know better; nothing else of it is changed.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from episodes.web.connection_limits import MAX_BODY, Activity, ConnectionLimiter, State, enforce_timeout

#: Seconds between two looks at all connections.
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
        """It comes."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        if self._limiter.admit(self):
            self._timer = self.loop.call_later(CHECK_INTERVAL, self._check)
        else:
            self._respond(503, "Too many ask at once just now; try again in a moment.\n")

    def connection_lost(self, exc: Exception | None) -> None:
        """It has gone."""
        self._limiter.release(self)
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some of a request."""
        if self._idle:
            self._idle, self._since = False, self.loop.time()
        if self._state() is State.DRAINING:
            self._drained += len(data)
            if self._drained > MAX_BODY:
                self.transport.abort()
                return
        super().data_received(data)

    def on_response_complete(self) -> None:
        """An answer is out; there may be the next request already."""
        self._idle, self._since, self._drained = True, self.loop.time(), 0
        super().on_response_complete()

    def activity(self) -> Activity:
        """What it does now."""
        state = self._state()
        return Activity(self._address, state, self._progressed if state is State.SENDING else self._since)

    def _state(self) -> State:
        if self.transport.get_write_buffer_size():
            return State.SENDING
        if self.cycle is not None and not self.cycle.response_complete:
            return State.PROCESSING
        return State.DRAINING if self.conn.their_state is h11.SEND_BODY else State.RECEIVING

    def _check(self) -> None:
        """Look whether the answer has been taken in further, and whether all this takes too long."""
        unsent, now = self.transport.get_write_buffer_size(), self.loop.time()
        if unsent == 0 or unsent != self._unsent:
            self._progressed = now
        self._unsent = unsent
        enforce_timeout(self, now)
        self._timer = self.loop.call_later(CHECK_INTERVAL, self._check)

    def evict(self) -> None:
        """End at once."""
        self.transport.abort()

    def time_out(self) -> None:
        """End; a request that has begun and not come is answered so."""
        if self._state() is State.RECEIVING and not self._idle and not self.transport.is_closing():
            self._respond(408, "The request did not come.\n")
        else:
            self.transport.abort()

    def _respond(self, status: int, why: str) -> None:
        """Answer without having been asked, and end."""
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
