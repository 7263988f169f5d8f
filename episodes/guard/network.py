"""Network backend for the HTTP clients: connect to checked addresses only (against DNS rebinding), within a deadline.

``timeout`` is a ``Deadline`` everywhere: httpcore passes on whatever object is in a request's extensions.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore2

from episodes.guard.deadline import Deadline
from episodes.guard.hosts import check_public
from episodes.logs import logger

log = logger(__name__)


class GuardedBackend(httpcore2.NetworkBackend):
    """If ``checked``: resolve a host once, check all its addresses, and connect to these same addresses.

    Resolving again for the connection would allow DNS rebinding.
    """

    def __init__(self, *, checked: bool) -> None:
        self._checked = checked
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: Any = None,  # noqa: ANN401 - see the module
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of the host that accepts.

        Raises:
            AddressRefused: addresses are checked, and one of them is not public.
        """
        failure: Exception = httpcore2.ConnectError(f"there is no host {host}")
        for address in self._addresses(host, port):
            try:
                made = self._plain.connect_tcp(address, port, _seconds(timeout), local_address, socket_options or [])
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                log.debug("%s: no connection to %s port %d: %s", host, address, port, error)
                failure = error
            else:
                log.debug("%s: connected to %s port %d", host, address, port)
                return DeadlineStream(made)
        raise failure

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.NetworkStream:  # noqa: ANN401 - never called
        """Refuse: Unix sockets are local files."""
        raise httpcore2.ConnectError("only hosts are asked")

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(str(error)) from error
        addresses = [str(address[0]) for *_, address in found]
        if self._checked:
            for address in addresses:
                check_public(f"{host}:{port}", address)
        return addresses


class DeadlineStream(httpcore2.NetworkStream):
    """A connection whose every operation gets what is left until the deadline."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: Any = None) -> bytes:  # noqa: ANN401 - see the module
        """Read up to ``max_bytes``, as soon as some are there."""
        return self._inner.read(max_bytes, _seconds(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: Any = None) -> None:  # noqa: ANN401 - see the module
        """Write the whole buffer."""
        self._inner.write(buffer, _seconds(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: Any = None,  # noqa: ANN401 - see the module
    ) -> httpcore2.NetworkStream:
        """Return the connection with TLS on it; OpenSSL applies the timeout to the whole handshake."""
        return DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, _seconds(timeout)))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own
        """Pass on what httpcore asks about the connection."""
        return self._inner.get_extra_info(info)


def _seconds(timeout: Deadline | float | None, expired: type[Exception] = httpcore2.ConnectTimeout) -> float | None:
    """Return the seconds left for the next operation; raise ``expired`` if none are left."""
    if not isinstance(timeout, Deadline):
        return timeout
    if timeout.expired:
        raise expired("the time is up")
    return timeout.timeout
