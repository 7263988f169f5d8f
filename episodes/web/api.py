"""The JSON API: the same documents as ``nir … --json``, and transcripts in every format. Read-only."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from episodes.catalog import alignments, articles, browsing, links, transcripts
from episodes.database import reading
from episodes.documents.alignment import AlignedParagraph
from episodes.documents.articles import Article, WholeArticle
from episodes.documents.document import Document
from episodes.documents.episodes import ListedEpisode, WholeEpisode
from episodes.documents.links import Link
from episodes.documents.outcomes import Error
from episodes.documents.search import Hit
from episodes.documents.transcripts import TimedWords
from episodes.errors import NotFound
from episodes.pipeline.exporting import Format, export
from episodes.pipeline.searching import searched
from episodes.values import LinkStatus
from episodes.web.search_params import MAX_QUERY, parse_params
from episodes.web.settings import site

#: Maximum rows of a response.
MAX_ROWS = 100


#: Responses by status, as FastAPI documents them.
Responses = dict[int | str, dict[str, Any]]
INVALID: Responses = {422: {"model": Error, "description": "Invalid parameter"}}
NOT_FOUND: Responses = {404: {"model": Error, "description": "Not found"}}
router = APIRouter(prefix="/api", tags=["catalog"], responses=INVALID)

Limit = Annotated[int, Query(ge=1, le=MAX_ROWS, description=f"Maximum number of rows, up to {MAX_ROWS}.")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="Number of rows to skip.")]


def _listed(found: Sequence[Document], total: int | None = None) -> JSONResponse:
    headers = {"X-Total-Count": str(total)} if total is not None else None
    return JSONResponse([one.as_dict() for one in found], headers=headers)


@router.get("/search", responses={200: {"model": list[Hit]}})
def search(
    request: Request,
    q: Annotated[
        str, Query(description=f"The query, as a reader would type it; cut after {MAX_QUERY:,} characters.")
    ] = "",
    in_: Annotated[str, Query(alias="in", description="said, written or all; anything else means all.")] = "all",
    show: Annotated[str, Query(description="Only this show: number, title or address.")] = "",
    after: Annotated[str, Query(description="Published on or after this day: 2026, 2026-05 or 2026-05-03.")] = "",
    before: Annotated[str, Query(description="Published before this day.")] = "",
    limit: Limit = 10,
) -> JSONResponse:
    """Search episodes and articles; best results first.

    Any query is accepted; the header X-Note tells how it was read.
    """
    params = parse_params(words=q, where=in_, show=show, after=after, before=before)
    with reading(site(request).engine) as session:
        answer, hits = searched(
            session,
            params.words,
            where=params.where,
            show=params.show or None,
            after=params.after,
            before=params.before,
            limit=limit,
        )
    found = _listed([Hit.of(one) for one in hits])
    if note := " ".join([*params.notes, answer.note]).strip():
        found.headers["X-Note"] = note.encode("ascii", "replace").decode().translate(_ONE_LINE)[:500]
    return found


#: Control characters are not allowed in a header.
_ONE_LINE = dict.fromkeys([*range(32), 127], " ")


@router.get("/episodes", responses={200: {"model": list[ListedEpisode]}})
def list_episodes(request: Request, show: str | None = None, limit: Limit = 50, offset: Offset = 0) -> JSONResponse:
    """List episodes, newest first; the header X-Total-Count has their number."""
    with reading(site(request).engine) as session:
        rows, total = browsing.episodes(session, show=show, limit=limit, offset=offset)
        return _listed(ListedEpisode.all_of(session, rows), total)


@router.get("/episodes/{key}", responses={200: {"model": WholeEpisode}, **NOT_FOUND})
def whole_episode(request: Request, key: str) -> JSONResponse:
    """Return everything about an episode: source, transcripts, articles, and why they are linked."""
    with reading(site(request).engine) as session:
        return JSONResponse(WholeEpisode.read(session, browsing.episode(session, key)).as_dict())


@router.get("/episodes/{key}/passages", responses={200: {"model": list[AlignedParagraph]}, **NOT_FOUND})
def list_passages(request: Request, key: str) -> JSONResponse:
    """Return which paragraphs of the episode's articles were said, and when; misquotes come with the difference."""
    with reading(site(request).engine) as session:
        row = browsing.episode(session, key)
        found = alignments.of_episode(session, row.id or 0)
        return _listed([AlignedParagraph.of(one, row.url) for one in found])


@router.get(
    "/episodes/{key}/transcript.{form}",
    response_class=Response,
    responses={
        200: {
            "content": {
                form.media_type: {
                    "schema": TimedWords.model_json_schema() if form is Format.json else {"type": "string"}
                }
                for form in Format
            }
        },
        **NOT_FOUND,
    },
)
def transcript(request: Request, key: str, form: Format) -> Response:
    """Return the transcript as JSON (lossless), WebVTT, SubRip, plain text, a table, or Markdown with the articles."""
    with reading(site(request).engine) as session:
        row = browsing.episode(session, key)
        shown = transcripts.shown(session, row.id or 0)
        if shown is None:
            raise NotFound(key)
        words, text = transcripts.load(session, shown), io.StringIO()
        export(session, row, words, form, text)
    kind = form.media_type if form is Format.json else f"{form.media_type}; charset=utf-8"
    return Response(text.getvalue().encode("utf-8", "replace"), headers={"Content-Type": kind})


@router.get("/articles", responses={200: {"model": list[Article]}})
def list_articles(request: Request, limit: Limit = 50, offset: Offset = 0) -> JSONResponse:
    """List articles, newest first; the header X-Total-Count has their number."""
    with reading(site(request).engine) as session:
        rows, total = browsing.articles(session, limit=limit, offset=offset)
        return _listed(Article.all_of(session, rows), total)


@router.get("/article", responses={200: {"model": WholeArticle}, **NOT_FOUND})
def whole_article(
    request: Request, url: Annotated[str, Query(description="Any address under which the article was found.")]
) -> JSONResponse:
    """Return everything about an article: paragraphs, when each was said, episodes, and why they are linked."""
    with reading(site(request).engine) as session:
        return JSONResponse(WholeArticle.read(session, articles.find(session, url)).as_dict())


@router.get("/links", responses={200: {"model": list[Link]}, **NOT_FOUND})
def list_links(
    request: Request, status: LinkStatus | None = None, episode: str = "", limit: Limit = 50, offset: Offset = 0
) -> JSONResponse:
    """List links with their evidence, newest episode first; optionally of one status or one episode."""
    with reading(site(request).engine) as session:
        number = browsing.episode(session, episode).id if episode else None
        rows = links.listed(session, status=status or "", episode_id=number, limit=limit, offset=offset)
        return _listed([Link.of(one) for one in rows])
