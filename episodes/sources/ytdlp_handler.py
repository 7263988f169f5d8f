"""The request handler that sends all of yt-dlp's requests through the guard, redirects hop by hop."""

from __future__ import annotations

import functools
import ssl
import urllib.request
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import ExitStack
from dataclasses import replace
from email.message import Message
from typing import Any
from urllib.parse import urljoin, urlsplit

from yt_dlp.networking import Request, RequestHandler, Response
from yt_dlp.networking._helper import get_redirect_method, make_ssl_context
from yt_dlp.networking.exceptions import HTTPError, RequestError
from yt_dlp.utils.networking import normalize_url

from episodes.errors import AddressRefused, NotFetched
from episodes.guard.bodies import at_minimum_rate, decompress
from episodes.guard.client import HttpRequest, HttpResponse, NetworkPolicy, send
from episodes.guard.client_pool import ClientPool
from episodes.guard.deadline import Deadline
from episodes.sources.download_limits import ByteBudget, DownloadLimits
from episodes.sources.ytdlp_responses import Body, GuardedResponse, to_request_error

_REDIRECTS = 10
#: Headers that are not sent on after a redirect.
_ONCE = {"cookie", "host"}
_OF_A_BODY = {"content-length", "content-type", "transfer-encoding"}


class GuardedRH(RequestHandler):  # type: ignore[misc] # yt-dlp publishes no types
    """yt-dlp's requests through the guard; ``budget`` returns what may be downloaded now.

    yt-dlp requires that the name of a handler's class ends with RH.
    """

    _SUPPORTED_URL_SCHEMES = ("http", "https")
    _SUPPORTED_PROXY_SCHEMES = None  # the guard picks the proxy
    _SUPPORTED_FEATURES = None
    RH_NAME = "guarded"

    def __init__(
        self,
        *,
        policy: NetworkPolicy,
        limits: DownloadLimits,
        budget: Callable[[], ByteBudget],
        **others: Any,  # noqa: ANN401 - yt-dlp's
    ) -> None:
        super().__init__(**others)
        self._policy, self._limits, self._budget = policy, limits, budget
        self._pool = ClientPool()

    def close(self) -> None:
        """Close all connections; new ones are opened if needed."""
        self._pool.close()
        self._pool = ClientPool()

    def _check_extensions(self, extensions: dict[str, Any]) -> None:
        super()._check_extensions(extensions)
        for name in ("cookiejar", "timeout", "legacy_ssl", "keep_header_casing"):
            extensions.pop(name, None)

    def _prepare_headers(self, _: Request, headers: MutableMapping[str, str]) -> None:
        """Request only encodings that are decompressed within limits."""
        headers["Accept-Encoding"] = "identity" if headers.get("Accept-Encoding") == "identity" else "gzip"

    def _send(self, request: Request) -> Response:
        try:
            response = self._followed(request)
        except NotFetched as error:
            raise to_request_error(error) from error
        if not 200 <= response.status < 300:
            raise HTTPError(response)
        return response

    def _followed(self, request: Request) -> Response:
        """Return the response after all redirects; the guard checks each hop."""
        budget = self._budget()
        deadline = Deadline(self._limits.text_seconds, self._calculate_timeout(request))
        legacy = bool(request.extensions.get("legacy_ssl", self.legacy_ssl_support))
        policy, jar = replace(self._policy, certificates=certificates(legacy)), self._get_cookiejar(request)
        hop = HttpRequest(request.url, self._get_headers(request), request.method, _content(request.data))
        for _ in range(_REDIRECTS + 1):
            with ExitStack() as stack:
                response = stack.enter_context(send(_with_cookies(hop, jar), policy, deadline, self._pool))
                headers = _headers_of(response)
                jar.extract_cookies(_CookieResponse(headers), urllib.request.Request(hop.url))  # noqa: S310 - never opened
                if not response.is_redirect:
                    deadline.extend(budget.seconds)
                    body = Body(self._chunks(response, budget), stack.pop_all(), budget, self._limits.text)
                    return GuardedResponse(body, hop.url, headers, response.status, response.reason or None)
            hop = _redirected(hop, response)
        raise RequestError(f"more than {_REDIRECTS} redirects, the last to {hop.url}")

    def _chunks(self, response: HttpResponse, budget: ByteBudget) -> Iterator[bytes]:
        chunks = at_minimum_rate(
            response.chunks, response.url, min_bytes=self._limits.min_bytes, per_seconds=self._limits.per_seconds
        )
        encoding = response.headers.get("content-encoding", "")
        return decompress(chunks, encoding, min(budget.per_response, budget.remaining), response.url)


@functools.cache
def certificates(legacy: bool) -> ssl.SSLContext:
    """Return yt-dlp's TLS context with its ciphers; cached, because loading it takes longer than many a request."""
    context: ssl.SSLContext = make_ssl_context(legacy_support=legacy)
    return context


class _CookieResponse:
    """A response in the form that ``http.cookiejar`` expects."""

    def __init__(self, headers: Message) -> None:
        self._headers = headers

    def info(self) -> Message:
        return self._headers


def _with_cookies(hop: HttpRequest, jar: Any) -> HttpRequest:  # noqa: ANN401 - yt-dlp's
    """Add the cookies for this URL, unless the extractor has set some."""
    if any(name.lower() == "cookie" for name in hop.headers) or not (cookies := jar.get_cookie_header(hop.url)):
        return hop
    return replace(hop, headers={**hop.headers, "Cookie": cookies})


def _redirected(hop: HttpRequest, response: HttpResponse) -> HttpRequest:
    """Return the next request, as browsers do it; credentials are not sent to another host."""
    try:
        url = urljoin(hop.url, response.headers["location"])
    except ValueError as error:
        raise AddressRefused(hop.url, f"it leads to no address: {error}") from error
    method = get_redirect_method(hop.method, response.status)
    dropped = set(_ONCE)
    if method != hop.method:
        dropped |= _OF_A_BODY
    if _host(url) != _host(hop.url):
        dropped.add("authorization")
    kept = {name: value for name, value in hop.headers.items() if name.lower() not in dropped}
    return HttpRequest(_normal(url), kept, method, hop.body if method == hop.method else None)


def _normal(url: str) -> str:
    try:
        return str(normalize_url(url))
    except ValueError:
        return url  # the guard refuses it with a reason


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _content(data: Any) -> bytes | None:  # noqa: ANN401 - bytes, an iterable of them, or a file
    if data is None or isinstance(data, bytes):
        return data
    return bytes(data.read()) if hasattr(data, "read") else b"".join(data)


def _headers_of(response: HttpResponse) -> Message:
    headers = Message()
    for name, value in response.raw_headers:
        headers.add_header(name, value)
    return headers
