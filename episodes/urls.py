"""Normalize and compare URLs; the entry point to the parser of YouTube URLs.

    canonical(url)     the canonical URL, stored and fetched: no tracking parameters, fragment, user info, default port
    key(url)           a dedup key, equal for all variants of one page's URL; it cannot be fetched
    youtube(url)       the video, playlist, channel or clip that a YouTube URL names
    web_address(text)  the text itself if it is a web URL, unchanged

Percent-encoding is normalized by RFC 3986, 6.2.2: hex digits in upper case, unreserved characters unescaped. A path
keeps its case, a query its order and its empty values. Differences that nearly all servers ignore (scheme, "www.", a
trailing slash, a query's order) are ignored in ``key`` only.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from episodes import youtube as _youtube
from episodes.errors import BadAddress
from episodes.names import LONGEST, is_too_long
from episodes.tracking_parameters import is_tracking
from episodes.youtube import YouTube, is_video_id
from episodes.youtube import video_ids_in as youtube_ids_in

__all__ = [
    "YouTube",
    "absolute",
    "addresses_in",
    "bare_host",
    "canonical",
    "deep_link",
    "has_scheme",
    "host_of",
    "is_video_id",
    "is_web",
    "key",
    "same_page",
    "same_site",
    "split",
    "variants",
    "web_address",
    "with_scheme",
    "youtube",
    "youtube_id",
    "youtube_ids_in",
]

_PORTS = {"http": 80, "https": 443}
#: The DNS limit of a host name.
_LONGEST_HOST = 255
#: Prefixes of hosts that serve the same pages.
_HOST_PREFIXES = ("www.", "m.", "mobile.", "amp.")
_HOST_PREFIX = re.compile(r"(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u2060\ufeff\ud800-\udfff\ufffe\uffff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_WITHOUT_SCHEME = re.compile(r"[\w.-]+\.\w+/")
_IN_TEXT = re.compile(r"https?://[^\s<>\"'\]{}|\\^`]++", re.IGNORECASE)


def has_scheme(text: str) -> bool:
    """True if what the user typed is a URL of any scheme, and no path."""
    return bool(re.match(r"[a-z][a-z0-9+.-]+://", text.strip(), re.IGNORECASE))


def with_scheme(text: str) -> str:
    """Add https:// to a URL that was typed without a scheme (``host.example/page``)."""
    text = text.strip()
    return f"https://{text}" if _WITHOUT_SCHEME.match(text) else text


def split(url: str) -> SplitResult:
    """Split a URL like ``urlsplit``; an invalid one has only empty parts."""
    try:
        parts = urlsplit(url)
        assert parts.port is None or parts.port >= 0  # reading the port validates it
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def web_address(text: str, base: str = "") -> str:
    """Return the URL if it is http or https with a host, else "".

    A relative one is resolved against ``base``, if given. Surrounding spaces are removed and the scheme is lowercased;
    nothing else changes. The guard decides whether its host may be fetched.
    """
    text = text.strip()
    try:
        whole = urljoin(base, text) if base and text else text
        parts = urlsplit(whole)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not host or _CONTROL.search(whole) or "\\" in parts.netloc:
        return ""
    return parts.scheme + whole[len(parts.scheme) :]


def is_web(text: str) -> bool:
    """True if a text is a web URL, and so never a file."""
    return bool(web_address(text))


def canonical(url: str) -> str:
    """Return the canonical URL of a page. Idempotent.

    Raises:
        BadAddress: it is no absolute http, https or file URL, or too long.
    """
    try:
        parts = urlsplit(_INVISIBLE.sub("", unicodedata.normalize("NFC", url)).strip().replace("&amp;", "&"))
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise BadAddress(url, error) from error
    if parts.scheme == "file" and parts.path:
        return urlunsplit(("file", "", parts.path, "", parts.fragment))
    if parts.scheme not in _PORTS or not host:
        raise BadAddress(url, "an address begins with http:// or https:// and a host")
    shown = "" if port in (None, _PORTS[parts.scheme]) else f":{port}"
    query = "&".join(pair for pair in parts.query.split("&") if pair and not is_tracking(pair, _site(host)))
    found = urlunsplit((parts.scheme, host + shown, _escaped(parts.path) or "/", _escaped(query), ""))
    if is_too_long(found):
        raise BadAddress(url[:80], f"the address is longer than {LONGEST} bytes; no server is sure to know it")
    return found


def absolute(link: str, base: str) -> str:
    """Return a page's link, absolute and canonical; "" if it leads to no page.

    Such are mailto:, javascript:, and fragments of the page itself. Links to files count only on a page that is a file.
    """
    link = " ".join(_INVISIBLE.sub("", link).split())
    if not link or link.startswith("#"):
        return ""
    try:
        found = canonical(urljoin(base, link))
    except (BadAddress, ValueError):
        return ""
    return "" if found.startswith("file:") and not base.lower().startswith("file:") else found


def key(url: str) -> str:
    """Return a dedup key, equal for all URLs of one page; "" if invalid. For a YouTube video it is ``video:ID``."""
    try:
        found = canonical(url)
    except BadAddress:
        return ""
    if found.startswith("file:"):
        return found.rstrip("/")
    if (named := youtube(url)) and named.key:
        return named.key
    parts = urlsplit(found)
    path = re.sub(r"/(?:index\.(?:html?|php))?$", "", parts.path)
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return bare_host(parts.netloc) + path + (f"?{query}" if query else "")


def same_page(one: str, other: str) -> bool:
    """True if two URLs name one page."""
    return key(one) == key(other) != ""


def same_site(one: str, other: str) -> bool:
    """True if two URLs share host and port, apart from prefixes such as "www."."""
    try:
        return bare_host(urlsplit(canonical(one)).netloc) == bare_host(urlsplit(canonical(other)).netloc)
    except BadAddress:
        return False


def bare_host(host: str) -> str:
    """Strip "www.", "m." and the like from a host; a host of two parts ("m.example") stays."""
    return _HOST_PREFIX.sub("", host, count=1) if _HOST_PREFIX.match(host) else host


def host_of(url: str) -> str:
    """Return the host of a URL in lower case, without "www." and the like; "" if none."""
    return bare_host(split(url).hostname or "")


def variants(url: str) -> set[str]:
    """Return all variants of a page's URL: both schemes, each host prefix, with and without a trailing slash.

    The fragment stays: it distinguishes parts of a page that have no URL of their own.
    """
    page, _, part = url.partition("#")
    try:
        parts = urlsplit(canonical(page))
    except BadAddress:
        return {url}
    if parts.scheme not in _PORTS:
        return {url}
    bare, path = bare_host(parts.netloc), parts.path.rstrip("/")
    hosts = {f"{host}{bare}" for host in ("", *_HOST_PREFIXES)} | {parts.netloc}
    return {url} | {
        urlunsplit((scheme, host, path + end, parts.query, part))
        for scheme in _PORTS
        for host in hosts
        for end in ("", "/")
    }


def youtube(url: str) -> YouTube | None:
    """Parse a YouTube URL, with or without its scheme; None for other sites."""
    return _youtube.parse(split(with_scheme(url)))


def youtube_id(url: str) -> str:
    """Return the id of the video that a YouTube URL names, else ""."""
    named = youtube(url)
    return named.video if named else ""


def deep_link(url: str, seconds: float) -> str:
    """Link to a second of a video.

    YouTube's own form for its videos, else a media fragment (w3.org/TR/media-frags), which players support. Seconds are
    rounded down; negative or infinite ones count as 0. "" without a URL.
    """
    if not url:
        return ""
    at = max(0, math.floor(seconds)) if math.isfinite(seconds) else 0
    if video := youtube_id(url):
        return f"https://www.youtube.com/watch?v={video}&t={at}s"
    return f"{url.partition('#')[0]}#t={at}"


def addresses_in(text: str) -> Iterator[str]:
    """Yield the URLs in running text, without surrounding punctuation and brackets."""
    for match in _IN_TEXT.finditer(text):
        yield _within_brackets(match[0]).rstrip(".,;:!?*")


def _within_brackets(text: str) -> str:
    """Cut at a closing bracket whose opening one stands before the text."""
    opened = 0
    for at, char in enumerate(text):
        opened += (char == "(") - (char == ")")
        if opened < 0:
            return text[:at]
    return text


def _site(host: str) -> str:
    return "youtube.com" if _youtube.HOST.fullmatch(host) else bare_host(host)


def _host(name: str) -> str:
    """Lowercase a host name and encode it as IDNA; "" if it cannot be one."""
    name = name.rstrip(".")
    if len(name) > _LONGEST_HOST:
        return ""
    if not name.isascii():
        name = name.encode("idna").decode("ascii")
    if not re.fullmatch(r"[a-z0-9._:%-]+", name) or ".." in name:
        return ""
    return f"[{name}]" if ":" in name else name


def _escaped(text: str) -> str:
    return quote(_ESCAPE.sub(_normal_escape, text), safe="!#$%&'()*+,/:;=?@[]~")


def _normal_escape(match: re.Match[str]) -> str:
    if match[1] is None:
        return "%25"
    char = chr(int(match[1], 16))
    return char if _UNRESERVED.fullmatch(char) else match[0].upper()
