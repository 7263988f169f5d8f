"""The page of an article: its paragraphs, each with the minute at which it was said, and the episodes that it belongs to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from episodes.catalog import alignments, articles, browsing
from episodes.database import reading
from episodes.web import addresses, linked
from episodes.web.asked import LONGEST
from episodes.web.settings import site
from episodes.web.templating import page
from episodes.web.written import written

router = APIRouter(include_in_schema=False)

#: Episodes that are named beside an article, and paragraphs that its page has.
NAMED, PARAGRAPHS = 50, 4000
#: The largest number that a column of ids holds on every database.
LARGEST = 2**31 - 1


@router.get("/a/{number}")
def article(request: Request, number: Annotated[int, Path(ge=1, le=LARGEST)], q: str = "") -> HTMLResponse:
    """An article."""
    words = q[:LONGEST]
    with reading(site(request).engine) as session:
        row = browsing.article(session, number)
        found = linked.shown(session, article_id=number)
        paragraphs = written(
            articles.paragraph_rows(session, number)[:PARAGRAPHS],
            alignments.of_article(session, number),
            {one.link.id or 0: one.episode for one in found},
            words=words,
        )
        several = len({spot.episode.id for one in paragraphs for spot in one.spots}) > 1
        return page(
            request, "article.html", article=row, paragraphs=paragraphs, several=several, links=found[:NAMED],
            more_links=max(len(found) - NAMED, 0), words=words, status=linked.STATUS, addresses=addresses,
        )  # fmt: skip
