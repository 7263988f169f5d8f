"""Merge what is known of an episode: yt-dlp's dict, its warnings, and what the listing said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, time
from typing import Any

from episodes.errors import BadItem, SourceError
from episodes.sources import identity, info_dict
from episodes.sources.html_to_text import html_to_text
from episodes.sources.ytdlp_errors import rate_limited_error
from episodes.sources.ytdlp_messages import gives_reason, is_rate_limited
from episodes.urls import is_web, web_address
from episodes.values import CaptionTrack, EpisodeInfo, Listed


def merge_info(info: Mapping[str, Any], warnings: Sequence[str], languages: Sequence[str], url: str) -> EpisodeInfo:
    """Return the episode that yt-dlp describes.

    ``extra`` says why it cannot be played (``problem``), or that it can although it is not public (``playable``).

    Raises:
        RateLimited: it cannot be played because the site asks for a pause.
        SourceError: it has no id or no title.
    """
    playable = bool(info.get("formats"))
    pause = next((warning for warning in warnings if is_rate_limited(warning)), None)
    if pause and not playable:
        raise rate_limited_error(url, pause)
    try:
        episode = info_dict.episode_info(info, languages)
    except BadItem as error:
        raise SourceError(url, error.detail) from error
    return replace(episode, extra={**episode.extra, **_playing(episode, warnings, playable=playable)})


def _playing(episode: EpisodeInfo, warnings: Sequence[str], *, playable: bool) -> dict[str, object]:
    if playable:
        return {"playable": True} if episode.availability not in ("", "public", "unlisted") else {}
    reasons = [warning for warning in warnings if gives_reason(warning)]
    return {"problem": reasons[-1] if reasons else "there is no audio to fetch"}


def merge_listing(episode: EpisodeInfo, listed: Listed) -> EpisodeInfo:
    """Return the episode with the identity under which its feed listed it, and with the feed's fields."""
    hint = listed.hint
    if not hint.get("entry"):
        return episode
    tracks = (CaptionTrack(**track) for track in hint.get("captions", ()))
    captions = tuple(track for track in tracks if is_web(track.location))  # stored hints are untrusted
    return replace(
        episode,
        identity=listed.identity,
        key=identity.key(listed.identity, identity.short_id(listed.identity), episode.title),
        url=web_address(hint.get("page") or "") or episode.url,
        description=html_to_text(episode.description),
        channel=episode.channel or hint.get("channel", ""),
        language=episode.language or hint.get("language", ""),
        captions=(*captions, *episode.captions),
        passed_over=(*hint.get("passed_over", ()), *episode.passed_over),
    )


def listed_from_item(item: EpisodeInfo) -> Listed:
    """Convert a feed's item to an entry, if yt-dlp did not list the feed; a video of a named site is read there."""
    if not item.identity.startswith(("feed:", "url:")):
        return Listed(item.identity, item.media, item.title, item.published)
    stamp = datetime.combine(item.published, time(), UTC).timestamp() if item.published else None
    fields = {"title": item.title, "description": item.description, "duration": item.duration, "timestamp": stamp}
    entry = {"_type": "url_transparent", "url": item.media, **{name: value for name, value in fields.items() if value}}
    return add_item(
        Listed(item.identity, item.media, item.title, item.published, {"entry": entry, "show": item.show}), item
    )


def add_item(entry: Listed, item: EpisodeInfo | None) -> Listed:
    """Add what yt-dlp leaves out of a feed's entry: the item's page and transcripts, the feed's author and language."""
    if item is None:
        return entry
    tracks = [asdict(track) for track in item.captions]
    more = {"page": item.url, "channel": item.channel, "language": item.language, "captions": tracks}
    if item.passed_over:
        more["passed_over"] = list(item.passed_over)
    return replace(entry, hint={**entry.hint, **more})
