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
from episodes.web.connection_limits import MAX_CONNECTIONS

#: Threads for all that is worked on, no more than the database's pool has connections; what both gates let through together leaves some
#: to files, which need one only for moments.
THREADS = 15
#: Addresses that search where they say for what, and those of files.
_SEARCHES = frozenset({"/", "/results", "/api/search"})
_FILES = ("/static/", "/media/")


@dataclass(slots=True)
class ConcurrencyLimit:
    """``at_once`` pass together, ``most`` more may wait; each has ``seconds``. ``waiting`` is how many do just now."""

    max_running: int
    max_waiting: int
    timeout: float
    waiting: int = 0
    slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.slots = asyncio.Semaphore(self.max_running)

    @property
    def full(self) -> bool:
        """Whether one more could not even wait."""
        return self.slots.locked() and self.waiting >= self.max_waiting


def search_limit() -> ConcurrencyLimit:
    """The gate of searches. More at once would only take turns at the processor, so that all are late."""
    return ConcurrencyLimit(max_running=3, max_waiting=32, timeout=5)


def page_limit() -> ConcurrencyLimit:
    """The gate of everything else that reads the catalog. Each is quick, so whoever is in the house may wait."""
    return ConcurrencyLimit(max_running=6, max_waiting=MAX_CONNECTIONS, timeout=10)


class LimitConcurrency:
    """Lets requests through to the application."""

    def __init__(
        self, app: ASGIApp, searches: ConcurrencyLimit | None = None, pages: ConcurrencyLimit | None = None
    ) -> None:
        self.app = app
        self.searches = searches or search_limit()
        self.pages = pages or page_limit()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        limit = self._limit_for(scope)
        if limit is None:
            await self.app(scope, receive, send)
        elif limit.full:
            await _too_busy(scope, receive, send)
        else:
            await self._run(limit, scope, receive, send)

    def _limit_for(self, scope: Scope) -> ConcurrencyLimit | None:
        if scope["type"] != "http" or scope["path"].startswith(_FILES):
            return None
        return self.searches if scope["path"] in _SEARCHES and b"q=" in scope["query_string"] else self.pages

    async def _run(self, limit: ConcurrencyLimit, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then answer; until the reader leaves. What fails is raised as it is, and not as a group of errors."""
        failed: list[Exception] = []
        client = _Client(receive)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.watch_disconnect, tasks.cancel_scope)
            try:
                await self._in_slot(limit, client, scope, send)
            except Exception as error:  # noqa: BLE001 - raised again below
                failed.append(error)
            tasks.cancel_scope.cancel()
        if failed:
            raise failed[0]

    async def _in_slot(self, limit: ConcurrencyLimit, client: _Client, scope: Scope, send: Send) -> None:
        limit.waiting += 1
        try:
            await limit.slots.acquire()
        finally:
            limit.waiting -= 1
        with ExitStack() as slot:
            slot.callback(limit.slots.release)
            client.deadline = slot.enter_context(within(Deadline(limit.timeout)))

            async def release_and_send(message: Message) -> None:
                slot.close()
                await send(message)

            await self.app(scope, client.receive, release_and_send)


class _Client:
    """A reader who waits for an answer; ``waits`` is their patience, once it is worked on."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._disconnected = asyncio.Event()
        self.deadline: Deadline | None = None

    async def watch_disconnect(self, until: anyio.CancelScope) -> None:
        """Until they leave; then what runs for them is stopped, and what has not begun never does."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._disconnected.set()
        if self.deadline:
            await run_sync(self.deadline.cancel)
        until.cancel()

    async def receive(self) -> Message:
        """For the application, which only reads: no request has a body for it, and the end is known here."""
        await self._disconnected.wait()
        return {"type": "http.disconnect"}


async def _too_busy(scope: Scope, receive: Receive, send: Send) -> None:
    answer = PlainTextResponse("Too many ask at once just now; try again in a moment.\n", 503, {"Retry-After": "3"})
    await answer(scope, receive, send)
