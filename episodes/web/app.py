"""Puts the parts together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp

from episodes.web import api, article, episode, errors, feed, lists, media, outward, pages
from episodes.web.gates import THREADS, Gates
from episodes.web.heads import Heads
from episodes.web.hosts import Hosts
from episodes.web.safety import Safety
from episodes.web.settings import Site
from episodes.web.templating import STATIC


@asynccontextmanager
async def _started(_app: FastAPI) -> AsyncIterator[None]:
    """What holds while the application runs."""
    current_default_thread_limiter().total_tokens = THREADS
    yield


def application(site: Site) -> ASGIApp:
    """The web application of a catalog; FastAPI's own pages for the API are left out, since they load scripts from elsewhere."""
    app = FastAPI(
        title=site.name,
        version=version("news-in-review"),
        summary="What was said and what was written, in one searchable catalog. Reading only.",
        docs_url=None,
        redoc_url=None,
        lifespan=_started,
    )
    app.state.site = site
    for part in (pages, episode, article, lists, media, api, feed, outward):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    errors.add_to(app)
    app.add_middleware(Gates)
    hosts = Hosts(site.hosts, site.numbers) if site.hosts or site.numbers else None
    return Safety(Heads(app), hosts, public=bool(site.address))
