"""Runs the site: where it listens, which names it answers to."""

from __future__ import annotations

import socket
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from sqlalchemy import Engine

from episodes.config import Settings
from episodes.database import read_only
from episodes.errors import Usage
from episodes.files.named import Named
from episodes.web.app import application
from episodes.web.settings import Site

#: Names of this machine.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
#: Requests that are answered at once; more are told to come again.
AT_ONCE = 200


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def site(engine: Engine, settings: Settings, host: str, address: str = "") -> Site:
    """The site of a catalog, from here on only read; on loopback it answers to this machine's names and to its address's only.

    A page elsewhere whose name is made to lead here (DNS rebinding) thus reads nothing.

    Raises:
        Usage: ``address`` is none of the web.
    """
    address = address.rstrip("/")
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise Usage(f"--address {address}", "it begins with https:// and names a host")
    hosts = LOOPBACK | {parts.hostname} if parts.hostname else LOOPBACK
    names = hosts if is_loopback(host) else frozenset()
    named = Named.of_home(settings.home)
    return Site(read_only(engine), settings.media, address=address, hosts=names, named=named)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes any free one.

    Raises:
        Usage: the place is taken, or no place of this machine.
    """
    try:
        made = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise Usage(
            f"{host}:{port}", f"{(error.strerror or str(error)).lower()}; choose another by --port or --host"
        ) from error
    # asyncio sets this for sockets that name their protocol, which those of create_server do not; without it every small answer on a kept
    # connection waits 40 ms for the reader's delayed acknowledgement, since head and body are sent one after the other.
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def run(of: Site, listening: socket.socket) -> None:
    """Answer until stopped; Ctrl-C is how this ends."""
    import uvicorn

    config = uvicorn.Config(
        application(of), log_level="warning", access_log=False, server_header=False,
        timeout_keep_alive=10, limit_concurrency=AT_ONCE, timeout_graceful_shutdown=3,
    )  # fmt: skip
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])
