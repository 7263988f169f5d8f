"""How an episode is played: its file here, YouTube (loaded on click only), a media file on the web, or just a link."""

from __future__ import annotations

from dataclasses import dataclass

from episodes.models import Episode
from episodes.urls import deep_link, youtube_id
from episodes.web import addresses
from episodes.web.media import TYPES, local_file, remote_kind
from episodes.web.security import YOUTUBE, media_policy
from episodes.web.settings import Site


@dataclass(frozen=True, slots=True)
class Player:
    """``kind`` is "audio", "video", "youtube" or "" (link only). ``source`` is the URL for the element or frame.

    ``link`` opens the episode where it was published, at the second; ``where`` names that place. ``headers`` let the
    page load the source.
    """

    kind: str
    source: str
    link: str
    where: str
    headers: dict[str, str]


def player(episode: Episode, of: Site, at: int | None = None) -> Player:
    """Choose the best way to play it."""
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
