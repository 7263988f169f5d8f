"""Security headers for every response, the check of host names, and limits on the length of requests.

Plain ASGI middleware, since it must not buffer files. The Content-Security-Policy lets a page load its own style and
script, nothing inline, and frames from YouTube's cookieless host only; a page that plays audio from another site adds
that origin (``media_policy``).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from episodes.web.allowed_hosts import AllowedHosts
from episodes.web.connection_limits import MAX_BODY

#: Maximum bytes of a query string: 4,000 characters of any script fit, each up to twelve bytes when quoted.
MAX_QUERY_BYTES = 52_000

YOUTUBE = "https://www.youtube-nocookie.com"
_HOST = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def content_security_policy(media: str = "") -> str:
    """Return the Content-Security-Policy; ``media`` is another origin for audio and video."""
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "media-src": f"'self' {media}".strip(),
        "frame-src": YOUTUBE,
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def media_policy(address: str) -> dict[str, str]:
    """Return the header that lets a page play media from this address; empty if it is not on the web."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return {}
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.netloc):
        return {}
    return {"Content-Security-Policy": content_security_policy(f"{parts.scheme}://{parts.netloc}")}


class Security:
    """ASGI middleware: sets the headers, refuses unknown host names, overlong URLs and request bodies."""

    def __init__(self, app: ASGIApp, hosts: AllowedHosts | None = None, *, public: bool = False) -> None:
        """``hosts``: None accepts any. ``public``: scripts of other sites may read the API and the feed (CORS)."""
        self.app = app
        self.hosts = hosts
        self.public = public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._set_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        refusal = self._refuse(scope)
        await (refusal or self.app)(scope, receive, send_with_headers)

    def _refuse(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        if self.hosts and not self.hosts.allows(headers.get("host", "")):
            return PlainTextResponse("Unknown host name; see nir serve --allow-host.\n", 421)
        if len(scope["query_string"]) > MAX_QUERY_BYTES:
            return PlainTextResponse("This address is too long.\n", 414)
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:20]) > MAX_BODY:
            return PlainTextResponse("This site accepts no uploads.\n", 413, {"Connection": "close"})
        return None

    def _set_headers(self, headers: MutableHeaders, path: str) -> None:
        for name, value in HEADERS.items():
            headers[name] = value
        headers.setdefault("Content-Security-Policy", content_security_policy())
        kept = "public, max-age=31536000, immutable" if path.startswith("/static/") else "no-cache"
        headers.setdefault("Cache-Control", kept)  # URLs of static files change with their content
        if self.public and path.startswith(("/api/", "/feed", "/openapi.json")):
            headers["Access-Control-Allow-Origin"] = "*"
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
