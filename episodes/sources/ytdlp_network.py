"""yt-dlp with the guard as its only way out: the second of the two files that know yt-dlp.

yt-dlp's own request handlers connect wherever an address leads, unpack a gzip of gigabytes in one piece, speak FTP and
read ``data:``; what its native downloaders cannot do they leave to ffmpeg, rtmpdump or mplayer, which open what
addresses they like, local files among them. So its director has one handler, ours, and of its downloaders only those
that fetch through the director are started. An extractor has no other way to the network (its plugins and its
configuration are the person's own, and nothing that is fetched names any).
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

#: Those that start no program and fetch through the director.
_DOWNLOADERS = (HttpFD, HlsFD, DashSegmentsFD, IsmFD)
_REDIRECTS = 10
#: What yt-dlp is told of ffmpeg's whereabouts: a native downloader that meets what it cannot do would start it
#: otherwise.
_NO_FFMPEG = os.path.join(os.devnull, "none")  # noqa: PTH118 - a path that nothing can lie at
#: Not sent on to where a redirect leads.
_ONCE = {"cookie", "host"}
_OF_A_BODY = {"content-length", "content-type", "transfer-encoding"}


def _no_browser(*_: object, **__: object) -> None:
    raise ExtractorError("it needs a browser, and none is started for what comes from outside", expected=True)


#: PhantomJS runs a page's scripts, which ask what they like.
PhantomJSwrapper.__init__ = _no_browser


class GuardedYoutubeDL(YoutubeDL):  # type: ignore[misc] # yt-dlp publishes no types
    """yt-dlp within ``policy`` and ``limits``."""

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
        """A director that has our handler, whatever others there are."""
        return super().build_request_director([self._make])

    def dl(self, name: str, info: dict[str, Any], subtitle: bool = False, test: bool = False) -> Any:  # noqa: ANN401
        """Download what our downloaders can."""
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
    """yt-dlp's requests through the guard; ``budget`` tells how much may come just now."""

    _SUPPORTED_URL_SCHEMES = ("http", "https")
    _SUPPORTED_PROXY_SCHEMES = None  # which proxy is asked is the guard's business
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
        """Close all connections; further ones are opened where they are needed."""
        self._pool.close()
        self._pool = ClientPool()

    def _check_extensions(self, extensions: dict[str, Any]) -> None:
        super()._check_extensions(extensions)
        for name in ("cookiejar", "timeout", "legacy_ssl", "keep_header_casing"):
            extensions.pop(name, None)

    def _prepare_headers(self, _: Request, headers: MutableMapping[str, str]) -> None:
        """Ask for what is unpacked within limits only."""
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
        """The answer at the end of all redirects, each of which the guard checks."""
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
    """Whom yt-dlp trusts, with its ciphers; made once, since loading them takes longer than many a request."""
    context: ssl.SSLContext = make_ssl_context(legacy_support=legacy)
    return context


class GuardedResponse(Response):  # type: ignore[misc] # yt-dlp publishes no types
    """An answer whose body keeps within its bounds."""

    def read(self, amt: int | None = None) -> bytes:
        """Its next bytes, or all."""
        try:
            data: bytes = self.fp.read(amt)
        except NotFetched as error:
            self.close()
            raise as_yt_dlps(error) from error
        if self.fp.closed:
            self.close()
        return data


class Body(io.RawIOBase):
    """A body to be read as a file; ``whole`` bytes at most where it is read in one piece."""

    def __init__(self, chunks: Iterator[bytes], held: ExitStack, budget: ByteBudget, whole: int) -> None:
        self._chunks, self._held, self._budget, self._whole = chunks, held, budget, whole
        self._buffer = bytearray()

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """So many bytes, or all; fewer at the end, which closes it.

        Raises:
            NotFetched: it goes beyond its bounds, or the connection failed.
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
        """Let go of the connection."""
        held, self._held = self._held, ExitStack()
        held.close()
        super().close()


class _CookieResponse:
    """An answer as ``http.cookiejar`` wants it."""

    def __init__(self, headers: Message) -> None:
        self._headers = headers

    def info(self) -> Message:
        return self._headers


def as_yt_dlps(error: NotFetched) -> RequestError:
    """What the guard says as an error that yt-dlp passes on; a refusal is final, all else may be tried again (within what room is left)."""
    kind = RequestError if isinstance(error, AddressRefused) else TransportError
    return kind(error.detail, cause=error)


def _with_cookies(hop: HttpRequest, jar: Any) -> HttpRequest:  # noqa: ANN401 - yt-dlp's
    """With those that belong to this address, unless the extractor has said which."""
    if any(name.lower() == "cookie" for name in hop.headers) or not (cookies := jar.get_cookie_header(hop.url)):
        return hop
    return replace(hop, headers={**hop.headers, "Cookie": cookies})


def _redirected(hop: HttpRequest, response: HttpResponse) -> HttpRequest:
    """What is asked next, as browsers do; no login goes along to another host."""
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
        return url  # the guard says what is wrong with it


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
