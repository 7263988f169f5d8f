"""The JSON API: the documents of ``nir … --json``, byte for byte the same values, and transcripts in every format. It only reads."""

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

#: Rows of an answer.
MAX_ROWS = 100


#: Answers by status, as FastAPI describes them.
Responses = dict[int | str, dict[str, Any]]
INVALID: Responses = {422: {"model": Error, "description": "A parameter that cannot be used"}}
NOT_FOUND: Responses = {404: {"model": Error, "description": "Nothing has this name"}}
router = APIRouter(prefix="/api", tags=["catalog"], responses=INVALID)

Limit = Annotated[int, Query(ge=1, le=MAX_ROWS, description=f"So many at most, up to {MAX_ROWS}.")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="So many are passed over.")]


def _listed(found: Sequence[Document], total: int | None = None) -> JSONResponse:
    headers = {"X-Total-Count": str(total)} if total is not None else None
    return JSONResponse([one.as_dict() for one in found], headers=headers)


@router.get("/search", responses={200: {"model": list[Hit]}})
def search(
    request: Request,
    q: Annotated[str, Query(description=f"What a reader would type; beyond {MAX_QUERY:,} characters it is cut.")] = "",
    in_: Annotated[str, Query(alias="in", description="said, written or all; anything else is all.")] = "all",
    show: Annotated[str, Query(description="Only this show: its number, title or address.")] = "",
    after: Annotated[str, Query(description="Published on this day or later: 2026, 2026-05 or 2026-05-03.")] = "",
    before: Annotated[str, Query(description="Published before this day.")] = "",
    limit: Limit = 10,
) -> JSONResponse:
    """Moments in episodes and places in articles, the best first. Anything is answered; the header X-Note says what was read otherwise."""
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


#: Control characters have no place in a header.
_ONE_LINE = dict.fromkeys([*range(32), 127], " ")


@router.get("/episodes", responses={200: {"model": list[ListedEpisode]}})
def list_episodes(request: Request, show: str | None = None, limit: Limit = 50, offset: Offset = 0) -> JSONResponse:
    """Episodes, the newest first; the header X-Total-Count has their number."""
    with reading(site(request).engine) as session:
        rows, total = browsing.episodes(session, show=show, limit=limit, offset=offset)
        return _listed(ListedEpisode.all_of(session, rows), total)


@router.get("/episodes/{key}", responses={200: {"model": WholeEpisode}, **NOT_FOUND})
def whole_episode(request: Request, key: str) -> JSONResponse:
    """All about an episode: where it is from, its transcripts, its articles and why they are linked."""
    with reading(site(request).engine) as session:
        return JSONResponse(WholeEpisode.read(session, browsing.episode(session, key)).as_dict())


@router.get("/episodes/{key}/passages", responses={200: {"model": list[AlignedParagraph]}, **NOT_FOUND})
def list_passages(request: Request, key: str) -> JSONResponse:
    """Which paragraphs of the episode's articles were said, and when; a quotation with how it differs from what was said."""
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
    """What was said, as JSON (lossless), WebVTT, SubRip, plain text, a table, or Markdown with the articles."""
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
    """Articles, the newest first; the header X-Total-Count has their number."""
    with reading(site(request).engine) as session:
        rows, total = browsing.articles(session, limit=limit, offset=offset)
        return _listed(Article.all_of(session, rows), total)


@router.get("/article", responses={200: {"model": WholeArticle}, **NOT_FOUND})
def whole_article(
    request: Request, url: Annotated[str, Query(description="Any address under which it was met.")]
) -> JSONResponse:
    """All about an article: its paragraphs, when each was said, and its episodes with why they are linked."""
    with reading(site(request).engine) as session:
        return JSONResponse(WholeArticle.read(session, articles.find(session, url)).as_dict())


@router.get("/links", responses={200: {"model": list[Link]}, **NOT_FOUND})
def list_links(
    request: Request, status: LinkStatus | None = None, episode: str = "", limit: Limit = 50, offset: Offset = 0
) -> JSONResponse:
    """Links with their evidence, those of the newest episode first; of one status or one episode, if asked."""
    with reading(site(request).engine) as session:
        number = browsing.episode(session, episode).id if episode else None
        rows = links.listed(session, status=status or "", episode_id=number, limit=limit, offset=offset)
        return _listed([Link.of(one) for one in rows])
