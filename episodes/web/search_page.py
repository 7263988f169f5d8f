"""The search page, which is the front page, and its results as a fragment."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from episodes.catalog import browsing
from episodes.database import reading
from episodes.web.results import Results, results
from episodes.web.search_params import MAX_QUERY, MAX_SHOW, SearchParams, parse_params
from episodes.web.settings import site
from episodes.web.templating import page

router = APIRouter(include_in_schema=False)

#: Maximum shows in the filter.
MAX_SHOWS = 500
#: Latest episodes on the front page.
NEWEST_EPISODES = 6


def query_params(
    q: str = "",
    in_: Annotated[str, Query(alias="in")] = "",
    show: str = "",
    after: str = "",
    before: str = "",
    page: str = "",
) -> SearchParams:
    """Read the search from the query string; any input is accepted."""
    return parse_params(words=q, where=in_, show=show, after=after, before=before, page=page)


QueryParams = Annotated[SearchParams, Depends(query_params)]


@router.get("/")
def front(request: Request, params: QueryParams) -> HTMLResponse:
    """Render the search form with the results, or without a query the latest episodes."""
    with reading(site(request).engine) as session:
        found = results(session, params)
        shows = [show.title for show in browsing.shows(session) if 0 < len(show.title) <= MAX_SHOW][:MAX_SHOWS]
        welcome = None if params.words.strip() else _welcome(session)
        return page(request, "search.html", found=found, shows=shows, longest=MAX_QUERY, welcome=welcome)


def _welcome(session: Session) -> dict[str, Any]:
    """Return what the page shows without a query: the latest episodes, and how much there is."""
    newest, episodes = browsing.episodes(session, limit=NEWEST_EPISODES)
    ids = [row.id or 0 for row in newest]
    return {
        "newest": newest,
        "transcribed": browsing.transcribed_ids(session, ids),
        "linked": browsing.linked_ids(session, ids),
        "episodes": episodes,
        "articles": browsing.articles(session, limit=0)[1],
    }


@router.get("/results")
def fragment(request: Request, params: QueryParams) -> HTMLResponse:
    """Render the results alone, for search as you type."""
    with reading(site(request).engine) as session:
        found: Results = results(session, params, typing=True)
    return page(request, "_results.html", found=found)
