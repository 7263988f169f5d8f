"""The pages to leaf through: shows with their timelines, all episodes, all articles, and what this catalog holds."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from episodes.catalog import browsing
from episodes.catalog.overview import overview
from episodes.database import reading
from episodes.web import addresses
from episodes.web.plots import FOOT, HEIGHT, WIDTH, bars, dots
from episodes.web.settings import site
from episodes.web.templating import page

router = APIRouter(include_in_schema=False)

#: Rows of a list on a page.
ROWS = 50
#: A timeline has at most so many dots, the newest; a month's number stands in the plot of the about page.
DOTS = 400

Number = Annotated[int, Query(ge=1, le=100_000)]


@router.get("/shows")
def shows(request: Request) -> HTMLResponse:
    """The shows, each with its episodes along a line of time."""
    with reading(site(request).engine) as session:
        counted = browsing.shows(session)
        days = browsing.days(session)
    lines = [
        (show, *dots([(key, title, day) for name, key, title, day in days if name == show.title][-DOTS:]))
        for show in counted
    ]
    return page(request, "shows.html", shows=lines, width=WIDTH, addresses=addresses)


@router.get("/episodes")
def episodes(request: Request, show: str = "", page_: Annotated[Number, Query(alias="page")] = 1) -> HTMLResponse:
    """Episodes, the newest first, of one show or of all."""
    with reading(site(request).engine) as session:
        rows, many = browsing.episodes(session, show=show or None, limit=ROWS, offset=(page_ - 1) * ROWS)
        ids = [row.id or 0 for row in rows]
        heard, linked = browsing.heard_ids(session, ids), browsing.linked_ids(session, ids)
        return page(
            request,
            "episodes.html",
            show=show,
            rows=rows,
            many=many,
            heard=heard,
            linked=linked,
            addresses=addresses,
            **_turns(page_, many),
        )


@router.get("/articles")
def articles(request: Request, page_: Annotated[Number, Query(alias="page")] = 1) -> HTMLResponse:
    """Articles, the newest first."""
    with reading(site(request).engine) as session:
        rows, many = browsing.articles(session, limit=ROWS, offset=(page_ - 1) * ROWS)
        return page(request, "articles.html", rows=rows, many=many, addresses=addresses, **_turns(page_, many))


def _turns(number: int, many: int) -> dict[str, Any]:
    """The numbers of the neighbouring pages, 0 where there is none."""
    return {"number": number, "earlier": number - 1, "later": number + 1 if number * ROWS < many else 0}


@router.get("/about")
def about(request: Request) -> HTMLResponse:
    """What the catalog holds, and how much of it over time."""
    with reading(site(request).engine) as session:
        held, _ = overview(session)
        months = browsing.months(session)
    drawn, ticks, most = bars(months)
    return page(
        request, "about.html", held=held, bars=drawn, ticks=ticks, most=most, width=WIDTH, height=HEIGHT, foot=FOOT
    )
