"""The page that readers begin with: the box, and what was found."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from episodes.catalog import browsing
from episodes.database import reading
from episodes.web.asked import LONGEST, SHOW, Asked, asked
from episodes.web.results import Results, results
from episodes.web.settings import site
from episodes.web.templating import page

router = APIRouter(include_in_schema=False)

#: Shows that can be chosen from.
CHOICES = 500
#: Newest episodes on the front page.
NEWEST = 6


def typed(
    q: str = "",
    in_: Annotated[str, Query(alias="in")] = "",
    show: str = "",
    after: str = "",
    before: str = "",
    page: str = "",
) -> Asked:
    """A search as it stands in an address; anything is taken."""
    return asked(words=q, where=in_, show=show, after=after, before=before, page=page)


Typed = Annotated[Asked, Depends(typed)]


@router.get("/")
def front(request: Request, wanted: Typed) -> HTMLResponse:
    """The box, and what was found; where nothing was asked, what there is."""
    with reading(site(request).engine) as session:
        found = results(session, wanted)
        shows = [show.title for show in browsing.shows(session) if 0 < len(show.title) <= SHOW][:CHOICES]
        welcome = None if wanted.words.strip() else _welcome(session)
        return page(request, "search.html", found=found, shows=shows, longest=LONGEST, welcome=welcome)


def _welcome(session: Session) -> dict[str, Any]:
    """What the page shows before anything was asked: the newest episodes, and how much there is."""
    newest, episodes = browsing.episodes(session, limit=NEWEST)
    ids = [row.id or 0 for row in newest]
    return {
        "newest": newest,
        "heard": browsing.transcribed_ids(session, ids),
        "linked": browsing.linked_ids(session, ids),
        "episodes": episodes,
        "articles": browsing.articles(session, limit=0)[1],
    }


@router.get("/results")
def fragment(request: Request, wanted: Typed) -> HTMLResponse:
    """Only what was found, for search as you type."""
    with reading(site(request).engine) as session:
        found: Results = results(session, wanted, typing=True)
    return page(request, "_results.html", found=found)
