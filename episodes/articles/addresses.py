"""Addresses: cleaned so that the same page has the same one, compared, and made where a text has none. Pure.

An article is known by its address, so cleaning is careful: it takes away only what never tells pages apart (tracking parameters,
fragment, default port, case of the host). Only our own ``file:`` addresses, and those made by ``part_of``, keep a fragment.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from episodes.errors import ArticleError
from episodes.names import LONGEST, is_too_long
from transcripts.text import one_line

_TRACKING = re.compile(
    r"""(?:utm_\w*|at_(?:medium|campaign|custom\d|bbc_team|link_\w+|format|ptr_name|campaign_type)|mtm_\w+|pk_(?:campaign|kwd|source|medium|content)
    |fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|li_fat_id|srsltid|mc_cid|mc_eid|_ga|_gl|mkt_tok|vero_id
    |oly_(?:enc|anon)_id|_hsenc|_hsmi|__hs\w+|ref_src|ref_url|s_cid|ncid|cmpid|fb_(?:action_ids|action_types|source|ref)|__twitter_impression
    |wt_zmc|ns_(?:mchannel|source|campaign|linkname)|guce_\w+|share_id|sharetype)""",
    re.VERBOSE | re.IGNORECASE,
)
_PORTS = {"http": "80", "https": "443"}
_SIDE_DOORS = re.compile(r"^(?:www\d?|m|mobile|amp)\.")
_SLUG_LENGTH = 80


def is_address(text: str) -> bool:
    """Whether a person's word is a web address and not a path."""
    return bool(re.match(r"[a-z][a-z0-9+.-]+://", text.strip(), re.IGNORECASE))


def clean(url: str) -> str:
    """The address that stands for the page: without tracking parameters, fragment, user, default port; host in lower case.

    Raises:
        ArticleError: it is no absolute http, https or file address, or longer than any that leads somewhere.
    """
    try:
        parts = urlsplit(one_line(url))
        host, port = _host(parts.hostname or ""), f":{parts.port}" if parts.port is not None else ""
    except ValueError as error:
        raise ArticleError(url, error) from error
    scheme = parts.scheme.lower()
    if scheme == "file" and parts.path:
        return urlunsplit(("file", "", parts.path, "", parts.fragment))
    if scheme not in _PORTS or not host:
        raise ArticleError(url, "an address begins with http:// or https:// and a host")
    port = "" if port == f":{_PORTS[scheme]}" else port
    query = "&".join(
        pair for pair in parts.query.split("&") if pair and not _TRACKING.fullmatch(pair.partition("=")[0])
    )
    found = urlunsplit((scheme, host + port, _escaped(parts.path) or "/", _escaped(query), ""))
    if is_too_long(found):
        raise ArticleError(url[:80], f"the address is longer than {LONGEST} bytes; no server is sure to know it")
    return found


def absolute(url: str, base: str) -> str:
    """A page's link made absolute and clean; empty where it leads to no page (mailto:, javascript:, the page's own fragment).

    Only a page that is a file names files.
    """
    link = one_line(url)
    if not link or link.startswith("#"):
        return ""
    try:
        found = clean(urljoin(base, link))
    except (ArticleError, ValueError):
        return ""
    return "" if found.startswith("file:") and not base.lower().startswith("file:") else found


def key(url: str) -> str:
    """What all addresses of one page have in common: no scheme, no "www." or "m.", no slash at the end."""
    try:
        parts = urlsplit(clean(url))
    except ArticleError:
        return quote(url, errors="replace")
    host = _SIDE_DOORS.sub("", parts.netloc)
    return urlunsplit(("", host, parts.path.rstrip("/"), parts.query, parts.fragment))


def same_page(one: str, other: str) -> bool:
    """Whether two addresses name one page."""
    return bool(one) and bool(other) and key(one) == key(other)


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are on one host ("www." and "m." do not count)."""
    return urlsplit(key(one)).netloc == urlsplit(key(other)).netloc


def slug(title: str) -> str:
    """A title as it stands in an address: lower case, words joined by dashes; letters of other scripts are kept."""
    folded = unicodedata.normalize("NFKD", one_line(title).casefold())
    words = re.findall(r"\w+", "".join(char for char in folded if not unicodedata.combining(char)))
    text = ""
    for word in words:
        if text and len(text) + len(word) >= _SLUG_LENGTH:
            break
        text = f"{text}-{word}" if text else word[:_SLUG_LENGTH]
    return text or "untitled"


def part_of(base: str, title: str) -> str:
    """The address of a part that has none of its own: stable when its neighbours change, since only its title is in it."""
    return f"{base.partition('#')[0]}#{quote(slug(title), safe='-')}"


def unlike(url: str, taken: set[str]) -> str:
    """The address itself, or with a number behind it where another part has it already; it is taken from now on."""
    chosen, number = url, 2
    while chosen in taken:
        chosen, number = f"{url}{'-' if '#' in url else '#'}{number}", number + 1
    taken.add(chosen)
    return chosen


def _host(name: str) -> str:
    """Lower case, and letters beyond ASCII in the form that name servers know."""
    name = name.rstrip(".")
    if not name.isascii():
        name = name.encode("idna").decode("ascii")
    if not re.fullmatch(r"[a-z0-9._:%-]+", name) or ".." in name:
        return ""
    return f"[{name}]" if ":" in name else name


def _escaped(text: str) -> str:
    return quote(text, safe="!#$%&'()*+,/:;=?@[]~")
