"""Keep HTTP clients and their connection pools: one client for each route, opened on first use."""

from __future__ import annotations

import functools
import ssl
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING
from weakref import finalize

from episodes.logs import logger

if TYPE_CHECKING:
    import httpx2

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Route:
    """How to reach a host: through ``proxy`` ("": directly); if ``checked``, to public addresses only.

    ``certificates`` is the TLS context (None: the default one).
    """

    proxy: str = ""
    checked: bool = True
    certificates: ssl.SSLContext | None = None


class ClientPool:
    """The clients of one thread, without cookies; closed by ``close``, or with the object."""

    def __init__(self) -> None:
        self._clients: dict[Route, httpx2.Client] = {}
        self.close = finalize(self, _close, self._clients)

    def client(self, route: Route) -> httpx2.Client:
        """Return the client for this route."""
        if route not in self._clients:
            log.debug("a client %s", f"through the proxy {route.proxy}" if route.proxy else "without a proxy")
            self._clients[route] = _client(route)
        return self._clients[route]


def _client(route: Route) -> httpx2.Client:
    import httpx2

    from episodes.guard.network import GuardedBackend

    transport = httpx2.HTTPTransport(verify=route.certificates or default_certificates(), proxy=route.proxy or None)
    pool = transport._pool  # noqa: SLF001 - httpx offers no way to pass a network backend to its pool
    if not hasattr(pool, "_network_backend"):
        raise RuntimeError("the guard does not work with this release of httpx2; install one that pyproject.toml names")
    pool._network_backend = GuardedBackend(checked=route.checked)  # noqa: SLF001
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx2.Client(transport=transport, trust_env=False, cookies=no_cookies)


def _close(clients: dict[Route, httpx2.Client]) -> None:
    for client in clients.values():
        client.close()


@functools.cache
def default_certificates() -> ssl.SSLContext:
    """Load the default certificates, once: it takes longer than many a request."""
    import httpx2

    return httpx2.create_ssl_context()
