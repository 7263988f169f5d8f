"""The pages to browse: shows with timelines, all episodes, all articles, and the about page."""

from __future__ import annotations

from itertools import zip_longest
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from episodes.catalog import browsing
from episodes.catalog.overview import overview
from episodes.database import reading
from episodes.values import CERTAIN_STATUSES
from episodes.web import addresses
from episodes.web.plots import FOOT, HEIGHT, bars, month_window, timeline
from episodes.web.search_params import page_number
from episodes.web.settings import site
from episodes.web.templating import page

router = APIRouter(include_in_schema=False)

#: Rows per page.
PER_PAGE = 50
#: Maximum dots on a timeline, newest first; the about page's chart has the number of each month.
MAX_DOTS = 400
#: Shows with a timeline on the page of all shows; every show has one on its own page.
MAX_TIMELINES = 20
#: Maximum shows listed.
MAX_SHOWS = 1000
#: Largest page number.
LAST_PAGE = 100_000


def page_param(page_: Annotated[str, Query(alias="page")] = "") -> int:
    """Read the page number; 1 if missing or invalid."""
    return page_number(page_, LAST_PAGE)


PageParam = Annotated[int, Depends(page_param)]


@router.get("/shows")
def shows(request: Request) -> HTMLResponse:
    """List the shows, each with a timeline of its newest episodes."""
    with reading(site(request).engine) as session:
        counted = browsing.shows(session)[:MAX_SHOWS]
        drawn = [timeline(browsing.days(session, show=show.title, limit=MAX_DOTS)) for show in counted[:MAX_TIMELINES]]
    return page(request, "shows.html", shows=list(zip_longest(counted, drawn)), addresses=addresses, foot=FOOT)


@router.get("/episodes")
def episodes(request: Request, number: PageParam, show: str = "") -> HTMLResponse:
    """List episodes, newest first, of all shows or of one with its timeline."""
    with reading(site(request).engine) as session:
        rows, many = browsing.episodes(session, show=show or None, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
        drawn = timeline(browsing.days(session, show=show, limit=MAX_DOTS)) if show else None
        ids = [row.id or 0 for row in rows]
        transcribed, linked = browsing.transcribed_ids(session, ids), browsing.linked_ids(session, ids)
        return page(
            request,
            "episodes.html",
            show=show,
            rows=rows,
            many=many,
            transcribed=transcribed,
            linked=linked,
            addresses=addresses,
            drawn=drawn,
            foot=FOOT,
            **_page_links(number, many),
        )


@router.get("/articles")
def articles(request: Request, number: PageParam) -> HTMLResponse:
    """List articles, newest first."""
    with reading(site(request).engine) as session:
        rows, many = browsing.articles(session, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
        return page(request, "articles.html", rows=rows, many=many, addresses=addresses, **_page_links(number, many))


def _page_links(number: int, many: int) -> dict[str, Any]:
    """Return the numbers of the previous and next page, 0 if there is none."""
    return {"number": number, "earlier": number - 1, "later": number + 1 if number * PER_PAGE < many else 0}


@router.get("/about")
def about(request: Request) -> HTMLResponse:
    """Show what the catalog holds, and how it grew."""
    with reading(site(request).engine) as session:
        held, _ = overview(session)
        months, left_out = month_window(browsing.months(session))
    drawn, ticks, most = bars(months)
    holding = sum(held["links"].get(status, 0) for status in CERTAIN_STATUSES)
    return page(
        request, "about.html", held=held, holding=holding, bars=drawn, ticks=ticks, most=most, left_out=left_out, height=HEIGHT,
        foot=FOOT,
    )  # fmt: skip
