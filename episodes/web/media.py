"""The media file of an episode: find it on this machine, send it (with range requests)."""

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

#: File types that browsers play. Nothing else is ever served, whatever path a source names.
TYPES = {
    ".aac": "audio/aac", ".flac": "audio/flac", ".m4a": "audio/mp4", ".mp3": "audio/mpeg", ".oga": "audio/ogg", ".ogg": "audio/ogg",
    ".opus": "audio/ogg", ".wav": "audio/wav", ".weba": "audio/webm",
    ".m4v": "video/mp4", ".mov": "video/quicktime", ".mp4": "video/mp4", ".ogv": "video/ogg", ".webm": "video/webm",
}  # fmt: skip


@router.api_route("/media/{key}", methods=["GET", "HEAD"])
def media(request: Request, key: str) -> FileResponse:
    """Send the file; only media types, and only fetched files or files below a folder that a person named.

    Raises:
        NotFound: no such file on this machine.
    """
    with reading(site(request).engine) as session:
        file = local_file(browsing.episode(session, key), site(request))
    if file is None:
        raise NotFound(key)
    return FileResponse(file, media_type=TYPES[file.suffix.lower()], headers={"Cache-Control": "private, max-age=3600"})


def remote_kind(address: str) -> str:
    """Return "audio" or "video" if a web address ends like one, else ""."""
    if not addresses.clickable(address):
        return ""
    return TYPES.get(PurePosixPath(urlsplit(address).path).suffix.lower(), "")[:5]


def local_file(episode: Episode, of: Site) -> Path | None:
    """Return the episode's file on this machine, with symlinks resolved; None if there is none.

    It is the imported file, else the one fetched for transcription.
    """
    there = _imported(episode, of) or _fetched(episode, of)
    return there if there and there.suffix.lower() in TYPES else None


def _imported(episode: Episode, of: Site) -> Path | None:
    """Return the imported file; None if it lies outside the folders that a person named."""
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
