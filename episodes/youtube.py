"""Parse YouTube URLs: the video, playlist, channel or clip that one names. Pure; call it through ``episodes.urls``.

A video's URL is written in a dozen ways: with other hosts (m., music., youtu.be, youtube-nocookie, ytimg), with paths
(embed, shorts, live, v), and nested in other URLs. ``embed/videoseries`` and ``embed/live_stream`` have eleven
characters in the place of a video id, but name a playlist and a channel.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urljoin, urlsplit

_HOSTS = r"(?:[\w-]+\.)*(?:youtube(?:-nocookie|kids|education)?\.com|youtube\.googleapis\.com|ytimg\.com|youtu\.be)"
HOST = re.compile(_HOSTS, re.ASCII | re.IGNORECASE)
_IN_TEXT = re.compile(
    rf"(?<![\w.@-])(?<![\w.-]/)(?P<host>{_HOSTS})(?=(?P<rest>[/?][^\s\"'<>\]]{{0,500}}))", re.ASCII | re.IGNORECASE
)
_VIDEO_ID = re.compile(r"([A-Za-z0-9_-]{11})(?![A-Za-z0-9_-])")
#: Eleven characters in the place of a video id that are no id.
_NO_VIDEOS = {"videoseries", "live_stream"}
_VIDEO_PATHS = {"embed", "shorts", "live", "v", "e", "vi", "video", "watch", "vi_webp", "an_webp"}
#: Parameters that hold another YouTube URL: of attribution links, oEmbed, consent and login pages.
_NESTED = ("u", "url", "continue", "next", "next_url")
_TIMES = ("t", "start", "time_continue")
_CLOCK = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?")


@dataclass(frozen=True, slots=True)
class YouTube:
    """What a YouTube URL names; "" where it names none. ``channel`` is an id, "@handle", "c/name" or "user/name".

    ``start`` is the second at which playback begins. ``feed`` is True for the RSS feed of the channel or playlist.
    """

    video: str = ""
    playlist: str = ""
    channel: str = ""
    clip: str = ""
    start: int = 0
    feed: bool = False

    @property
    def key(self) -> str:
        """A dedup key, equal for all URLs of the same thing."""
        if self.video:
            return f"video:{self.video}"
        if self.clip:
            return f"youtube.com/clip/{self.clip}"
        return f"youtube.com/playlist?list={self.playlist}" if self.playlist else ""


def parse(parts: SplitResult, depth: int = 2) -> YouTube | None:
    """Parse a split URL; None if it is not YouTube's. Follow URLs nested in parameters up to ``depth`` levels."""
    if not HOST.fullmatch(parts.hostname or ""):
        return None
    path = [unquote(part) for part in parts.path.split("/") if part]
    query = _query(parts)
    video = _video(path, query, short=parts.hostname == "youtu.be")
    if depth and not video and (inner := next((query[name] for name in _NESTED if query.get(name)), "")):
        return _nested(inner, depth - 1)
    return YouTube(
        video,
        query.get("list", query.get("playlist_id", "")),
        _channel(path, query),
        path[1] if len(path) > 1 and path[0] == "clip" else "",
        next((_seconds(query[name]) for name in _TIMES if name in query), 0),
        path[:1] == ["feeds"],
    )


def is_video_id(text: str) -> bool:
    """True if a text has the form of a YouTube video id."""
    return bool(_VIDEO_ID.fullmatch(text)) and text.lower() not in _NO_VIDEOS


def video_ids_in(text: str) -> tuple[str, ...]:
    """Return the ids of all videos whose URLs occur in a text or markup, deduplicated, in order.

    Percent-encoded and HTML-escaped URLs count as well.
    """
    return tuple(dict.fromkeys(_video_ids(text)))


def _video_ids(text: str) -> Iterator[str]:
    if "yout" not in text.lower() and "ytimg" not in text.lower():
        return
    plain = html.unescape(text).replace("\\/", "/").replace("\\u0026", "&").replace("\\u003d", "=")
    for _ in range(2):  # a URL inside a URL is encoded twice
        plain = unquote(plain) if "%" in plain else plain
    for match in _IN_TEXT.finditer(plain):
        try:
            named = parse(urlsplit(f"https://{match['host']}{match['rest']}"))
        except ValueError:
            continue
        if named and named.video:
            yield named.video


def _nested(inner: str, depth: int) -> YouTube:
    """Parse a nested URL; if it is not YouTube's, it names nothing."""
    try:
        return parse(urlsplit(urljoin("https://www.youtube.com/", inner)), depth) or YouTube()
    except ValueError:
        return YouTube()


def _query(parts: SplitResult) -> dict[str, str]:
    """Return the first value of each parameter of the query and the fragment ("#!v=…", "#t=90")."""
    text = "&".join((parts.query, parts.fragment.lstrip("!"))).replace("&amp;", "&").replace(";", "&")
    return dict(reversed(parse_qsl(text)))


def _video(path: list[str], query: Mapping[str, str], *, short: bool) -> str:
    named = path[1] if len(path) > 1 and path[0].lower() in _VIDEO_PATHS else path[0] if path and short else ""
    for text in (named, query.get("v", ""), query.get("video_id", ""), query.get("vi", "")):
        found = _VIDEO_ID.match(text)
        if found and is_video_id(found[1]):
            return found[1]
    return ""


def _channel(path: list[str], query: Mapping[str, str]) -> str:
    if path and re.fullmatch(r"@[^\s/]+", path[0]):
        return path[0]
    if len(path) > 1 and path[0] in ("c", "user"):
        return f"{path[0]}/{path[1]}"
    if path[:1] == ["feeds"] and "user" in query:
        return f"user/{query['user']}"
    return path[1] if len(path) > 1 and path[0] == "channel" else query.get("channel_id", query.get("channel", ""))


def _seconds(text: str) -> int:
    found = _CLOCK.fullmatch(text.strip())
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    return hours * 3600 + minutes * 60 + seconds
