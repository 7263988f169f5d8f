"""The network as the HTTP clients see it: connections to checked addresses, each step of which takes what time is left.

``timeout`` is a ``Deadline`` everywhere: httpcore hands on to a step what stands in a request's extensions, whatever it is.
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
    """Where ``checked``, a host's addresses are looked up once, all of them are checked, and these same ones are connected to."""

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
        """A connection to the first address of the host that takes it.

        Raises:
            AddressRefused: they are checked, and one of them is not public.
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

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.NetworkStream:  # noqa: ANN401 - never taken
        """Only hosts are asked."""
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
    """A connection on which every step takes what time is left."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: Any = None) -> bytes:  # noqa: ANN401 - see the module
        """Bytes that are there, or come in time."""
        return self._inner.read(max_bytes, _seconds(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: Any = None) -> None:  # noqa: ANN401 - see the module
        """Send all of it."""
        self._inner.write(buffer, _seconds(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        """Hang up."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: Any = None,  # noqa: ANN401 - see the module
    ) -> httpcore2.NetworkStream:
        """The same connection, encrypted; OpenSSL takes the timeout for the whole handshake."""
        return DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, _seconds(timeout)))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own
        """What the library wants to know of it."""
        return self._inner.get_extra_info(info)


def _seconds(timeout: Deadline | float | None, expired: type[Exception] = httpcore2.ConnectTimeout) -> float | None:
    """What the next step may take; ``expired`` is raised where nothing is left."""
    if not isinstance(timeout, Deadline):
        return timeout
    if timeout.expired:
        raise expired("the time is up")
    return timeout.timeout
