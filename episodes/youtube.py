"""What an address of YouTube names: a video, a playlist, a channel, a clip. Pure; ``episodes.urls`` is the door to it.

Pages and people write a video's address in a dozen ways, with other hosts (m., music., youtu.be, the one without cookies, those of its
pictures), in paths (embed, shorts, live, v) and inside other addresses. ``embed/videoseries`` and ``embed/live_stream`` have eleven
characters where a video's id stands, and are a playlist's and a channel's.
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
#: Eleven characters that stand where an id would, and are none.
_NO_VIDEOS = {"videoseries", "live_stream"}
_VIDEO_PATHS = {"embed", "shorts", "live", "v", "e", "vi", "video", "watch", "vi_webp", "an_webp"}
#: Parameters with another address of YouTube in them, of attribution links, oEmbed and the questions of consent and login.
_NESTED = ("u", "url", "continue", "next", "next_url")
_TIMES = ("t", "start", "time_continue")
_CLOCK = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?")


@dataclass(frozen=True, slots=True)
class YouTube:
    """What an address of YouTube names, each empty where it does not. ``channel`` is an id, "@handle", "c/name" or "user/name".

    ``start`` is the second at which it opens; ``feed`` says that it is the RSS feed of the channel or playlist.
    """

    video: str = ""
    playlist: str = ""
    channel: str = ""
    clip: str = ""
    start: int = 0
    feed: bool = False

    @property
    def key(self) -> str:
        """Equal for all addresses of the same thing."""
        if self.video:
            return f"video:{self.video}"
        if self.clip:
            return f"youtube.com/clip/{self.clip}"
        return f"youtube.com/playlist?list={self.playlist}" if self.playlist else ""


def parse(parts: SplitResult, depth: int = 2) -> YouTube | None:
    """What an address, taken apart, names, itself or so ``depth`` within; None where it is not YouTube's."""
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
    """Whether a text can be the id of a YouTube video."""
    return bool(_VIDEO_ID.fullmatch(text)) and text.lower() not in _NO_VIDEOS


def video_ids_in(text: str) -> tuple[str, ...]:
    """The ids of the videos whose addresses stand in a text or in markup, each once, in order.

    Percent-encoded and HTML-escaped addresses are read as well.
    """
    return tuple(dict.fromkeys(_video_ids(text)))


def _video_ids(text: str) -> Iterator[str]:
    if "yout" not in text.lower() and "ytimg" not in text.lower():
        return
    plain = html.unescape(text).replace("\\/", "/").replace("\\u0026", "&").replace("\\u003d", "=")
    for _ in range(2):  # an address inside an address is encoded twice
        plain = unquote(plain) if "%" in plain else plain
    for match in _IN_TEXT.finditer(plain):
        try:
            named = parse(urlsplit(f"https://{match['host']}{match['rest']}"))
        except ValueError:
            continue
        if named and named.video:
            yield named.video


def _nested(inner: str, depth: int) -> YouTube:
    """The address within an address; one of another site names nothing of YouTube's."""
    try:
        return parse(urlsplit(urljoin("https://www.youtube.com/", inner)), depth) or YouTube()
    except ValueError:
        return YouTube()


def _query(parts: SplitResult) -> dict[str, str]:
    """The first value of each parameter, of the query and of a fragment ("#!v=…", "#t=90")."""
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
