"""Searches pass through a gate of their own: they keep no file waiting, and end when nobody waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from threading import Event, Thread

import pytest
from anyio.to_thread import run_sync
from sqlalchemy import Engine, text
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from episodes import database, deadline
from episodes.database import reading
from episodes.deadline import Deadline
from episodes.errors import DatabaseUnreachable
from episodes.web.concurrency_limits import ConcurrencyLimit, LimitConcurrency

ENDLESS = text("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n")


class Reader:
    """Asks for something; ``leave`` hangs up."""

    def __init__(self, path: str, query: str = "") -> None:
        self.scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": []}
        self.left = asyncio.Event()
        self.asked = False
        self.status = 0
        self.headers: dict[str, str] = {}

    def leave(self) -> None:
        self.left.set()

    async def receive(self) -> Message:
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}


class FakeApp:
    """An application whose answers come when they are let."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.go = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun.append(scope["path"])
        if not scope["path"].startswith("/static/"):
            await self.go.wait()
        await PlainTextResponse("here")(scope, receive, send)


def alone(work: Callable[[], Coroutine[None, None, None]]) -> None:
    asyncio.run(work())


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_searches_wait_for_each_other_and_nobody_for_them() -> None:
    async def work() -> None:
        app = FakeApp()
        limited = LimitConcurrency(app, ConcurrencyLimit(2, 2, 60), ConcurrencyLimit(1, 1, 60))
        wild = [Reader("/api/search", "q=a*") for _ in range(5)]
        asks = [asyncio.create_task(limited(one.scope, one.receive, one.send)) for one in wild]
        await settled()
        assert app.begun == ["/api/search"] * 2
        assert [one.status for one in wild] == [0, 0, 0, 0, 503], "two at work, two waiting, one told to come again"
        assert wild[4].headers["retry-after"]

        file = Reader("/static/nir.css")
        await limited(file.scope, file.receive, file.send)
        assert file.status == 200
        page = Reader("/about")
        asks.append(asyncio.create_task(limited(page.scope, page.receive, page.send)))
        await settled()
        assert app.begun[-1] == "/about"

        app.go.set()
        await asyncio.gather(*asks)
        assert [one.status for one in [*wild[:4], page]] == [200] * 5

    alone(work)


def test_who_leaves_gives_up_the_place_in_the_queue() -> None:
    async def work() -> None:
        app = FakeApp()
        limited = LimitConcurrency(app, ConcurrencyLimit(1, 9, 60))
        readers = [Reader("/", f"q={n}") for n in range(3)]
        asks = [asyncio.create_task(limited(one.scope, one.receive, one.send)) for one in readers]
        await settled()
        readers[1].leave()
        await asks[1]
        assert limited.searches.waiting == 1
        app.go.set()
        await asyncio.gather(*asks)
        assert len(app.begun) == 2
        assert not limited.searches.full

    alone(work)


def test_a_slow_reader_of_an_answer_holds_no_place() -> None:
    async def work() -> None:
        app = FakeApp()
        app.go.set()
        limited = LimitConcurrency(app, ConcurrencyLimit(1, 0, 60))
        slow, taken = Reader("/", "q=a"), asyncio.Event()

        async def send(message: Message) -> None:
            await taken.wait()

        asks = asyncio.create_task(limited(slow.scope, slow.receive, send))
        await settled()
        other = Reader("/", "q=b")
        await limited(other.scope, other.receive, other.send)
        assert other.status == 200
        taken.set()
        await asks

    alone(work)


def test_an_error_passes_as_it_is() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError

    async def work() -> None:
        limited, reader = LimitConcurrency(broken, ConcurrencyLimit(1, 1, 60)), Reader("/", "q=a")
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await limited(reader.scope, reader.receive, reader.send)

    alone(work)


def test_what_runs_for_somebody_who_left_is_stopped(engine: Engine) -> None:
    """The statement would run for ever, and nothing else would end it."""
    only_read = database.read_only(engine, seconds=3600)

    async def work() -> None:
        running, ended = Event(), []

        def endless() -> None:
            with reading(only_read) as session:
                session.execute(text("SELECT 1"))
                running.set()
                try:
                    session.execute(ENDLESS)
                except Exception as error:
                    ended.append(error)
                    raise

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await run_sync(endless)

        limited, reader = LimitConcurrency(app, ConcurrencyLimit(1, 1, 3600)), Reader("/", "q=a")
        asks = asyncio.create_task(limited(reader.scope, reader.receive, reader.send))
        await asyncio.to_thread(running.wait)
        await asyncio.sleep(0.2)
        reader.leave()
        with suppress(DatabaseUnreachable):
            await asks
        assert ended

    alone(work)
    with reading(only_read) as session:
        assert session.execute(text("SELECT 1")).scalar() == 1, "the connection serves the next one"


def test_no_answer_takes_longer_than_somebody_waits(engine: Engine) -> None:
    only_read = database.read_only(engine, seconds=3600)
    with deadline.within(Deadline(0.2)), pytest.raises(DatabaseUnreachable), reading(only_read) as session:
        session.execute(ENDLESS)
    with deadline.within(Deadline(60)), reading(only_read) as session:
        assert session.execute(text("SELECT 1")).scalar() == 1


def test_who_is_told_to_stop_is_told_once_and_not_after_the_end() -> None:
    waits, stopped = Deadline(60), []
    for name in ("one", "two"):
        waits.on_cancel(name, lambda name=name: stopped.append(name))  # type: ignore[misc]
    waits.finished("one")
    ends = [Thread(target=waits.cancel) for _ in range(3)]
    for each in ends:
        each.start()
    for each in ends:
        each.join()

    assert stopped == ["two"]
    assert waits.passed()
