"""Validate one record (a JSON line or a table row) and convert it to an episode.

``{"id", "title", "date", "number"?, "url"?, "media"?, "duration"?, "description"?, "show"?, "channel"?, "thumbnail"?,
"language"?, "segments"?: [{"start", "end", "text", "speaker"?}]}``

Times are seconds (or "1:02:03" in a table). ``date`` is required, but may be empty if unknown. ``media`` is a URL, or a
media file beside the file of records or below. Unknown fields are kept in ``extra``. Errors are sentences about the
field.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from episodes.dates import implausible_date, parse_date_field
from episodes.episode_numbers import episode_number
from episodes.errors import BadItem, FileRefused
from episodes.files.reading import really_below
from episodes.sources import identity
from episodes.sources.media_file import MEDIA
from episodes.urls import web_address, youtube_id
from episodes.values import EpisodeInfo
from transcripts.clock import LONGEST
from transcripts.text import one_line, storable, storable_json
from transcripts.words import Segment, Source, Transcript

REQUIRED = ("id", "title", "date")
_TEXTS = ("url", "media", "description", "show", "channel", "thumbnail", "language")
KNOWN = {*REQUIRED, *_TEXTS, "number", "duration", "segments"}
_MEDIA_FILE = re.compile(
    r"https?://.*\.(?:mp3|m4a|mp4|ogg|oga|opus|wav|flac|aac|webm|mkv|mov|m4v)(?:\?|$)", re.IGNORECASE
)
_CLOCK = re.compile(r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d(?:\.\d+)?)")


def episode_from_record(fields: Mapping[str, Any], folder: Path | None = None) -> EpisodeInfo:
    """Return the episode of a record. ``folder`` is that of its file; media files must be below it.

    Raises:
        BadItem: a field is missing or invalid; the detail names it.
    """
    if missing := [f'"{field}"' for field in REQUIRED if field not in fields]:
        raise BadItem(detail=f"no {' and no '.join(missing)}")
    entry_id, title = _required(fields, "id"), _required(fields, "title")
    texts = {field: _text(fields, field) for field in _TEXTS}
    _check_address(texts["url"])
    media, local = _media(texts["media"], folder)
    name = _identity(entry_id, texts["url"], media, texts["show"])
    number = _number(fields)
    duration = parse_seconds(fields.get("duration"), "duration")
    day, doubted = _day(fields["date"])
    extra = {storable(str(field)): storable_json(value) for field, value in fields.items() if field not in KNOWN}
    return EpisodeInfo(
        identity=name,
        key=identity.key(name, entry_id, title),
        title=title,
        number=episode_number(title, texts["show"]) if number is None else number,
        published=day,
        duration=duration,
        transcript=_transcript(fields.get("segments"), texts["language"], duration),
        extra={**extra, "date": doubted} if doubted else extra,
        passed_over=(implausible_date(doubted),) if doubted else (),
        url=texts["url"],
        media=media or texts["url"],
        folder=str(folder.absolute()) if local and folder else "",
        description=texts["description"],
        show=texts["show"],
        channel=texts["channel"],
        thumbnail=web_address(texts["thumbnail"]),
        language=texts["language"],
    )


def _identity(entry_id: str, url: str, media: str, show: str) -> str:
    """Identify by the video or media file that it names, else by show and id: many records may share one page."""
    for address in (url, media):
        if youtube_id(address) or _MEDIA_FILE.match(address):
            return identity.of_address(address)
    return identity.of_import(show, entry_id)


def _required(fields: Mapping[str, Any], field: str) -> str:
    value = fields[field]
    if isinstance(value, int) and not isinstance(value, bool) and field == "id":
        value = str(value)
    if _is_empty(value):
        raise BadItem(detail=f'"{field}" is empty')
    # An id identifies an episode in the catalog, so only its white space is normalized.
    text = (
        "" if not isinstance(value, str) else one_line(value) if field == "title" else " ".join(storable(value).split())
    )
    if not text:
        raise BadItem(detail=f'"{field}" is {_shortened(value)}; it has to be a text')
    return text


def _text(fields: Mapping[str, Any], field: str) -> str:
    value = fields.get(field)
    if value is not None and not isinstance(value, str):
        raise BadItem(detail=f'"{field}" is {_shortened(value)}; it has to be a text')
    return storable(value or "").strip()


def _check_address(url: str) -> None:
    if url and not web_address(url):
        raise BadItem(detail=f'"url" is {_shortened(url)}; it has to begin with http:// or https://')


def _media(value: str, folder: Path | None) -> tuple[str, bool]:
    """Return the location of the audio, and whether it is a file. A file must really be in ``folder`` or below."""
    if not value or (address := web_address(value)):
        return address if value else "", False
    path = Path(folder or "", value)
    try:
        if folder is None or path.suffix[1:].lower() not in MEDIA:
            raise BadItem(detail=f'"media" is {_shortened(value)}; it has to be an address or a media file')
        really_below(path, folder)
    except FileRefused as error:
        raise BadItem(detail=f'"media" is {_shortened(value)}: {error.detail}') from error
    return str(path.absolute()), True


def _day(value: object) -> tuple[date | None, str]:
    """Return the day, and the text of an implausible date; both empty if the field is."""
    try:
        return parse_date_field("" if value is None else str(value))
    except ValueError as error:
        raise BadItem(detail=f'"date" is {_shortened(value)}; write it as 2024-05-31') from error


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _number(fields: Mapping[str, Any]) -> int | None:
    value = fields.get("number")
    if _is_empty(value):
        return None
    number = _as_float(value)
    if number is None or number != int(number) or not 0 <= number < 2**31:
        raise BadItem(detail=f'"number" is {_shortened(value)}; it has to be a whole number')
    return int(number)


def parse_seconds(value: object, field: str) -> float | None:
    """Return seconds, also from a clock time in a text; None if empty.

    Raises:
        BadItem: it is neither; the detail names the field.
    """
    if _is_empty(value):
        return None
    clock = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    number = int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3]) if clock else _as_float(value)
    if number is None or not 0 <= number <= LONGEST:
        raise BadItem(detail=f'"{field}" is {_shortened(value)}; it has to be seconds, 0 to {LONGEST:,.0f}')
    return number


def _as_float(value: object) -> float | None:
    """Return a finite number, also from a text, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _transcript(value: object, language: str, duration: float | None) -> Transcript | None:
    if value is None or value == []:
        return None
    if not isinstance(value, list):
        raise BadItem(detail=f'"segments" is {_shortened(value)}; it has to be a list')
    segments = tuple(_segments(value))
    return Transcript(segments, Source.IMPORT, language=language or None, duration=duration) if segments else None


def _segments(values: list[Any]) -> Iterator[Segment]:
    """Yield segments, which must be in order of time; those without words are left out."""
    latest = 0.0
    for position, value in enumerate(values, 1):
        try:
            segment = _segment(value)
        except BadItem as error:
            raise BadItem(detail=f"segment {position}: {error.detail}") from error
        if segment.start < latest:
            raise BadItem(
                detail=f"segment {position} starts at {segment.start:g}, before the previous one ({latest:g})"
            )
        latest = segment.start
        if segment.text:
            yield segment


def _segment(value: object) -> Segment:
    if not isinstance(value, dict):
        raise BadItem(detail=f"it is {_shortened(value)}, not an object")
    start, end = parse_seconds(value.get("start"), "start"), parse_seconds(value.get("end"), "end")
    text = value.get("text")
    if start is None or end is None or not isinstance(text, str):
        raise BadItem(detail='it needs "start", "end" and "text"')
    if end < start:
        raise BadItem(detail=f"it ends at {end:g}, before it starts at {start:g}")
    return Segment(start, end, one_line(text), speaker=one_line(_text(value, "speaker")) or None)


def _shortened(value: object) -> str:
    """Return a value as shown in error messages: at most 60 characters."""
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
