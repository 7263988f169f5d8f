"""yt-dlp with the guard against SSRF as its only way to the network.

yt-dlp's own request handlers connect wherever a URL leads, decompress gigabytes of gzip in one piece, speak FTP and
read ``data:``. What its native downloaders cannot do they leave to ffmpeg, rtmpdump or mplayer, which open any URL,
local files included. So its request director gets one handler, ours, and of its downloaders only those are started that
use the director. Extractors have no other way to the network. (Plugins and configuration are the user's own; nothing
fetched can name any.)
"""

from __future__ import annotations

import functools
import io
import os
import ssl
import urllib.request
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import ExitStack
from dataclasses import replace
from email.message import Message
from functools import partial
from typing import Any
from urllib.parse import urljoin, urlsplit

from yt_dlp import YoutubeDL
from yt_dlp.downloader import DashSegmentsFD, HlsFD, HttpFD, get_suitable_downloader
from yt_dlp.downloader.ism import IsmFD
from yt_dlp.extractor.openload import PhantomJSwrapper
from yt_dlp.networking import Request, RequestHandler, Response
from yt_dlp.networking._helper import get_redirect_method, make_ssl_context
from yt_dlp.networking.exceptions import HTTPError, RequestError, TransportError
from yt_dlp.utils import ExtractorError
from yt_dlp.utils.networking import normalize_url

from episodes.errors import AddressRefused, NotFetched, TooLarge
from episodes.guard.bodies import at_minimum_rate, decompress
from episodes.guard.client import HttpRequest, HttpResponse, NetworkPolicy, send
from episodes.guard.client_pool import ClientPool
from episodes.guard.deadline import Deadline
from episodes.logs import logger
from episodes.sources.download_limits import ByteBudget, DownloadLimits

log = logger(__name__)

#: Downloaders that start no program and fetch through the director.
_DOWNLOADERS = (HttpFD, HlsFD, DashSegmentsFD, IsmFD)
_REDIRECTS = 10
#: A path without ffmpeg; otherwise a native downloader would start it for what it cannot do itself.
_NO_FFMPEG = os.path.join(os.devnull, "none")  # noqa: PTH118 - nothing can be at this path
#: Headers that are not sent on after a redirect.
_ONCE = {"cookie", "host"}
_OF_A_BODY = {"content-length", "content-type", "transfer-encoding"}


def _no_browser(*_: object, **__: object) -> None:
    raise ExtractorError("it needs a browser, and none is started for what comes from outside", expected=True)


#: PhantomJS runs a page's scripts, which may request anything.
PhantomJSwrapper.__init__ = _no_browser


class GuardedYoutubeDL(YoutubeDL):  # type: ignore[misc] # yt-dlp publishes no types
    """yt-dlp within a network policy and download limits."""

    def __init__(
        self, params: Mapping[str, Any], policy: NetworkPolicy, limits: DownloadLimits, *, auto_init: bool
    ) -> None:
        self._make = partial(GuardedRH, policy=policy, limits=limits, budget=self._current_budget)
        self._limits = limits
        self._budget: ByteBudget = limits.for_text()
        ours = {"hls_prefer_native": True, "external_downloader": None, "ffmpeg_location": _NO_FFMPEG}
        super().__init__({**params, **ours}, auto_init=auto_init)

    def _current_budget(self) -> ByteBudget:
        return self._budget

    def build_request_director(self, handlers: object, preferences: object = None) -> Any:  # noqa: ANN401, ARG002
        """Return a director with our handler only."""
        return super().build_request_director([self._make])

    def dl(self, name: str, info: dict[str, Any], subtitle: bool = False, test: bool = False) -> Any:  # noqa: ANN401
        """Download with a native downloader, or refuse."""
        kind = get_suitable_downloader(dict(info), self.params)
        if kind not in _DOWNLOADERS:
            log.warning("not started: %s for %s", kind.__name__, info.get("url"))
            raise RequestError(
                f"it comes by {info.get('protocol')}, and other programs are not started for what comes from outside"
            )
        log.info("%s: downloaded by %s", info.get("url"), kind.__name__)
        self._budget = self._limits.for_audio(one_piece=kind is HttpFD)
        try:
            return super().dl(name, info, subtitle, test)
        finally:
            self._budget = self._limits.for_text()


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
            raise as_yt_dlps(error) from error
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


class GuardedResponse(Response):  # type: ignore[misc] # yt-dlp publishes no types
    """A response whose body stays within its limits."""

    def read(self, amt: int | None = None) -> bytes:
        """Return the next bytes, or all."""
        try:
            data: bytes = self.fp.read(amt)
        except NotFetched as error:
            self.close()
            raise as_yt_dlps(error) from error
        if self.fp.closed:
            self.close()
        return data


class Body(io.RawIOBase):
    """A body as a file object; at most ``whole`` bytes if it is read in one piece."""

    def __init__(self, chunks: Iterator[bytes], held: ExitStack, budget: ByteBudget, whole: int) -> None:
        self._chunks, self._held, self._budget, self._whole = chunks, held, budget, whole
        self._buffer = bytearray()

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Return so many bytes, or all; fewer at the end, where the body is closed.

        Raises:
            NotFetched: it exceeds its limits, or the connection failed.
        """
        everything = size is None or size < 0
        most = self._whole if everything else size or 0
        while len(self._buffer) < most + everything:
            chunk = next(self._chunks, None)
            if chunk is None:
                self.close()
                break
            self._budget.take(len(chunk))
            self._buffer += chunk
        if everything and len(self._buffer) > most:
            raise TooLarge("", f"it is larger than {most / 1_000_000:.0f} MB")
        taken = bytes(self._buffer[:most])
        del self._buffer[:most]
        return taken

    def close(self) -> None:
        """Release the connection."""
        held, self._held = self._held, ExitStack()
        held.close()
        super().close()


class _CookieResponse:
    """A response in the form that ``http.cookiejar`` expects."""

    def __init__(self, headers: Message) -> None:
        self._headers = headers

    def info(self) -> Message:
        return self._headers


def as_yt_dlps(error: NotFetched) -> RequestError:
    """Convert a guard error to one that yt-dlp passes on.

    A refusal is final; anything else may be retried by yt-dlp, within the remaining budget.
    """
    kind = RequestError if isinstance(error, AddressRefused) else TransportError
    return kind(error.detail, cause=error)


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
