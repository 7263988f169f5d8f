"""The pages ``/help``: the same topics as ``nir help``."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from episodes.help.topics import GROUPS, find, nearest, topics
from episodes.web.templating import page

router = APIRouter(include_in_schema=False)

#: Maximum length of a topic's name; the rest is cut.
LONGEST = 60


@router.get("/help")
def contents(request: Request) -> HTMLResponse:
    """List all topics by group."""
    return page(request, "manual.html", groups=GROUPS, topics=topics(), topic=None, unknown="", nearest=[])


@router.get("/help/{name}")
def topic(request: Request, name: str) -> HTMLResponse:
    """Render one topic; for an unknown name 404 with the nearest topics."""
    name = name[:LONGEST]
    if found := find(name):
        return page(request, "topic.html", groups=GROUPS, topics=topics(), topic=found, text=_html(found.text))
    return page(
        request, "manual.html", code=404, groups=GROUPS, topics=topics(), topic=None, unknown=name, nearest=nearest(name)
    )  # fmt: skip


@cache
def _html(text: str) -> str:
    """Convert to HTML. The template trusts it: the text is part of the package, and raw HTML in it is escaped."""
    from episodes.help.markdown import html

    return html(text)
