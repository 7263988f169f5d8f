"""Limit how many requests run at once: one limit for searches, one for pages that read the catalog, none for files.

Only as many searches run at a time as leave the machine room for other requests. The next ones wait in order; when the
queue is full, the reader gets 503 with Retry-After at once. When a client disconnects, its place is freed, whether
queued or running, and its database statement is cancelled. Each request has a deadline, counted from when it begins to
run. It leaves the limit when the response is ready: how slowly a client then reads it does not affect others. Nothing
here depends on what a search is, only on which URLs start one.
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

#: Size of the thread pool: no more than the connections of the database's pool. Both limits together leave some threads to files, which
#: need one only briefly.
THREADS = 15
#: Paths that search if they have a query, and those of files.
_SEARCHES = frozenset({"/", "/results", "/api/search"})
_FILES = ("/static/", "/media/")


@dataclass(slots=True)
class ConcurrencyLimit:
    """A limit: ``max_running`` requests at once, ``max_waiting`` in the queue, ``timeout`` seconds each.

    ``waiting`` counts the queue now.
    """

    max_running: int
    max_waiting: int
    timeout: float
    waiting: int = 0
    slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.slots = asyncio.Semaphore(self.max_running)

    @property
    def full(self) -> bool:
        """Return True if the queue is full."""
        return self.slots.locked() and self.waiting >= self.max_waiting


def search_limit() -> ConcurrencyLimit:
    """Return the limit of searches. More at once would only share the processor and all finish late."""
    return ConcurrencyLimit(max_running=3, max_waiting=32, timeout=5)


def page_limit() -> ConcurrencyLimit:
    """Return the limit of everything else that reads the catalog. Each is quick, so every open connection may wait."""
    return ConcurrencyLimit(max_running=6, max_waiting=MAX_CONNECTIONS, timeout=10)


class LimitConcurrency:
    """ASGI middleware that applies the limits."""

    def __init__(
        self, app: ASGIApp, searches: ConcurrencyLimit | None = None, pages: ConcurrencyLimit | None = None
    ) -> None:
        self.app = app
        self.searches = searches or search_limit()
        self.pages = pages or page_limit()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
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
        """Wait for a slot, then respond; stop when the client disconnects.

        Errors are raised as they are, not as an exception group.
        """
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
    """A waiting client; ``deadline`` is set once its request runs."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._disconnected = asyncio.Event()
        self.deadline: Deadline | None = None

    async def watch_disconnect(self, until: anyio.CancelScope) -> None:
        """Wait until the client disconnects, then cancel its running statement and its request."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._disconnected.set()
        if self.deadline:
            await run_sync(self.deadline.cancel)
        until.cancel()

    async def receive(self) -> Message:
        """Return the disconnect to the application once it comes; no request has a body."""
        await self._disconnected.wait()
        return {"type": "http.disconnect"}


async def _too_busy(scope: Scope, receive: Receive, send: Send) -> None:
    answer = PlainTextResponse(
        "Too many requests right now; please try again in a moment.\n", 503, {"Retry-After": "3"}
    )
    await answer(scope, receive, send)
