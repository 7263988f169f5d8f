"""Fetch one text page over HTTP: a URL in, a ``Page`` out, never more than the limits allow.

Every hop of a redirect goes through the guard (``episodes.guard``). The limits hold for the whole fetch: seconds,
redirects, and bytes after decompression. Connections stay open for the next page of a host; cookies are not kept.

Retry: a 429 or 503 with a short ``Retry-After`` is tried again after that backoff. With a longer one, and for every
other 429, ``RateLimited`` is raised, and the caller decides when to go on. The rate limit per host is in
``web_client``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from episodes.articles.responses import retry_after, status_reason
from episodes.errors import ArticleError, NotFetched, PageRefused, PageTooLarge, RateLimited, TooLarge
from episodes.guard.bodies import decompress, too_large
from episodes.guard.client import HttpRequest, HttpResponse, NetworkPolicy, send
from episodes.guard.client_pool import ClientPool
from episodes.guard.deadline import Deadline
from episodes.guard.hosts import parse_url
from episodes.logs import logger

log = logger(__name__)

_TEXT_TYPES = re.compile(
    r"text/.*|application/(?:.*[+./-])?(?:xhtml\+xml|xml|json|jsonl|jsonlines|json-lines|ndjson|x-ndjson|markdown)"
)
_PACKED_TYPES = {"application/gzip", "application/x-gzip", "application/octet-stream"}
_BUSY = {429, 503}
#: Seconds. A longer ``Retry-After`` is cut: the site is tried again once a week.
_LONGEST_PAUSE = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one fetch: timeouts, size, redirects, retries.

    ``seconds`` in total, ``read_timeout`` seconds without a byte, ``size`` in bytes after decompression, ``redirects``
    followed, ``retries`` of a busy server whose ``Retry-After`` is at most ``max_wait`` seconds.
    """

    seconds: float = 60.0
    read_timeout: float = 20.0
    size: int = 10_000_000
    redirects: int = 8
    retries: int = 2
    max_wait: float = 5.0


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Page:
    """A response: ``url`` after all redirects, media type in lower case, decompressed body, declared charset.

    ``status`` is 200 to 299, or 304 (with an empty body) if ``etag`` or ``modified`` was sent and nothing has changed.
    """

    url: str
    status: int
    content_type: str
    body: bytes
    charset: str | None = None
    etag: str = ""
    modified: str = ""
    #: All response headers, names in lower case.
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """The user agent to send, the proxy ("": the environment's), and a hook before each hop.

    ``before`` is called with the URL of each hop. It may wait, or raise to stop the fetch.
    """

    user_agent: str = ""
    proxy: str = ""
    before: Callable[[str], None] = field(default=lambda _url: None, repr=False)


DEFAULT_OPTIONS = ClientOptions()


@dataclass(frozen=True, slots=True)
class _Fetch:
    """What all hops of one fetch share."""

    conditions: dict[str, str]
    options: ClientOptions
    allow_private: bool
    limits: Limits
    deadline: Deadline
    pool: ClientPool
    wait: Callable[[float], None] = field(repr=False)


def fetch(
    url: str,
    *,
    etag: str = "",
    modified: str = "",
    allow_private: bool = False,
    limits: Limits = LIMITS,
    wait: Callable[[float], None] = time.sleep,
    options: ClientOptions = DEFAULT_OPTIONS,
    pool: ClientPool | None = None,
) -> Page:
    """Fetch one text page (HTML, plain text, JSON, XML). A file named .gz is returned as it is.

    ``etag`` and ``modified`` of an earlier ``Page`` make the request conditional; an unchanged page has status 304.
    ``pool`` is used and kept open; it belongs to one thread.

    Raises:
        PageRefused: the site answers with an error status, or with something that is not text.
        RateLimited: the site asks for a pause longer than ``limits.max_wait``.
        PageTooLarge: the page is larger than ``limits.size``.
        ArticleError: unknown host, too slow, too many redirects, or a private address.
    """
    check_well_formed(url)
    options.before(url)
    conditions = {name: value for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)) if value}
    pool = pool or ClientPool()
    deadline = Deadline(limits.seconds, limits.read_timeout)
    shared = _Fetch(conditions, options, allow_private, limits, deadline, pool, wait)
    here = url
    for hop in range(limits.redirects + 1):
        if hop:
            check_well_formed(here)
            options.before(here)
        response = _hop(here, shared)
        if isinstance(response, Page):
            return response
        here = response
    raise ArticleError(url, f"more than {limits.redirects} redirects, the last to {here}")


def check_well_formed(url: str) -> None:
    """Check that ``url`` is a web URL, before its robots.txt is looked for.

    Raises:
        ArticleError: it is not.
    """
    try:
        parse_url(url)
    except NotFetched as error:
        raise ArticleError(url, error.detail) from error


def user_agent() -> str:
    """Return the honest user agent: the program's name and version."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"news-in-review/{version('news-in-review')}"
    except PackageNotFoundError:
        return "news-in-review"


def _hop(url: str, shared: _Fetch) -> Page | str:
    """Request one URL, with retries if the server is busy: return the page, or the URL it redirects to."""
    tries = shared.limits.retries
    while True:
        try:
            with send(_request(url, shared), _policy(shared), shared.deadline, shared.pool) as response:
                pause = retry_after(response.headers.get("retry-after", ""), datetime.now(UTC))
                if response.status not in _BUSY or pause is None or pause > shared.limits.max_wait or not tries:
                    return _page_or_redirect(response, url, shared.limits.size)
        except NotFetched as error:
            kind = PageTooLarge if isinstance(error, TooLarge) else ArticleError
            raise kind(url, error.detail) from error
        log.info("%s: busy, retry in %.1f s", url, pause)
        shared.wait(pause)
        tries -= 1


def _policy(shared: _Fetch) -> NetworkPolicy:
    return NetworkPolicy(shared.allow_private, shared.options.proxy)


def _request(url: str, shared: _Fetch) -> HttpRequest:
    headers = {
        "User-Agent": shared.options.user_agent or user_agent(),
        "Accept": "text/html, text/*;q=0.9, */*;q=0.5",
        "Accept-Encoding": "gzip",
        **shared.conditions,
    }
    return HttpRequest(url, headers)


def _page_or_redirect(response: HttpResponse, url: str, size: int) -> Page | str:
    if response.is_redirect:
        return urljoin(url, response.headers["location"])
    if response.status == HTTPStatus.NOT_MODIFIED:
        return _page(response, url, b"")
    if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
        raise _refusal(response, url)
    kind = _media_type(response)
    packed = kind in _PACKED_TYPES and urlsplit(url).path.endswith(".gz")
    if kind and not packed and not _TEXT_TYPES.fullmatch(kind):
        raise PageRefused(url, f"it is {kind}, not a text page", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if int(response.headers.get("content-length") or 0) > size:
        raise too_large(url, size)
    encoding = response.headers.get("content-encoding", "")
    return _page(response, url, b"".join(decompress(response.chunks, encoding, size, url)))


def _refusal(response: HttpResponse, url: str) -> PageRefused | RateLimited:
    """Make the error for a status without a page."""
    status, now = response.status, datetime.now(UTC)
    pause = retry_after(response.headers.get("retry-after", ""), now)
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status in _BUSY and pause is not None):
        until = now + timedelta(seconds=min(pause, _LONGEST_PAUSE)) if pause is not None else None
        return RateLimited(url, status_reason(status), until)
    return PageRefused(url, status_reason(status), status)


def _page(response: HttpResponse, url: str, body: bytes) -> Page:
    validators = {"etag": response.headers.get("etag", ""), "modified": response.headers.get("last-modified", "")}
    return Page(
        url,
        response.status,
        _media_type(response),
        body,
        response.charset,
        headers=response.headers,
        **validators,
    )


def _media_type(response: HttpResponse) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
