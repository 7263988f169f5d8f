"""/feed.xml: the episodes as RSS, each with its transcript as <podcast:transcript> in WebVTT, SubRip and JSON.

The JSON is the podcast namespace's own form ({"version", "segments": [{"speaker", "startTime", "endTime", "body"}]}),
which players read, not the lossless one of ``transcripts``. https://github.com/Podcastindex-org/podcast-namespace
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from episodes.catalog import browsing, transcripts
from episodes.database import reading
from episodes.errors import NotFound
from episodes.models import Episode
from episodes.pipeline.exporting import Format
from episodes.web import addresses
from episodes.web.media import TYPES, local_file, remote_kind
from episodes.web.settings import Site, base_url, site
from transcripts.text import for_xml
from transcripts.words import Transcript

router = APIRouter(include_in_schema=False)

#: Maximum characters of a title or description.
MAX_TEXT = 20_000
#: Episodes in the feed, newest first.
MAX_ITEMS = 200
PODCAST = "https://podcastindex.org/namespace/1.0"
ATOM = "http://www.w3.org/2005/Atom"
#: Caption formats that players read.
CAPTION_FORMATS = (Format.vtt, Format.srt)


def add(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    """Add an element with text and attributes reduced to what XML allows."""
    made = SubElement(parent, name, {key: for_xml(value) for key, value in attributes.items()})
    made.text = for_xml(text) or None
    return made


def document(root: Element) -> bytes:
    """Serialize with an XML declaration."""
    whole: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return whole


@router.get("/feed.xml")
def feed(request: Request) -> Response:
    """Return the newest episodes as RSS."""
    with reading(site(request).engine) as session:
        rows, _ = browsing.episodes(session, limit=MAX_ITEMS)
        transcribed = browsing.transcribed_ids(session, [row.id or 0 for row in rows])
        channel = _channel(request)
        for row in rows:
            _item(channel[0], row, request, transcribed=row.id in transcribed)
    return Response(document(channel), media_type="application/rss+xml")


def _channel(request: Request) -> Element:
    register_namespace("podcast", PODCAST)
    register_namespace("atom", ATOM)
    root = Element("rss", {"version": "2.0"})
    channel = add(root, "channel")
    add(channel, "title", site(request).name)
    add(channel, "link", f"{base_url(request)}/")
    add(channel, "description", "Every episode, with its transcript.")
    add(channel, f"{{{ATOM}}}link", href=f"{base_url(request)}/feed.xml", rel="self", type="application/rss+xml")
    return root


def _item(channel: Element, row: Episode, request: Request, *, transcribed: bool) -> None:
    home = base_url(request)
    item = add(channel, "item")
    add(item, "title", row.title[:MAX_TEXT])
    add(item, "link", home + addresses.of_episode(row.key))
    add(item, "guid", row.identity, isPermaLink="false")
    if row.published:
        add(item, "pubDate", format_datetime(datetime.combine(row.published, time(), UTC)))
    add(item, "description", row.description[:MAX_TEXT])
    if enclosure := _enclosure(row, site(request), home):
        add(item, "enclosure", **enclosure)
    if transcribed:
        language = {"language": row.language} if row.language else {}
        for form in CAPTION_FORMATS:
            add(
                item,
                f"{{{PODCAST}}}transcript",
                url=home + addresses.of_transcript(row.key, form),
                type=form.media_type,
                rel="captions",
                **language,
            )
        address = home + addresses.of_media(row.key).replace("/media/", "/feed/") + ".json"
        add(item, f"{{{PODCAST}}}transcript", url=address, type="application/json", **language)


def _enclosure(row: Episode, of: Site, home: str) -> dict[str, str]:
    """Return the attributes of the enclosure: the published media URL, else the file on this machine."""
    if remote_kind(row.media):
        return {"url": row.media, "length": "0", "type": TYPES[_ending(row.media)]}
    if file := local_file(row, of):
        return {
            "url": home + addresses.of_media(row.key),
            "length": str(file.stat().st_size),
            "type": TYPES[file.suffix.lower()],
        }
    return {}


def _ending(address: str) -> str:
    return Path(address.partition("?")[0].partition("#")[0]).suffix.lower()


@router.get("/feed/{key}.json")
def podcast_json(request: Request, key: str) -> Response:
    """Return an episode's transcript in the podcast namespace's JSON."""
    with reading(site(request).engine) as session:
        shown = transcripts.shown(session, browsing.episode(session, key).id or 0)
        if shown is None:
            raise NotFound(key)
        words = transcripts.load(session, shown)
    return JSONResponse({"version": "1.0.0", "segments": list(_segments(words))})


def _segments(words: Transcript) -> Iterable[dict[str, Any]]:
    for segment in words.segments:
        speaker = {"speaker": segment.speaker} if segment.speaker else {}
        yield {**speaker, "startTime": segment.start, "endTime": segment.end, "body": segment.text}
