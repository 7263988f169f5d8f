"""The pages that readers come for: search, an episode, an article."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from episodes.catalog import browsing, links, transcripts
from episodes.catalog.links import Linked
from episodes.database import reading
from episodes.models import Article, LinkStatus
from episodes.search.highlights import highlights
from episodes.web import addresses
from episodes.web.asked import LONGEST, Asked, asked
from episodes.web.marking import pieces
from episodes.web.player import player
from episodes.web.results import Results, results
from episodes.web.settings import base, site
from episodes.web.spoken import lines
from episodes.web.structured import json_ld
from episodes.web.templating import page

router = APIRouter(include_in_schema=False)

#: The largest number that a column of ids holds on every database.
LARGEST = 2**31 - 1
#: Newest episodes on the front page.
NEWEST = 6

#: Statuses in words that readers know.
STATUS = {
    LinkStatus.LINKED: "Found by its evidence",
    LinkStatus.CONFIRMED: "Confirmed by a person",
    LinkStatus.PROPOSED: "Perhaps: nobody has looked at this yet",
}


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
        shows = [show.title for show in browsing.shows(session) if show.title]
        newest, episodes = browsing.episodes(session, limit=NEWEST)
        heard = browsing.heard_ids(session, [row.id or 0 for row in newest])
        linked = browsing.linked_ids(session, [row.id or 0 for row in newest])
        _, articles = browsing.articles(session, limit=0)
        return page(
            request, "search.html", found=found, shows=shows, newest=newest, episodes=episodes, articles=articles,
            longest=LONGEST, heard=heard, linked=linked,
        )  # fmt: skip


@router.get("/results")
def fragment(request: Request, wanted: Typed) -> HTMLResponse:
    """Only what was found, for search as you type."""
    with reading(site(request).engine) as session:
        found: Results = results(session, wanted)
    return page(request, "_results.html", found=found)


@router.get("/e/{key}")
def episode(request: Request, key: str, t: str = "", q: str = "") -> HTMLResponse:
    """An episode: the player, what was said, what was written about it."""
    at, words = addresses.moment(t), q[:LONGEST]
    with reading(site(request).engine) as session:
        row = browsing.episode(session, key)
        found = _links(session, episode_id=row.id)
        playing = player(row, site(request).media, at)
        shown = transcripts.shown(session, row.id or 0)
        spoken = lines(transcripts.load(session, shown), words=words, at=at) if shown else []
        return page(
            request, "episode.html", headers=playing.headers, episode=row, player=playing, at=at, words=words, source=shown, lines=spoken,
            marked_lines=sum(any(piece.marked for piece in line.pieces) for line in spoken), links=found, status=STATUS, formats=FORMATS,
            addresses=addresses, json_ld=json_ld(row, spoken, found, playing, base(request)),
        )  # fmt: skip


#: Downloads: the ending, and what it is for.
FORMATS = {
    "txt": "plain text",
    "vtt": "WebVTT captions",
    "srt": "SubRip captions",
    "tsv": "table",
    "json": "with all times",
}


@router.get("/a/{number}")
def article(request: Request, number: Annotated[int, Path(ge=1, le=LARGEST)], q: str = "") -> HTMLResponse:
    """An article: its paragraphs, and the episodes that it belongs to."""
    words = q[:LONGEST]
    with reading(site(request).engine) as session:
        row: Article = browsing.article(session, number)
        found = _links(session, article_id=number)
        parts = browsing.paragraphs(session, number)
        marked = highlights(words, [part.text for part in parts])
        written = [(part, pieces(part.text, spans)) for part, spans in zip(parts, marked, strict=True)]
        return page(
            request,
            "article.html",
            article=row,
            paragraphs=written,
            links=found,
            words=words,
            status=STATUS,
            addresses=addresses,
        )


def _links(session: Session, *, episode_id: int | None = None, article_id: int | None = None) -> list[Linked]:
    """What readers are shown as linked: what holds, then what is proposed; what a person rejected is not."""
    found = links.listed(session, episode_id=episode_id, article_id=article_id)
    kept = [one for one in found if one.link.status in STATUS]
    return sorted(kept, key=lambda one: one.link.status == LinkStatus.PROPOSED)
