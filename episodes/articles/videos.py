"""Find the ids of YouTube videos in an article. Pure functions on elements and text.

Pages embed videos in a dozen ways: iframes (also lazy ones, with the URL in ``data-src`` or ``srcdoc``),
``<lite-youtube>`` and the like, attributes such as ``data-youtube-id``, ``[embed]`` shortcodes, a bare URL on its own
line, structured data. Links count too, after embedded videos. Many ids on a page are in its footer and sidebar, so pass
the article's element and not the page. ``episodes.urls`` decides which URLs name a video.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from episodes.articles.tree import Element, is_element
from episodes.urls import is_video_id, youtube_ids_in

_ID_ATTRIBUTES = ("videoid", "video-id", "data-videoid", "data-video-id", "data-video_id", "data-youtube-id", "data-youtube",
                  "data-youtubeid", "data-yt-id", "data-ytid", "data-plyr-embed-id", "data-id", "data-embed")  # fmt: skip
_ABOUT_YOUTUBE = re.compile(r"youtube|lazyyt|\byt[-_]|yvii|lyte", re.IGNORECASE)


class Placement(StrEnum):
    """How an article names a video, strongest first. The values are stored in ``extra["videos"]``."""

    EMBEDDED = "embedded"
    STRUCTURED = "structured"
    LINKED = "linked"


@dataclass(frozen=True, slots=True)
class Video:
    """A video in an article, and how it is named there."""

    id: str
    placement: Placement


def videos_in(element: Element) -> tuple[Video, ...]:
    """Return the videos in an element: embedded first, then linked, deduplicated, in document order."""
    found: list[Video] = []
    for node in element.iter():
        if is_element(node):
            found += _of_element(node)
    return deduplicated(found)


def deduplicated(videos: Iterable[Video]) -> tuple[Video, ...]:
    """Keep each video once, with its strongest placement; otherwise in order."""
    ordered = sorted(videos, key=lambda video: list(Placement).index(video.placement))
    return tuple({video.id: video for video in reversed(ordered)}[id_] for id_ in dict.fromkeys(v.id for v in ordered))


def only_linked(extra: Mapping[str, object]) -> frozenset[str]:
    """Return the ids of videos that are linked but not embedded, from an article's ``extra["videos"]`` (untrusted)."""
    noted = extra.get("videos")
    rows = [one for one in noted if isinstance(one, dict)] if isinstance(noted, list) else []
    return frozenset(str(one["id"]) for one in rows if one.get("id") and one.get("where") == Placement.LINKED)


def videos_in_metadata(objects: Iterable[object], properties: Mapping[str, str]) -> tuple[Video, ...]:
    """Return the videos of JSON-LD ``VideoObject``s and ``og:video``, which describe the whole page."""
    texts = [text for item in objects for text in _json_ld_urls(item)]
    texts += [text for name, text in properties.items() if name.startswith(("og:video", "twitter:player"))]
    return deduplicated(Video(id_, Placement.STRUCTURED) for text in texts for id_ in youtube_ids_in(text))


def _of_element(node: Element) -> list[Video]:
    if node.tag == "a":
        return [Video(id_, Placement.LINKED) for id_ in youtube_ids_in(node.get("href") or "")] + _of_texts(node)
    values = [value for name, value in node.attrib.items() if name != "class"]
    ids = [id_ for value in values for id_ in youtube_ids_in(value)]
    if node.tag not in ("script", "style"):
        ids += _attribute_ids(node)
    placement = {"img": Placement.LINKED, "meta": Placement.STRUCTURED, "link": Placement.STRUCTURED}.get(
        node.tag, Placement.EMBEDDED
    )
    return [Video(id_, placement) for id_ in ids] + _of_texts(node)


def _of_texts(node: Element) -> list[Video]:
    """Find URLs in the text around a node: ``[embed]`` and a bare URL on its own line embed a video, others link it.

    WordPress embeds in these two ways.
    """
    found = []
    for text in (node.text if node.tag not in ("script", "style") else None, node.tail):
        if text and ("youtu" in text or "%" in text):
            for line in text.replace("[embed]", "\n").replace("[/embed]", "\n").splitlines():
                alone = len(line.split()) == 1 and node.tag != "a"
                found += [Video(id_, Placement.EMBEDDED if alone else Placement.LINKED) for id_ in youtube_ids_in(line)]
    return found


def _attribute_ids(node: Element) -> list[str]:
    """Return bare ids in attributes, if the element is recognisably about YouTube."""
    about = " ".join(
        [node.tag, node.get("class") or "", node.get("data-provider") or "", node.get("data-plyr-provider") or ""]
    )
    known = [name for name in _ID_ATTRIBUTES if "youtube" in name or "yt" in name.split("-")]
    names = _ID_ATTRIBUTES if _ABOUT_YOUTUBE.search(about) else known
    values = [(node.get(name) or "").strip() for name in names]
    return [value for value in values if is_video_id(value)]


def _json_ld_urls(item: object) -> Iterator[str]:
    """Yield the URLs of a JSON-LD object that is a video."""
    if not isinstance(item, dict):
        return
    kinds = item.get("@type", "")
    if "VideoObject" in (kinds if isinstance(kinds, list) else [kinds]):
        for name in ("embedUrl", "embedURL", "contentUrl", "contentURL", "url", "@id"):
            if isinstance(item.get(name), str):
                yield item[name]
