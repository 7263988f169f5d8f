"""Build the web application: routes, middleware, HEAD for every GET."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from episodes.web import (
    api,
    article_page,
    discovery,
    episode_page,
    errors,
    feed,
    list_pages,
    manual_pages,
    media,
    search_page,
)
from episodes.web.allowed_hosts import AllowedHosts
from episodes.web.concurrency_limits import THREADS, LimitConcurrency
from episodes.web.security import Security
from episodes.web.settings import Site
from episodes.web.templating import STATIC

#: Routes that handle HEAD themselves.
_FILES = ("/media/", "/static/")


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Set the size of the thread pool while the application runs."""
    current_default_thread_limiter().total_tokens = THREADS
    yield


def application(site: Site) -> ASGIApp:
    """Build the web application of a catalog.

    FastAPI's own documentation pages are left out, since they load scripts from other sites.
    """
    app = FastAPI(
        title=site.name,
        version=version("news-in-review"),
        summary="Search everything a show has said and written. Read-only.",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.site = site
    for part in (search_page, episode_page, article_page, list_pages, manual_pages, media, api, feed, discovery):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    errors.add_to(app)
    app.add_middleware(LimitConcurrency)
    hosts = AllowedHosts(site.hosts, site.numbers) if site.hosts or site.numbers else None
    return Security(HeadAsGet(app), hosts, public=bool(site.address))


class HeadAsGet:
    """Answer HEAD with the headers of GET; link checkers, feed readers and previews send HEAD first."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"].startswith(_FILES):
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app({**scope, "method": "GET"}, receive, send_without_body)
