"""Convert yt-dlp's info dicts to values. Pure: recorded dicts and ``*.info.json`` files take the same path.

An info.json is untrusted input: any field may be missing or of any type; only an id and a title are required. The
generic extractor uses file names as ids, so there the identity is the feed's GUID (smuggled in the URL), else the URL.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import parse_qs

from episodes.dates import find_date, from_timestamp, implausible_date
from episodes.episode_numbers import episode_number
from episodes.errors import BadItem
from episodes.sources import identity
from episodes.sources.caption_tracks import caption_tracks
from episodes.urls import web_address
from episodes.values import EpisodeInfo, Listed
from transcripts.bounded_json import loads
from transcripts.clock import LONGEST
from transcripts.text import one_line, storable, storable_json

_SMUGGLED = "#__youtubedl_smuggle"
#: Extractors that use file names as ids.
_NAMELESS = {"generic", "html5", "html5mediaembed"}
_KEPT = (
    "extractor",
    "view_count",
    "tags",
    "categories",
    "channel_id",
    "channel_url",
    "uploader",
    "series",
    "season_number",
    "episode_number",
)


def episode_info(info: Mapping[str, Any], languages: Sequence[str] = ("en",)) -> EpisodeInfo:
    """Return everything that is kept of an info dict. ``languages`` of captions are kept besides the video's own.

    Raises:
        BadItem: no id or no title.
    """
    entry_id, title = text(info, "id"), one_line(text(info, "title"))
    if not entry_id or not title:
        raise BadItem(detail=f"no {'id' if not entry_id else 'title'} in it")
    name = identity_of(info)
    feed_title = text(info, "playlist_title") if _guid(info) else ""  # a feed is a show, a playlist is not
    show = text(info, "series") or feed_title
    number = episode_number(title, show)
    return EpisodeInfo(
        identity=name,
        key=identity.key(name, identity.short_id(name), title),
        title=title,
        url=page_url(info),
        media=_media(info),
        show=show,
        number=number if number is not None else _count(info, "episode_number"),
        published=_published(info),
        duration=_duration(info),
        description=text(info, "description"),
        channel=text(info, "channel") or text(info, "uploader"),
        thumbnail=web_address(text(info, "thumbnail")),
        language=text(info, "language"),
        live_status=text(info, "live_status"),
        availability=text(info, "availability"),
        release_at=from_timestamp(info.get("release_timestamp")),
        captions=caption_tracks(info, languages),
        extra=_extra(info),
        passed_over=_doubts(info),
    )


def listed(entry: Mapping[str, Any], listing: Mapping[str, Any]) -> Listed | None:
    """Convert an entry of a flat listing; None if it names nothing that can be read.

    The hint of a feed's item has the fields that only the feed knows. An entry without its own URL is later found by
    its id on the listing's page.
    """
    address = text(entry, "url") if "formats" not in entry else ""
    if not address and not text(entry, "id"):
        return None
    title, published = one_line(text(entry, "title")), _published(entry)
    if not address:
        page = without_smuggled(text(entry, "webpage_url") or text(listing, "webpage_url"))
        named = {**entry, "webpage_url": page}
        return Listed(identity_of(named), page, title, published, {"id": text(entry, "id")})
    if entry.get("_type") == "url_transparent":
        name = identity.of_feed(_guid(entry), text(listing, "title"), without_smuggled(address))
        hint = {
            "entry": {k: v for k, v in entry.items() if isinstance(v, str | int | float)},
            "show": text(listing, "title"),
        }
        return Listed(name, without_smuggled(address), title, published, hint)
    return Listed(identity_of({**entry, "webpage_url": address}), without_smuggled(address), title, published)


def identity_of(info: Mapping[str, Any]) -> str:
    """Return the identity of an info dict or flat entry."""
    extractor, entry_id = _extractor(info), text(info, "id")
    address = without_smuggled(text(info, "webpage_url") or text(info, "original_url") or text(info, "url"))
    if extractor == "youtube" and entry_id:
        return identity.of_youtube(entry_id)
    if guid := _guid(info):
        return identity.of_feed(guid, text(info, "playlist_title"), address)
    if extractor not in _NAMELESS | {""} and entry_id:
        return identity.of_site(extractor, entry_id)
    if not address:
        return identity.of_site(extractor or "unknown", entry_id)
    one_of_several = re.fullmatch(r".*-([0-9]+)", entry_id) if extractor.startswith("html5") else None
    fragment = f"#{entry_id}" if one_of_several and one_of_several[1] != "1" else ""
    return identity.of_address(address) + fragment


def without_smuggled(address: str) -> str:
    """Strip the data that yt-dlp smuggles in a URL."""
    return address.partition(_SMUGGLED)[0]


def page_url(info: Mapping[str, Any]) -> str:
    """Return the web page of an episode, or "" if the info dict names none."""
    named = (web_address(without_smuggled(text(info, field))) for field in ("webpage_url", "original_url"))
    return next(filter(None, named), "")


def text(info: Mapping[str, Any], field: str) -> str:
    """Return a field as text; "" if it is missing or of another type."""
    value = info.get(field)
    return storable(str(value)).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def number_of(info: Mapping[str, Any], field: str) -> float | None:
    """Return a field as a finite number not below 0, or None."""
    value = info.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e12 or math.isnan(value):
        return None
    return float(value)


def _published(info: Mapping[str, Any]) -> date | None:
    """Return the UTC day of release, else of upload."""
    for stamp, day in (("release_timestamp", "release_date"), ("timestamp", "upload_date")):
        if at := from_timestamp(info.get(stamp)):
            return at.date()
        if found := find_date(text(info, day)):
            return found
    return None


def _doubts(info: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the note on an implausible date."""
    given = [info.get(name) for name in ("release_timestamp", "release_date", "timestamp", "upload_date")]
    raw_dates = [str(value) for value in given if isinstance(value, str | int | float) and value]
    return (implausible_date(raw_dates[0]),) if raw_dates and _published(info) is None else ()


def _duration(info: Mapping[str, Any]) -> float | None:
    found = number_of(info, "duration")
    return found if found is not None and found <= LONGEST else None


def _extractor(info: Mapping[str, Any]) -> str:
    return (text(info, "extractor_key") or text(info, "ie_key") or text(info, "extractor").partition(":")[0]).lower()


def _guid(info: Mapping[str, Any]) -> str:
    """Return the GUID that the generic RSS extractor smuggles into an item's URL."""
    for field in ("url", "webpage_url", "original_url"):
        _, found, smuggled = text(info, field).partition(f"{_SMUGGLED}=")
        if found and (guid := _smuggled_id(smuggled)):
            return guid
    return ""


def _smuggled_id(smuggled: str) -> str:
    try:
        data = loads(parse_qs(f"x={smuggled}")["x"][0])
    except (ValueError, KeyError):
        return ""
    guid = data.get("force_videoid") if isinstance(data, dict) else None
    return storable(guid).strip() if isinstance(guid, str) else ""


def _media(info: Mapping[str, Any]) -> str:
    """Return where the audio is: the page, or the file itself if there are several on the page."""
    page, name = page_url(info), identity_of(info)
    return web_address(text(info, "url")) or page if name.startswith("url:") and "#" in name else page


def _count(info: Mapping[str, Any], field: str) -> int | None:
    value = number_of(info, field)
    return int(value) if value is not None and value < 2**31 else None


def _extra(info: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields without a column of their own, as plain JSON without empty values."""
    kept = {field: info[field] for field in _KEPT if isinstance(info.get(field), str | int | float | list)}
    chapters = info.get("chapters")
    kept["chapters"] = [
        {
            "start": number_of(chapter, "start_time"),
            "end": number_of(chapter, "end_time"),
            "title": text(chapter, "title"),
        }
        for chapter in (chapters if isinstance(chapters, list) else ())
        if isinstance(chapter, Mapping)
    ]
    return {field: storable_json(value) for field, value in kept.items() if value not in ([], "")}
