"""Run the site: the listening socket, accepted host names, the uvicorn server."""

from __future__ import annotations

import errno
import logging
import signal
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from ipaddress import ip_address
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine

from episodes.config import Settings
from episodes.database import read_only
from episodes.errors import Usage
from episodes.files.named import Named
from episodes.logs import logger
from episodes.web.allowed_hosts import LOOPBACK, host_name
from episodes.web.app import application
from episodes.web.settings import Site

log = logger(__name__)

#: Connections that the system queues until they are accepted.
BACKLOG = 128


def is_loopback(host: str) -> bool:
    """Return True if only this machine can reach this host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def site(engine: Engine, settings: Settings, host: str, address: str = "", allowed: Iterable[str] = ()) -> Site:
    """Return the site of a catalog, opened read-only, with the host names it accepts.

    On loopback these are the loopback names, the host it listens on, the public ``address`` and the ``allowed`` names.
    On other hosts any IP address and the machine's name in its network are accepted, too.

    Raises:
        Usage: ``address`` is not a web address, or an ``allowed`` name is invalid.
    """
    address = address.rstrip("/")
    names = {*LOOPBACK, _host_of_option(host), _of_address(address), *map(_of_option, allowed)}
    own = is_loopback(host)
    hosts = frozenset(names if own else names | _of_machine()) - {""}
    folders = Named.of_home(settings.home)
    return Site(read_only(engine), settings.media, address=address, hosts=hosts, numbers=not own, named=folders)


def _host_of_option(host: str) -> str:
    return host_name(f"[{host}]" if ":" in host else host)


def _of_address(address: str) -> str:
    try:
        parts = urlsplit(address)
        good = not address or (parts.scheme in ("http", "https") and bool(host_name(parts.netloc.rpartition("@")[2])))
    except ValueError:
        good = False
    if not good:
        raise Usage(f"--address {address}", "it must begin with https:// and name a host")
    return host_name(parts.netloc.rpartition("@")[2])


def _of_option(name: str) -> str:
    found = host_name(name)
    if not found:
        raise Usage(f"--allow-host {name}", "give the name as readers type it, such as news.example")
    return found


def _of_machine() -> set[str]:
    """Return the machine's name in its network, and its multicast DNS name."""
    name = host_name(socket.gethostname())
    return {name, f"{name.partition('.')[0]}.local"} if name else set()


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket; port 0 picks a free port.

    Raises:
        Usage: the port is taken, or the host is no address of this machine.
    """
    try:
        made = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "is already in use" if taken else f"cannot be used: {(error.strerror or str(error)).lower()}"
        raise Usage(detail=f"{host}:{port} {reason}; choose another --port or --host") from error
    # asyncio sets TCP_NODELAY only for sockets with an explicit protocol, which create_server's are not. Without it every small
    # response on a kept-alive connection waits 40 ms for the client's delayed ACK, since head and body are sent separately.
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    log.info("listening on %s port %d", *made.getsockname()[:2])
    return made


def run(of: Site, listening: socket.socket) -> None:
    """Answer until stopped; Ctrl-C, or being asked to terminate, is how this ends."""
    import uvicorn

    from episodes.web.connection_limits import MAX_HEAD, ConnectionLimiter
    from episodes.web.connections import Connection

    class Server(uvicorn.Server):
        """uvicorn's, which ends on the first signal and takes no second one for more, nor raises them once more when it has ended.

        Its own way cuts off what it waits for, and shows where that was.
        """

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's own
            self.should_exit = True
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # what is cut off from here on is no error

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
            try:
                yield
            finally:
                for each, handler in before.items():
                    signal.signal(each, handler)

    connection: Any = partial(Connection, limiter=ConnectionLimiter())
    config = uvicorn.Config(
        application(of), http=connection, ws="none", log_level="error", access_log=False, server_header=False,
        backlog=BACKLOG, h11_max_incomplete_event_size=MAX_HEAD, timeout_keep_alive=10, timeout_graceful_shutdown=3,
    )  # fmt: skip
    log.info("answers to %s", ", ".join(sorted(of.hosts)) or "no name")
    Server(config).run(sockets=[listening])
    log.info("stopped")
