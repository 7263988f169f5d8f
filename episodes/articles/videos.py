"""Ids of YouTube videos in an article: pure functions over elements and text.

Pages embed a video in a dozen ways: iframes (also lazy ones, whose address waits in ``data-src`` or ``srcdoc``), ``<lite-youtube>``
and the like, attributes such as ``data-youtube-id``, raw ``[embed]`` short codes, a bare address on a line of its own, structured
data. Links count too, after the embedded ones. Channels and playlists are no videos. Many ids on a page sit in its footer and side
bar, so the caller hands over the article's element and not the page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from episodes.articles.tree import Element, is_element

_ID = re.compile(r"[A-Za-z0-9_-]{11}")
#: Eleven characters that look like an id and are none.
_NO_IDS = {"videoseries", "live_stream"}
_ADDRESS = re.compile(
    r"""(?:
      (?:youtube(?:-nocookie)?\.com|youtubekids\.com)/(?:embed|v|e|shorts|live|vi)/
    | youtube(?:-nocookie)?\.com/(?:watch|attribution_link|oembed|embed/?)?[^\s"'<>\]]{0,300}?[?&;](?:v|video_id)=
    | youtu\.be/
    | (?:img\.youtube\.com|i\d?\.ytimg\.com)/(?:vi|vi_webp|an_webp)/
    )([A-Za-z0-9_-]{11})(?![A-Za-z0-9_-])""",
    re.VERBOSE | re.IGNORECASE,
)
_ID_ATTRIBUTES = ("videoid", "video-id", "data-videoid", "data-video-id", "data-video_id", "data-youtube-id", "data-youtube",
                  "data-youtubeid", "data-yt-id", "data-ytid", "data-plyr-embed-id", "data-id", "data-embed")  # fmt: skip
_ABOUT_YOUTUBE = re.compile(r"youtube|lazyyt|\byt[-_]|yvii|lyte", re.IGNORECASE)


class Where(StrEnum):
    """How an article names a video, the strongest first."""

    EMBEDDED = "embedded"
    STRUCTURED = "structured"
    LINKED = "linked"


@dataclass(frozen=True, slots=True)
class Video:
    """A video named by an article, and how."""

    id: str
    where: Where


def ids_in_text(text: str) -> tuple[str, ...]:
    """Ids of the video addresses in a text, each once, in order; percent-encoded and HTML-escaped addresses are read as well."""
    return tuple(dict.fromkeys(_ids(text)))


def videos_in(element: Element) -> tuple[Video, ...]:
    """Videos in an element and below: the embedded ones first, then the linked, each once, in order of the document."""
    found: list[Video] = []
    for node in element.iter():
        if is_element(node):
            found += _of_element(node)
    return once(found)


def once(videos: Iterable[Video]) -> tuple[Video, ...]:
    """Each video once, by the strongest way in which it is named; otherwise in order."""
    ordered = sorted(videos, key=lambda video: list(Where).index(video.where))
    return tuple({video.id: video for video in reversed(ordered)}[id_] for id_ in dict.fromkeys(v.id for v in ordered))


def only_linked(extra: Mapping[str, object]) -> frozenset[str]:
    """The ids of the videos that an article links to and does not show, as its ``extra["videos"]`` says; whoever wrote that."""
    noted = extra.get("videos")
    rows = [one for one in noted if isinstance(one, dict)] if isinstance(noted, list) else []
    return frozenset(str(one["id"]) for one in rows if one.get("id") and one.get("where") == Where.LINKED)


def videos_in_metadata(objects: Iterable[object], properties: Mapping[str, str]) -> tuple[Video, ...]:
    """Videos of JSON-LD ``VideoObject``s and of ``og:video``, which tell of the page as a whole."""
    texts = [text for item in objects for text in _structured(item)]
    texts += [text for name, text in properties.items() if name.startswith(("og:video", "twitter:player"))]
    return once(Video(id_, Where.STRUCTURED) for text in texts for id_ in _ids(text))


def _of_element(node: Element) -> list[Video]:
    if node.tag == "a":
        return [Video(id_, Where.LINKED) for id_ in _ids(node.get("href") or "")] + _of_texts(node)
    values = [value for name, value in node.attrib.items() if name != "class"]
    ids = [id_ for value in values for id_ in _ids(value)]
    if node.tag not in ("script", "style"):
        ids += _attribute_ids(node)
    where = {"img": Where.LINKED, "meta": Where.STRUCTURED, "link": Where.STRUCTURED}.get(node.tag, Where.EMBEDDED)
    return [Video(id_, where) for id_ in ids] + _of_texts(node)


def _of_texts(node: Element) -> list[Video]:
    """Addresses in the text: ``[embed]`` and bare ones on a line of their own are how WordPress embeds; others are mentions."""
    found = []
    for text in (node.text if node.tag not in ("script", "style") else None, node.tail):
        if text and ("youtu" in text or "%" in text):
            for line in text.replace("[embed]", "\n").replace("[/embed]", "\n").splitlines():
                alone = len(line.split()) == 1 and node.tag != "a"
                found += [Video(id_, Where.EMBEDDED if alone else Where.LINKED) for id_ in _ids(line)]
    return found


def _attribute_ids(node: Element) -> list[str]:
    """Ids that stand bare in an attribute, where the element says that it is YouTube's."""
    about = " ".join(
        [node.tag, node.get("class") or "", node.get("data-provider") or "", node.get("data-plyr-provider") or ""]
    )
    known = [name for name in _ID_ATTRIBUTES if "youtube" in name or "yt" in name.split("-")]
    names = _ID_ATTRIBUTES if _ABOUT_YOUTUBE.search(about) else known
    values = [(node.get(name) or "").strip() for name in names]
    return [value for value in values if _ID.fullmatch(value) and value not in _NO_IDS]


def _ids(text: str) -> Iterator[str]:
    if "yout" not in text.lower() and "ytimg" not in text.lower():
        return
    plain = html.unescape(text).replace("\\/", "/")
    for _ in range(2):  # an address inside an address is encoded twice
        plain = unquote(plain) if "%" in plain else plain
    for match in _ADDRESS.finditer(plain):
        if match[1].lower() not in _NO_IDS:
            yield match[1]


def _structured(item: object) -> Iterator[str]:
    """The addresses of a JSON-LD object that is a video."""
    if not isinstance(item, dict):
        return
    kinds = item.get("@type", "")
    if "VideoObject" in (kinds if isinstance(kinds, list) else [kinds]):
        for name in ("embedUrl", "embedURL", "contentUrl", "contentURL", "url", "@id"):
            if isinstance(item.get(name), str):
                yield item[name]
