"""Read RSS and Atom from a file or bytes, one episode per item.

feedparser keeps only the last of several ``podcast:transcript`` elements, so these are read from the XML itself. If
that is broken (feedparser is lenient, an XML parser is not), feedparser's one is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from episodes.dates import implausible_date
from episodes.episode_numbers import episode_number
from episodes.errors import BadItem
from episodes.feeds import LARGEST, parse_feed, published_day, text_field
from episodes.files.reading import read_regular
from episodes.sources import identity
from episodes.sources.html_to_text import html_to_text
from episodes.sources.records import parse_seconds
from episodes.urls import web_address
from episodes.values import CaptionTrack, EpisodeInfo, Outcome, Read, State
from transcripts.text import one_line, storable

#: MIME types of transcripts in feeds -> format, best first. HTML and plain text have no times, so they are ignored.
_FORMATS = {
    "text/vtt": "vtt",
    "application/srt": "srt",
    "application/x-subrip": "srt",
    "text/srt": "srt",
    "application/json": "json",
}


def read(path: Path) -> Iterator[Read]:
    """Yield each item of a feed file as an episode, or as an outcome that says what is wrong with it.

    Raises:
        FileRefused: the file cannot be read, is too large, or is not regular.
    """
    content = read_regular(path, LARGEST)
    try:
        for position, episode in enumerate(_items(content), 1):
            item = f"{path}: item {position}"
            if isinstance(episode, BadItem):
                yield Read(item, outcome=Outcome(item, State.FAILED, episode.detail), path=path)
            else:
                yield Read(item, episode, path=path)
    except BadItem as error:
        yield Read(str(path), outcome=Outcome(str(path), State.FAILED, error.detail), path=path)


def episodes(content: bytes, base: str = "") -> Iterator[EpisodeInfo]:
    """Yield the valid episodes of a feed. Relative URLs are resolved against ``base``, the feed's URL.

    Raises:
        BadItem: this is no feed.
    """
    return (item for item in _items(content, base) if isinstance(item, EpisodeInfo))


def is_atom(content: bytes) -> bool:
    """True if the first element is Atom's."""
    root = re.search(rb"<(?:\w+:)?([a-zA-Z]+)", re.sub(rb"<\?.*?\?>|<!--.*?-->", b"", content[:4096], flags=re.DOTALL))
    return root is not None and root[1] == b"feed"


def title(content: bytes) -> str:
    """Return the feed's title."""
    return _text(parse_feed(content).feed, "title")


def _items(content: bytes, base: str = "") -> Iterator[EpisodeInfo | BadItem]:
    found = parse_feed(content)
    base = base or _own_address(found.feed)
    transcripts = _transcripts(content)
    if len(transcripts) != len(found.entries):
        transcripts = [
            [entry["podcast_transcript"]] if "podcast_transcript" in entry else [] for entry in found.entries
        ]
    for entry, tracks in zip(found.entries, transcripts, strict=True):
        yield _episode(entry, found.feed, tracks, base)


def _own_address(feed: Mapping[str, Any]) -> str:
    """Return the URL that a feed states as its own, else its site's; "" if neither is a web URL."""
    own = [link.get("href") or "" for link in feed.get("links", ()) if link.get("rel") == "self"]
    return next((address for text in (*own, _text(feed, "link")) if (address := web_address(text))), "")


def _episode(
    entry: Mapping[str, Any], feed: Mapping[str, Any], tracks: Sequence[Mapping[str, str]], base: str
) -> EpisodeInfo | BadItem:
    page, sound = _page(entry, base), _enclosure(entry)
    guid, show = _text(entry, "id"), _text(feed, "title")
    media = web_address(sound, base)
    captions, passed_over = _captions(tracks, _text(feed, "language"), base)
    address = media or page
    if not address:
        named = f"; its enclosure {_shortened(sound)} is not a web address" if sound else ""
        return BadItem(detail=f"the item has neither an enclosure nor a link{named}")
    title = one_line(_text(entry, "title")) or identity.file_name(address)
    name, number = identity.of_feed(guid, show, address), episode_number(title, show)
    return EpisodeInfo(
        identity=name,
        key=identity.key(name, identity.short_id(name), title),
        title=title,
        url=page or media,
        media=address,
        show=show,
        number=_whole(entry.get("itunes_episode")) if number is None else number,
        published=published_day(entry),
        duration=_duration(entry),
        description=html_to_text(_text(entry, "summary")),
        channel=_text(entry, "author") or _text(feed, "author"),
        thumbnail=web_address(_text(entry.get("image") or feed.get("image") or {}, "href"), base),
        language=_text(feed, "language"),
        captions=captions,
        extra={"guid": guid} if guid else {},
        passed_over=(*_date_note(entry), *map(_no_address, [sound] if sound and not media else []), *passed_over),
    )


def _date_note(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the note on an implausible date, if there is one."""
    date = _text(entry, "published") or _text(entry, "updated")
    return (implausible_date(date),) if date and published_day(entry) is None else ()


def _page(entry: Mapping[str, Any], base: str) -> str:
    """Return the item's page, or ""; feedparser takes any GUID without isPermaLink=false for a link."""
    link = _text(entry, "link")
    return web_address(link, base if link != _text(entry, "id") else "")


def _enclosure(entry: Mapping[str, Any]) -> str:
    """Return the first enclosure, like yt-dlp; images do not count."""
    links = [link for link in entry.get("links", ()) if link.get("rel") == "enclosure" and link.get("href")]
    sounding = [link for link in links if not str(link.get("type", "")).startswith("image/")]
    return storable(sounding[0]["href"]).strip() if sounding else ""


def _transcripts(content: bytes) -> list[list[Mapping[str, str]]]:
    """Return the attributes of each item's transcripts; empty if the XML is not well-formed."""
    try:
        root = ET.fromstring(content)  # noqa: S314 - expat itself limits how far entities may grow
    except (ET.ParseError, ValueError, LookupError):
        return []
    items = [element for element in root.iter() if _local(element) in ("item", "entry")]
    return [[child.attrib for child in item if _local(child) == "transcript"] for item in items]


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _captions(
    transcripts: Sequence[Mapping[str, str]], language: str, base: str
) -> tuple[tuple[CaptionTrack, ...], tuple[str, ...]]:
    """Return the best format per language, and a note on each track without a web URL."""
    best: dict[str, CaptionTrack] = {}
    order = list(_FORMATS.values())
    named = [
        CaptionTrack(track.get("language") or language, _FORMATS[kind], storable(track["url"]))
        for track in transcripts
        if (kind := track.get("type", "").partition(";")[0].strip().lower()) in _FORMATS and track.get("url")
    ]
    offered = [replace(track, location=address) for track in named if (address := web_address(track.location, base))]
    for track in sorted(offered, key=lambda track: order.index(track.format)):
        best.setdefault(track.language, track)
    elsewhere = (track.location for track in named if not web_address(track.location, base))
    return tuple(best.values()), tuple(map(_no_address, elsewhere))


def _no_address(text: str) -> str:
    return f"{_shortened(text)} is not a web address and was skipped"


def _shortened(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:77]}...")


def _duration(entry: Mapping[str, Any]) -> float | None:
    try:
        return parse_seconds(_text(entry, "itunes_duration"), "duration")
    except BadItem:
        return None


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else None


def _text(fields: Mapping[str, Any], field: str) -> str:
    return storable(text_field(fields, field)).strip()
