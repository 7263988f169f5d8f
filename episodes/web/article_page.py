"""The page of an article: paragraphs with the times at which they were said, and the linked episodes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from episodes.catalog import alignments, articles, browsing
from episodes.database import reading
from episodes.web import addresses
from episodes.web.article_paragraphs import page_paragraphs
from episodes.web.search_params import MAX_QUERY
from episodes.web.settings import site
from episodes.web.shown_links import STATUS_LABELS, shown_links
from episodes.web.templating import page

router = APIRouter(include_in_schema=False)

#: Maximum number of linked episodes listed, and of paragraphs shown.
MAX_LINKS, MAX_PARAGRAPHS = 50, 4000
#: Largest id that fits the column on every database.
MAX_ID = 2**31 - 1


@router.get("/a/{number}")
def article(request: Request, number: Annotated[int, Path(ge=1, le=MAX_ID)], q: str = "") -> HTMLResponse:
    """Render an article."""
    words = q[:MAX_QUERY]
    with reading(site(request).engine) as session:
        row = browsing.article(session, number)
        found = shown_links(session, article_id=number)
        paragraphs = page_paragraphs(
            articles.paragraph_rows(session, number)[:MAX_PARAGRAPHS],
            alignments.of_article(session, number),
            {one.link.id or 0: one.episode for one in found},
            words=words,
        )
        several = len({moment.episode.id for one in paragraphs for moment in one.moments}) > 1
        return page(
            request, "article.html", article=row, paragraphs=paragraphs, several=several, links=found[:MAX_LINKS],
            more_links=max(len(found) - MAX_LINKS, 0), words=words, status=STATUS_LABELS, addresses=addresses,
        )  # fmt: skip
