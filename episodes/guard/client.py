"""Send one HTTP request: check its URL (SSRF), connect, and return the response with its body still to be read.

Redirects are not followed here: each hop is a new request that the caller sends, so each is checked. The only retry is
on a pooled connection that the server had closed in the meantime; nothing was sent on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

from episodes.errors import NotFetched, TooSlow
from episodes.guard.bodies import SLOW
from episodes.guard.client_pool import ClientPool, Route
from episodes.guard.deadline import Deadline
from episodes.guard.hosts import check_public, check_url, proxy_of
from episodes.logs import logger

if TYPE_CHECKING:
    import ssl

    import httpx2

log = logger(__name__)

REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to send."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """What requests may reach, and how.

    ``allow_private`` permits addresses of this machine and network. ``proxy`` is the configured one ("": the
    environment's). ``certificates`` is the TLS context (None: the default one).
    """

    allow_private: bool = False
    proxy: str = ""
    certificates: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A server's response.

    Header names are in lower case, repeated headers are joined. ``chunks`` is the body as sent.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    #: Headers as sent, in order, repeated ones apart.
    raw_headers: tuple[tuple[str, str], ...]
    charset: str | None
    reason: str
    chunks: Iterator[bytes] = field(repr=False)

    @property
    def is_redirect(self) -> bool:
        """True if it redirects to another location."""
        return self.status in REDIRECTS and bool(self.headers.get("location"))


@contextmanager
def send(request: HttpRequest, policy: NetworkPolicy, deadline: Deadline, pool: ClientPool) -> Iterator[HttpResponse]:
    """Yield the response; its connection is released at the end of the block.

    Raises:
        AddressRefused: the policy forbids the URL or the address it resolves to.
        TooSlow: the deadline passed.
        NotFetched: the connection failed.
    """
    try:
        with _send(request, policy, deadline, pool) as response:
            yield response
    except NotFetched as error:
        log.warning("%s %s: %s", request.method, request.url, error.detail)
        raise


@contextmanager
def _send(request: HttpRequest, policy: NetworkPolicy, deadline: Deadline, pool: ClientPool) -> Iterator[HttpResponse]:
    url = _normalized(request.url)
    check_url(url, allow_private=policy.allow_private, proxy=policy.proxy)
    while True:
        try:
            begun = monotonic()
            with _stream(url, request, policy, deadline, pool) as response:
                log.info("%s %s: %d in %.2f s", request.method, url, response.status_code, monotonic() - begun)
                yield _response_of(response, url, deadline)
                return
        except _StaleConnectionError:
            log.debug("%s: a kept connection was closed by the server, retry on another", url)
            continue  # terminates: each retry removes a stale connection from the pool, and a new one is not retried


def _normalized(url: str) -> str:
    """Return the URL as the HTTP client reads it, so that the checked URL is the requested one."""
    import httpx2

    try:
        return str(httpx2.URL(url))
    except (httpx2.InvalidURL, ValueError):
        return url  # refused by check_url, with a reason


@contextmanager
def _stream(
    url: str, request: HttpRequest, policy: NetworkPolicy, deadline: Deadline, pool: ClientPool
) -> Iterator[httpx2.Response]:
    import httpx2

    proxy = proxy_of(url, policy.proxy)
    checked = not (policy.allow_private or proxy)
    seen: list[str] = []

    def on_event(event: str, info: dict[str, Any]) -> None:
        if event.endswith(".connect_tcp.started"):
            seen.append(event)
        elif event.endswith((".connect_tcp.complete", ".start_tls.complete")) and checked:
            _check_peer(url, info["return_value"])

    timeouts = {**dict.fromkeys(("connect", "read", "write"), deadline), "pool": deadline.timeout}
    try:
        client = pool.client(Route(proxy, checked, policy.certificates))
        with client.stream(
            request.method,
            url,
            headers=dict(request.headers),
            content=request.body,
            extensions={"trace": on_event, "timeout": timeouts},
        ) as response:
            seen.append("answered")
            yield response
    except (httpx2.HTTPError, httpx2.InvalidURL, ImportError, OSError, ValueError) as error:
        lost = isinstance(error, httpx2.NetworkError | httpx2.RemoteProtocolError)
        if lost and not seen and request.body is None and not deadline.expired:
            raise _StaleConnectionError(url) from error
        raise _error(error, url, deadline) from error


def _check_peer(url: str, stream: Any) -> None:  # noqa: ANN401 - httpcore's
    """Close and refuse a connection to a private peer: a second check, after that in ``network``."""
    connection = stream.get_extra_info("socket")
    try:
        check_public(url, str(connection.getpeername()[0]))
    except BaseException:
        connection.close()
        raise


def _response_of(response: httpx2.Response, url: str, deadline: Deadline) -> HttpResponse:
    raw_headers = tuple(response.headers.multi_items())
    return HttpResponse(
        url,
        response.status_code,
        dict(response.headers),
        raw_headers,
        response.charset_encoding,
        response.reason_phrase,
        _chunks(response, url, deadline),
    )


def _chunks(response: httpx2.Response, url: str, deadline: Deadline) -> Iterator[bytes]:
    import httpx2

    try:
        yield from response.iter_raw()
    except (httpx2.HTTPError, httpx2.StreamError, OSError, ValueError) as error:
        raise _error(error, url, deadline) from error


def _error(error: Exception, url: str, deadline: Deadline) -> NotFetched:
    import httpx2

    if deadline.expired or isinstance(error, httpx2.TimeoutException):
        return TooSlow(url, SLOW)
    if isinstance(error, httpx2.InvalidURL):
        return NotFetched(url, f"not an address: {error}")
    return NotFetched(url, _reason(error))


def _reason(error: Exception) -> str:
    """Return the cause of a failed connection, without its errno."""
    text = re.sub(r"^\[[^\]]*\]\s*", "", str(error))
    return f"the connection failed: {text or type(error).__name__}"


class _StaleConnectionError(NotFetched):
    """A pooled connection was already closed by the server; nothing was sent on it."""
