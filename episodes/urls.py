"""Web addresses: one canonical form, one key to compare them by, one list of tracking parameters, one reader of YouTube's.

    canonical(url)    the form that is stored and asked for: without tracking parameters, fragment, user and default port
    key(url)          equal for all spellings of one page; for comparing only, it cannot be asked for
    youtube(url)      the video, playlist, channel or clip that an address of YouTube names
    web_address(text) the text itself if it is an address of the web; nothing is changed

Escapes follow RFC 3986, 6.2.2: their digits in upper case, unreserved characters without escape. A path keeps its case, a query its
order and its empty values. What nearly all servers treat alike (scheme, "www.", a last slash, a query's order) is one in ``key`` only.

courlan, which trafilatura brings along, is made for crawlers that may lose a page: its ``clean_url`` takes ``?gallery=7``, ``?gameid=7``,
``?reference=7`` and ``?session=7`` for tracking, drops empty values, and takes 0.2 s to import (1.4.0). An article is known by its
address, so two pages taken for one would overwrite each other. Its list was read for the names below.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from episodes import youtube as _youtube
from episodes.errors import BadAddress
from episodes.names import LONGEST, is_too_long
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

#: Parameters that tell where a reader came from, never which page it is. Sources: courlan 1.4, ClearURLs, Firefox's query stripping.
_TRACKING = re.compile(
    r"""(?:utm|at|mtm|piwik|hsa|oly|guce|trk|sfmc|bsft|stm|itm|ga|gs|gad|gaa)_\w+
    | pk_(?:campaign|kwd|keyword|source|medium|content|cid|vid)
    | fbclid | fb_(?:action_ids|action_types|source|ref) | fbc_id | mibextid | __cft__.* | __tn__
    | _ga | _gac | _gl | gclid | gclsrc | dclid | gbraid | wbraid | srsltid
    | msclkid | twclid | ttclid | ysclid | yclid | rdt_cid | sc_?cid | li_fat_id | epik | irclickid | irgwc | igshid? | igsh
    | __twitter_impression | ref_ | ref_src | ref_url | ref_source | referr?er
    | mc_(?:cid|eid|tc) | mkt_tok | ml_subscriber(?:_hash)? | vero_(?:id|conv) | _hsenc | _hsmi | __hs\w+ | hsctatracking
    | _kx | _ke | _bhlid | __s | dm_i | ef_id | elqtrack\w* | emci | emdi | ceid | _branch_match_id | _bta_\w+
    | omnisendcontactid | mindbox-click-id | rb_clickid | wickedid
    | ss_(?:email_id|campaign_id|campaign_name|campaign_sent_date|source)
    | s_cid | s_kwcid | ncid | cmpid | cmp | icid | ocid | xtor | wt[._](?:mc|nav|tsrc|zmc)\w*
    | ns_(?:mchannel|source|campaign|linkname|fee) | share_id | sharetype | smid | smtyp | soc_(?:src|trk)
    | ito | _openstat | guccounter""",
    re.VERBOSE | re.IGNORECASE,
)
#: Blogs append the site that a reader came from; a number is a record's.
_REFERRER = re.compile(r"ref=(?!\d+$).*", re.IGNORECASE)
#: Short names that only these sites use for tracking.
_TRACKING_AT = {
    "youtube.com": {"si", "feature", "pp", "ab_channel", "embeds_referring_euri", "source_ve_path"},
    "youtu.be": {"si", "feature", "pp"},
    "open.spotify.com": {"si", "nd", "dlsi"},
}
_PORTS = {"http": 80, "https": 443}
#: Characters; that many bytes is what name servers take.
_LONGEST_HOST = 255
#: Other hosts of the same pages.
_HOST_PREFIXES = ("www.", "m.", "mobile.", "amp.")
_HOST_PREFIX = re.compile(r"(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u2060\ufeff\ud800-\udfff\ufffe\uffff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_WITHOUT_SCHEME = re.compile(r"[\w.-]+\.\w+/")
_IN_TEXT = re.compile(r"https?://[^\s<>\"'\]{}|\\^`]++", re.IGNORECASE)


def has_scheme(text: str) -> bool:
    """Whether what a person typed is an address, of whatever kind, and no path."""
    return bool(re.match(r"[a-z][a-z0-9+.-]+://", text.strip(), re.IGNORECASE))


def with_scheme(text: str) -> str:
    """An address as people write it, ``host.example/page``, with its scheme."""
    text = text.strip()
    return f"https://{text}" if _WITHOUT_SCHEME.match(text) else text


def split(url: str) -> SplitResult:
    """An address taken apart as ``urlsplit`` does; one that is none has no parts."""
    try:
        parts = urlsplit(url)
        assert parts.port is None or parts.port >= 0  # reading the port is what checks it
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def web_address(text: str, base: str = "") -> str:
    """The address if it is http or https and names a host, else empty; one that is relative is taken from ``base``, where there is one.

    Spaces around it go, and its scheme is in lower case; else it stays as it is. Whether its host may be asked is the guard's business.
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
    """Whether a text is an address of the web, and so never a file."""
    return bool(web_address(text))


def canonical(url: str) -> str:
    """The address that stands for the page; doing so twice changes nothing.

    Raises:
        BadAddress: it is no absolute http, https or file address, or longer than any that leads somewhere.
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
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_tracking(pair, host))
    found = urlunsplit((parts.scheme, host + shown, _escaped(parts.path) or "/", _escaped(query), ""))
    if is_too_long(found):
        raise BadAddress(url[:80], f"the address is longer than {LONGEST} bytes; no server is sure to know it")
    return found


def absolute(link: str, base: str) -> str:
    """A page's link made absolute and canonical; empty where it leads to no page (mailto:, javascript:, the page's own fragment).

    Only a page that is a file names files.
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
    """Equal for all addresses of one page; empty for what is no address. A video's is ``video:ID``, whatever else its address says."""
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
    """Whether two addresses name one page."""
    return key(one) == key(other) != ""


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are on one host and port, see ``bare_host``."""
    try:
        return bare_host(urlsplit(canonical(one)).netloc) == bare_host(urlsplit(canonical(other)).netloc)
    except BadAddress:
        return False


def bare_host(host: str) -> str:
    """A host without "www.", "m." and the like in front; one of two parts only ("m.example") is itself."""
    return _HOST_PREFIX.sub("", host, count=1) if _HOST_PREFIX.match(host) else host


def host_of(url: str) -> str:
    """The host of an address, bare and in lower case; empty where it has none."""
    return bare_host(split(url).hostname or "")


def variants(url: str) -> set[str]:
    """All ways to write an address that lead to one page: itself, and either scheme, each side door, a slash at the end or not.

    A fragment stays: parts of a page that have no address of their own are told apart by it.
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
    """What an address of YouTube (also without its scheme) names; None for an address that is not YouTube's."""
    return _youtube.parse(split(with_scheme(url)))


def youtube_id(url: str) -> str:
    """The id of the video that an address of YouTube names, else empty."""
    named = youtube(url)
    return named.video if named else ""


def deep_link(url: str, seconds: float) -> str:
    """``url`` at a second: YouTube's own form for its videos, else a media fragment (w3.org/TR/media-frags), which players know.

    Seconds are rounded down; what is no time counts as 0. Without an address there is none.
    """
    if not url:
        return ""
    at = max(0, math.floor(seconds)) if math.isfinite(seconds) else 0
    if video := youtube_id(url):
        return f"https://www.youtube.com/watch?v={video}&t={at}s"
    return f"{url.partition('#')[0]}#t={at}"


def addresses_in(text: str) -> Iterator[str]:
    """The addresses that stand in a running text, without the punctuation and the brackets around them."""
    for match in _IN_TEXT.finditer(text):
        yield _within_brackets(match[0]).rstrip(".,;:!?*")


def _within_brackets(text: str) -> str:
    """Up to a bracket that closes one before the text."""
    opened = 0
    for at, char in enumerate(text):
        opened += (char == "(") - (char == ")")
        if opened < 0:
            return text[:at]
    return text


def _is_tracking(pair: str, host: str) -> bool:
    name = unquote(pair.partition("=")[0])
    at_host = _TRACKING_AT.get("youtube.com" if _youtube.HOST.fullmatch(host) else bare_host(host), ())
    return bool(_TRACKING.fullmatch(name) or _REFERRER.fullmatch(pair)) or name in at_host


def _host(name: str) -> str:
    """Lower case, and letters beyond ASCII in the form that name servers know; empty where it can be no host."""
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
