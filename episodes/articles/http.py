"""The one HTTP door: an address in, a page out, and never more than was asked for.

Only http and https, and only hosts of the public internet (see hosts.py), checked anew at every hop of a redirect. Limits hold for
the whole fetch: seconds, redirects, and bytes after decompression. Connections stay open for a host's next page, no cookie is kept.
A 429 or 503 that names a short ``Retry-After`` is asked again; a longer one, and every 429, ends as ``RateLimited``: who runs the
batch decides about later. Whom to ask how often is web.py's part.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit
from weakref import WeakSet, finalize

from episodes.articles.answers import decompressed, in_words, retry_after, status_reason, too_large
from episodes.articles.hosts import check, check_peer, has_proxy
from episodes.articles.watch import Watch
from episodes.errors import ArticleError, PageRefused, RateLimited

if TYPE_CHECKING:
    import socket
    import ssl

    import httpx2

_TEXT_TYPES = re.compile(
    r"text/.*|application/(?:.*[+./-])?(?:xhtml\+xml|xml|json|jsonl|jsonlines|json-lines|ndjson|x-ndjson|markdown)"
)
_PACKED_TYPES = {"application/gzip", "application/x-gzip", "application/octet-stream"}
_REDIRECTS = {301, 302, 303, 307, 308}
_BUSY = {429, 503}
#: A site that asks for more than this is asked once a week.
_LONGEST_PAUSE = 7 * 24 * 3600.0
_SLOW = "the server is too slow"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one fetch may take.

    ``seconds`` for all of it, ``silence`` seconds without a byte, ``size`` in bytes after decompression, ``redirects`` followed,
    ``retries`` of a busy server that names at most ``patience`` seconds to wait.
    """

    seconds: float = 60.0
    silence: float = 20.0
    size: int = 10_000_000
    redirects: int = 8
    retries: int = 2
    patience: float = 5.0


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Page:
    """What a server answered: ``url`` after all redirects, media type in lower case, decompressed body, charset where declared.

    ``status`` is 200 to 299, or 304 (with an empty body) where ``etag`` or ``modified`` was sent and nothing has changed.
    """

    url: str
    status: int
    content_type: str
    body: bytes
    charset: str | None = None
    etag: str = ""
    modified: str = ""
    #: All headers of the answer, their names in lower case.
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Manners:
    """Who we say we are, through which proxy we go (the environment's where empty), and what is done before each hop.

    ``before`` is handed the address and may wait, or raise to stop the fetch.
    """

    user_agent: str = ""
    proxy: str = ""
    before: Callable[[str], None] = field(default=lambda _url: None, repr=False)


PLAIN = Manners()


@dataclass(frozen=True, slots=True)
class _Errand:
    """What all hops of one fetch share."""

    conditions: dict[str, str]
    manners: Manners
    allow_private: bool
    limits: Limits
    watch: Watch
    connections: Connections
    wait: Callable[[float], None] = field(repr=False)


def fetch(
    url: str,
    *,
    etag: str = "",
    modified: str = "",
    allow_private: bool = False,
    limits: Limits = LIMITS,
    wait: Callable[[float], None] = time.sleep,
    manners: Manners = PLAIN,
    connections: Connections | None = None,
) -> Page:
    """Fetch one text page (HTML, plain text, JSON, XML; what is called .gz comes as it is).

    ``etag`` and ``modified`` are those of an earlier ``Page``; an unchanged page is then answered with status 304. ``connections`` are used
    again and kept open; they belong to one thread.

    Raises:
        PageRefused: the site answers with a status that brings no page.
        RateLimited: the site asks to be left alone for longer than ``limits.patience``.
        ArticleError: no such host, too slow, too large, not text, too many redirects, or not a public address.
    """
    manners.before(url)
    conditions = {name: value for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)) if value}
    ways = connections or Connections()
    errand = _Errand(conditions, manners, allow_private, limits, Watch(limits.seconds, ways.sockets), ways, wait)
    here = url
    for hop in range(limits.redirects + 1):
        if hop:
            manners.before(here)
        answer = _hop(here, errand)
        if isinstance(answer, Page):
            return answer
        here = answer
    raise ArticleError(url, f"more than {limits.redirects} redirects, the last to {here}")


def user_agent() -> str:
    """Who we are, honestly: the program's name and version."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"news-in-review/{version('news-in-review')}"
    except PackageNotFoundError:
        return "news-in-review"


def _hop(url: str, errand: _Errand) -> Page | str:
    """One address asked, again where the server is busy and says for how long: the page, or where it redirects to."""
    tries = errand.limits.retries
    while True:
        check(url, allow_private=errand.allow_private, proxy=errand.manners.proxy)
        try:
            with _answer(url, errand) as response:
                pause = retry_after(response.headers.get("retry-after", ""), datetime.now(UTC))
                if response.status_code not in _BUSY or pause is None or pause > errand.limits.patience or not tries:
                    return _page_or_redirect(response, url, errand.limits.size)
        except _HungUpError:
            continue  # on a connection that it had kept open; the next one is new
        errand.wait(pause)
        tries -= 1


def _page_or_redirect(response: httpx2.Response, url: str, size: int) -> Page | str:
    if response.status_code in _REDIRECTS and response.headers.get("location"):
        return urljoin(url, response.headers["location"])
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        return _page(response, url, b"")
    if not response.is_success:
        raise _refusal(response, url)
    kind = _media_type(response)
    packed = kind in _PACKED_TYPES and urlsplit(url).path.endswith(".gz")
    if kind and not packed and not _TEXT_TYPES.fullmatch(kind):
        raise PageRefused(url, f"it is {kind}, and no page of text", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if int(response.headers.get("content-length") or 0) > size:
        raise too_large(url, size)
    encoding = response.headers.get("content-encoding", "")
    return _page(response, url, b"".join(decompressed(response.iter_raw(), encoding, size, url)))


def _refusal(response: httpx2.Response, url: str) -> PageRefused | RateLimited:
    """The error of a status that brings no page."""
    status, now = response.status_code, datetime.now(UTC)
    pause = retry_after(response.headers.get("retry-after", ""), now)
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status in _BUSY and pause is not None):
        until = now + timedelta(seconds=min(pause, _LONGEST_PAUSE)) if pause is not None else None
        return RateLimited(url, status_reason(status), until)
    return PageRefused(url, status_reason(status), status)


def _page(response: httpx2.Response, url: str, body: bytes) -> Page:
    marks = {"etag": response.headers.get("etag", ""), "modified": response.headers.get("last-modified", "")}
    return Page(
        url,
        response.status_code,
        _media_type(response),
        body,
        response.charset_encoding,
        headers=dict(response.headers),
        **marks,
    )


def _media_type(response: httpx2.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


@contextmanager
def _answer(url: str, errand: _Errand) -> Iterator[httpx2.Response]:
    """The server's answer, its body still to be read; what fails meanwhile becomes an ``ArticleError``."""
    import httpx2

    proxy = errand.manners.proxy
    proxied = has_proxy(url, proxy)
    fresh: list[str] = []

    def on_event(event: str, info: dict[str, Any]) -> None:
        if event.endswith(".connect_tcp.started"):
            fresh.append(event)
        elif event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            connection = info["return_value"].get_extra_info("socket")
            errand.watch.add(connection)
            if not (errand.allow_private or proxied):
                check_peer(url, connection)

    seconds = min(errand.limits.silence, errand.watch.left)
    headers = {
        "User-Agent": errand.manners.user_agent or user_agent(),
        "Accept": "text/html, text/*;q=0.9, */*;q=0.5",
        "Accept-Encoding": "gzip",
        **errand.conditions,
    }
    client = errand.connections.client(proxy if proxied else "", environment=proxied and not proxy)
    extensions = {"trace": on_event}
    try:
        with (
            errand.watch,
            client.stream("GET", url, headers=headers, extensions=extensions, timeout=seconds) as response,
        ):
            fresh.append("answered")
            yield response
        if errand.watch.late:  # a body of unknown length looks whole when its connection ends
            raise ArticleError(url, _SLOW)
    except (httpx2.HTTPError, httpx2.InvalidURL, ImportError, OSError, ValueError) as error:
        if not fresh and isinstance(error, httpx2.NetworkError | httpx2.RemoteProtocolError) and not errand.watch.late:
            raise _HungUpError(url) from error
        late = errand.watch.late or isinstance(error, httpx2.TimeoutException)
        raise ArticleError(url, _SLOW if late else in_words(error)) from error


class Connections:
    """One client for each way to the world: straight, through a proxy of ours, as the environment says. Opened when needed, kept open.

    ``sockets`` are those in use and at rest. What nobody closes is closed with the object.
    """

    def __init__(self) -> None:
        self.sockets: WeakSet[socket.socket] = WeakSet()
        self._clients: dict[tuple[str, bool], httpx2.Client] = {}
        self.close = finalize(self, _close, self._clients)

    def client(self, proxy: str, *, environment: bool) -> httpx2.Client:
        """The client that goes through ``proxy`` (no one where empty), or as the environment says."""
        import httpx2

        if (way := (proxy, environment)) not in self._clients:
            no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
            self._clients[way] = httpx2.Client(
                verify=_certificates(), trust_env=environment, proxy=proxy or None, cookies=no_cookies
            )
        return self._clients[way]


def _close(clients: dict[tuple[str, bool], httpx2.Client]) -> None:
    for client in clients.values():
        client.close()


class _HungUpError(ArticleError):
    """A connection that was kept open turned out to be closed: nothing was asked yet."""


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Made once: loading the certificates takes longer than many a page."""
    import httpx2

    return httpx2.create_ssl_context()
