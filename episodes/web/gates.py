"""Who is worked for at once: searches pass through one gate, pages that read the catalog through another, files through none.

So many searches run at a time as leave the machine room for everybody else; the next ones wait in their order, and where too many wait
already a reader is told at once to come again. Whoever leaves gives up the place, in the queue or at work: what runs for them is stopped.
Each has so many seconds, counted from when the work begins, and leaves the gate when the answer is ready: how slowly it is then taken in
is no business of the others. Nothing here knows what a search is: only which addresses ask for one.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass, field

import anyio
from anyio.to_thread import run_sync
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from episodes.deadline import Deadline, within
from episodes.web.house import MOST

#: Threads for all that is worked on, no more than the database's pool has connections; what both gates let through together leaves some
#: to files, which need one only for moments.
THREADS = 15
#: Addresses that search where they say for what, and those of files.
_SEARCHES = frozenset({"/", "/results", "/api/search"})
_FILES = ("/static/", "/media/")


@dataclass(slots=True)
class Gate:
    """``at_once`` pass together, ``most`` more may wait; each has ``seconds``. ``waiting`` is how many do just now."""

    at_once: int
    most: int
    seconds: float
    waiting: int = 0
    open: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.open = asyncio.Semaphore(self.at_once)

    @property
    def full(self) -> bool:
        """Whether one more could not even wait."""
        return self.open.locked() and self.waiting >= self.most


def searches() -> Gate:
    """The gate of searches. More at once would only take turns at the processor, so that all are late."""
    return Gate(at_once=3, most=32, seconds=5)


def pages() -> Gate:
    """The gate of everything else that reads the catalog. Each is quick, so whoever is in the house may wait."""
    return Gate(at_once=6, most=MOST, seconds=10)


class Gates:
    """Lets requests through to the application."""

    def __init__(self, app: ASGIApp, searching: Gate | None = None, reading: Gate | None = None) -> None:
        self.app = app
        self.searching = searching or searches()
        self.reading = reading or pages()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        gate = self._gate(scope)
        if gate is None:
            await self.app(scope, receive, send)
        elif gate.full:
            await _come_again(scope, receive, send)
        else:
            await self._through(gate, scope, receive, send)

    def _gate(self, scope: Scope) -> Gate | None:
        if scope["type"] != "http" or scope["path"].startswith(_FILES):
            return None
        return self.searching if scope["path"] in _SEARCHES and b"q=" in scope["query_string"] else self.reading

    async def _through(self, gate: Gate, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then answer; until the reader leaves. What fails is raised as it is, and not as a group of errors."""
        failed: list[Exception] = []
        here = _Here(receive)
        async with anyio.create_task_group() as both:
            both.start_soon(here.watch, both.cancel_scope)
            try:
                await self._in_turn(gate, here, scope, send)
            except Exception as error:  # noqa: BLE001 - raised again below
                failed.append(error)
            both.cancel_scope.cancel()
        if failed:
            raise failed[0]

    async def _in_turn(self, gate: Gate, here: _Here, scope: Scope, send: Send) -> None:
        gate.waiting += 1
        try:
            await gate.open.acquire()
        finally:
            gate.waiting -= 1
        with ExitStack() as inside:
            inside.callback(gate.open.release)
            here.waits = inside.enter_context(within(Deadline(gate.seconds)))

            async def sending(message: Message) -> None:
                inside.close()
                await send(message)

            await self.app(scope, here.receive, sending)


class _Here:
    """A reader who waits for an answer; ``waits`` is their patience, once it is worked on."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = asyncio.Event()
        self.waits: Deadline | None = None

    async def watch(self, until: anyio.CancelScope) -> None:
        """Until they leave; then what runs for them is stopped, and what has not begun never does."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._left.set()
        if self.waits:
            await run_sync(self.waits.cancel)
        until.cancel()

    async def receive(self) -> Message:
        """For the application, which only reads: no request has a body for it, and the end is known here."""
        await self._left.wait()
        return {"type": "http.disconnect"}


async def _come_again(scope: Scope, receive: Receive, send: Send) -> None:
    answer = PlainTextResponse("Too many ask at once just now; try again in a moment.\n", 503, {"Retry-After": "3"})
    await answer(scope, receive, send)
