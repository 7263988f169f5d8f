"""Which hosts may be asked: addresses of the public internet only, unless the person says otherwise.

Without this, a page's redirect could make the program read what only this machine or its network may see. A host is resolved and
checked before anything is sent; http.py checks the address of the connection itself once more, since a name can resolve
differently a moment later. Behind a proxy only what resolves here can be checked.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from episodes.errors import ArticleError


def check(url: str, *, allow_private: bool, proxy: str = "") -> None:
    """Refuse what must not be fetched, before anything is sent; ``proxy`` is the one that will be asked, if any.

    Raises:
        ArticleError: not http or https, no host, a host that does not exist or (without ``allow_private``) is not public.
    """
    parts = _split(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ArticleError(url, "only http and https addresses are fetched")
    if allow_private:
        return
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        if has_proxy(url, proxy):
            return  # names may be known to the proxy alone
        raise ArticleError(url, f"there is no host {parts.hostname}, or no network") from error
    for address in found:
        check_public(url, str(address[4][0]))


def check_public(url: str, address: str) -> None:
    """Refuse an IP address that is not public.

    Raises:
        ArticleError: it is private, loopback, link-local or reserved.
    """
    if not is_public(address):
        raise ArticleError(
            url, f"it leads to {address}, which is not on the public internet; `--allow-private` lets it pass"
        )


def check_peer(url: str, connection: socket.socket) -> None:
    """Refuse a connection to an address that is not public, and close it: nobody else knows it yet.

    Raises:
        ArticleError: the address is private, loopback, link-local or reserved.
    """
    try:
        check_public(url, str(connection.getpeername()[0]))
    except ArticleError:
        connection.close()
        raise


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet; what is no address is not."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = [getattr(ip, name, None) for name in ("ipv4_mapped", "sixtofour")]
    return ip.is_global and not ip.is_multicast and all(is_public(str(other)) for other in inner if other)


def is_loopback(url: str) -> bool:
    """Whether an address names this machine itself."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def has_proxy(url: str, proxy: str = "") -> bool:
    """Whether ``proxy`` or the environment is asked for this address; this machine itself is never asked through one."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(url):
        return False
    if proxy:
        return True
    proxies = getproxies()
    return bool(proxies.get(parts.scheme) or proxies.get("all")) and not proxy_bypass(host)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        assert parts.port is None or parts.port >= 0  # reading the port is what checks it
    except ValueError as error:
        raise ArticleError(url, f"not an address: {error}") from error
    return parts
