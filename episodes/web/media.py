"""An episode's own sound or video, as much of it as a player asks for (byte ranges)."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from episodes.catalog import browsing
from episodes.database import reading
from episodes.errors import FileRefused, NotFound
from episodes.models import Episode
from episodes.sources.identity import file_stem
from episodes.sources.media_file import finished_file
from episodes.urls import is_web
from episodes.web import addresses
from episodes.web.settings import Site, site

router = APIRouter(include_in_schema=False)

#: What browsers play, and as what. Nothing else is ever served, whatever path a source named.
TYPES = {
    ".aac": "audio/aac", ".flac": "audio/flac", ".m4a": "audio/mp4", ".mp3": "audio/mpeg", ".oga": "audio/ogg", ".ogg": "audio/ogg",
    ".opus": "audio/ogg", ".wav": "audio/wav", ".weba": "audio/webm",
    ".m4v": "video/mp4", ".mov": "video/quicktime", ".mp4": "video/mp4", ".ogv": "video/ogg", ".webm": "video/webm",
}  # fmt: skip


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


def remote_kind(address: str) -> str:
    """Whether an address on the web names a sound or a video, by its ending; empty if neither."""
    if not addresses.clickable(address):
        return ""
    return TYPES.get(PurePosixPath(urlsplit(address).path).suffix.lower(), "")[:5]


def local_file(episode: Episode, of: Site) -> Path | None:
    """The episode's file on this machine, links resolved: the one it was imported with, or the one that was fetched to be heard."""
    there = _imported(episode, of) or _fetched(episode, of)
    return there if there and there.suffix.lower() in TYPES else None


def _imported(episode: Episode, of: Site) -> Path | None:
    """None also for what the catalog calls its file and what lies in no folder that a person named."""
    try:
        return of.named.find(episode.media) if episode.media and not is_web(episode.media) else None
    except (FileRefused, OSError):
        return None


def _fetched(episode: Episode, of: Site) -> Path | None:
    try:
        found = finished_file(of.media, file_stem(episode.identity))
        return found.resolve(strict=True) if found else None
    except OSError:
        return None
