"""uvicorn's connections with manners: each is known to the house, and those that keep it waiting end.

uvicorn waits without end for the rest of a head or a body and for somebody who does not read, and has no limit but one that counts those
who say nothing like those who are answered. Its protocol tells all that is needed to know better; nothing else of it is changed.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from episodes.web.house import BODY, Conduct, House, State, expire

#: Seconds between two looks at all connections.
OFTEN = 1.0


class Connection(H11Protocol):
    """One connection."""

    def __init__(self, *, house: House, **more: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(**more)
        self._house = house
        self._address = ""
        self._since = self._moved = self.loop.time()
        self._quiet = True
        self._unsent = self._extra = 0
        self._look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """It comes."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        if self._house.enter(self):
            self._look = self.loop.call_later(OFTEN, self._again)
        else:
            self._say(503, "Too many ask at once just now; try again in a moment.\n")

    def connection_lost(self, exc: Exception | None) -> None:
        """It has gone."""
        self._house.leave(self)
        if self._look:
            self._look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some of a request."""
        if self._quiet:
            self._quiet, self._since = False, self.loop.time()
        if self._state() is State.ENDING:
            self._extra += len(data)
            if self._extra > BODY:
                self.transport.abort()
                return
        super().data_received(data)

    def on_response_complete(self) -> None:
        """An answer is out; there may be the next request already."""
        self._quiet, self._since, self._extra = True, self.loop.time(), 0
        super().on_response_complete()

    def conduct(self) -> Conduct:
        """What it does now."""
        state = self._state()
        return Conduct(self._address, state, self._moved if state is State.SENT_TO else self._since)

    def _state(self) -> State:
        if self.transport.get_write_buffer_size():
            return State.SENT_TO
        if self.cycle is not None and not self.cycle.response_complete:
            return State.WORKED_FOR
        return State.ENDING if self.conn.their_state is h11.SEND_BODY else State.WAITED_FOR

    def _again(self) -> None:
        """Look whether the answer has been taken in further, and whether all this takes too long."""
        unsent, now = self.transport.get_write_buffer_size(), self.loop.time()
        if unsent == 0 or unsent != self._unsent:
            self._moved = now
        self._unsent = unsent
        expire(self, now)
        self._look = self.loop.call_later(OFTEN, self._again)

    def turn_away(self) -> None:
        """End at once."""
        self.transport.abort()

    def expire(self) -> None:
        """End; a request that has begun and not come is answered so."""
        if self._state() is State.WAITED_FOR and not self._quiet and not self.transport.is_closing():
            self._say(408, "The request did not come.\n")
        else:
            self.transport.abort()

    def _say(self, status: int, why: str) -> None:
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
