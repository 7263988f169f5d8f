"""One request: its address checked, sent, and its answer, whose body is still to be read. Redirects are for the caller to follow."""

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
    """What is asked for."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """Whether addresses of this machine and network may be asked, the proxy of the settings, whom to trust (None: as usual)."""

    allow_private: bool = False
    proxy: str = ""
    certificates: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What a server says: header names in lower case, those sent several times joined; ``chunks`` of the body as they are sent."""

    url: str
    status: int
    headers: Mapping[str, str]
    #: As they were sent, in order.
    raw_headers: tuple[tuple[str, str], ...]
    charset: str | None
    reason: str
    chunks: Iterator[bytes] = field(repr=False)

    @property
    def is_redirect(self) -> bool:
        """Whether it sends us elsewhere."""
        return self.status in REDIRECTS and bool(self.headers.get("location"))


@contextmanager
def send(request: HttpRequest, policy: NetworkPolicy, deadline: Deadline, pool: ClientPool) -> Iterator[HttpResponse]:
    """The answer, for as long as the block lasts.

    Raises:
        AddressRefused: its address leads to what may not be asked.
        TooSlow: the time was up.
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
            log.debug("%s: hung up before it was asked, asked again", url)
            continue  # on a connection that it had kept open; the next one is new


def _normalized(url: str) -> str:
    """The address as the client understands it: what is checked is what is asked."""
    import httpx2

    try:
        return str(httpx2.URL(url))
    except (httpx2.InvalidURL, ValueError):
        return url  # not sent, but refused in words


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
    """Refuse a connection to an address that is not public, and close it: what network.py has checked is checked where it ended."""
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
    """The cause of a failed connection, without the number that the system gives it."""
    text = re.sub(r"^\[[^\]]*\]\s*", "", str(error))
    return f"the connection failed: {text or type(error).__name__}"


class _StaleConnectionError(NotFetched):
    """A connection that was kept open turned out to be closed: nothing was asked yet."""
