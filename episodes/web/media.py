"""An episode's own sound or video, as much of it as a player asks for (byte ranges)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from episodes.catalog import browsing
from episodes.database import reading
from episodes.errors import NotFound
from episodes.web.player import TYPES, local_file
from episodes.web.settings import site

router = APIRouter(include_in_schema=False)


@router.api_route("/media/{key}", methods=["GET", "HEAD"])
def media(request: Request, key: str) -> FileResponse:
    """The file; only what browsers play, and only what was fetched or lies below a folder that a person named.

    Raises:
        NotFound: there is none on this machine.
    """
    with reading(site(request).engine) as session:
        file = local_file(browsing.episode(session, key), site(request))
    if file is None:
        raise NotFound(key)
    return FileResponse(file, media_type=TYPES[file.suffix.lower()], headers={"Cache-Control": "private, max-age=3600"})
