"""How an episode can be played: its own file here, YouTube's embed (loaded on a click only), a file on the web, or a link."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from episodes.errors import FileRefused
from episodes.models import Episode
from episodes.sources.identity import file_stem
from episodes.sources.media_file import finished_file
from episodes.urls import deep_link, is_web, youtube_id
from episodes.web import addresses
from episodes.web.security import YOUTUBE, media_policy
from episodes.web.settings import Site

#: What browsers play, and as what. Nothing else is ever served, whatever path a source named.
TYPES = {
    ".aac": "audio/aac", ".flac": "audio/flac", ".m4a": "audio/mp4", ".mp3": "audio/mpeg", ".oga": "audio/ogg", ".ogg": "audio/ogg",
    ".opus": "audio/ogg", ".wav": "audio/wav", ".weba": "audio/webm",
    ".m4v": "video/mp4", ".mov": "video/quicktime", ".mp4": "video/mp4", ".ogv": "video/ogg", ".webm": "video/webm",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Player:
    """``kind`` is "audio", "video", "youtube" or "" (only the link). ``source`` is what the element or the frame loads.

    ``link`` opens the episode where it was published, at the second; ``where`` is that place for people. ``headers`` allow the source.
    """

    kind: str
    source: str
    link: str
    where: str
    headers: dict[str, str]


def player(episode: Episode, of: Site, at: int | None = None) -> Player:
    """The best way there is."""
    link = addresses.clickable(deep_link(episode.url, at or 0) if at else episode.url)
    where = "YouTube" if youtube_id(episode.url) else addresses.host(link)
    start = f"#t={at}" if at else ""
    if file := local_file(episode, of):
        return Player(TYPES[file.suffix.lower()][:5], addresses.of_media(episode.key) + start, link, where, {})
    if video := youtube_id(episode.url) or youtube_id(episode.media):
        begin = f"&start={at}" if at else ""
        return Player("youtube", f"{YOUTUBE}/embed/{video}?enablejsapi=1&rel=0&autoplay=1{begin}", link, where, {})
    kind, headers = remote_kind(episode.media), media_policy(episode.media)
    if kind and headers:
        return Player(kind, episode.media + start, link, where, headers)
    return Player("", "", link, where, {})


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
