"""Check URLs before a request (SSRF), and pick the proxy.

Only http and https, and only hosts of the public internet, unless the user allows private ones. Without this check a
page's redirect could make the program read what only this machine or its network may see.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from episodes.errors import AddressRefused
from episodes.guard.ip_addresses import is_public

#: Hosts that a resolver may take for an IPv4 address: the last part is a decimal, octal or hexadecimal number.
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?", re.IGNORECASE)


def check_url(url: str, *, allow_private: bool, proxy: str = "") -> None:
    """Refuse a URL that must not be fetched, before anything is sent. ``proxy`` is the configured one, if any.

    Raises:
        AddressRefused: not http or https, no host, or (without ``allow_private``) an unknown or private host.
    """
    parts = parse_url(url)
    host = parts.hostname or ""
    if allow_private:
        return
    try:
        found = resolve(host, parts.port or 80)
    except (OSError, UnicodeError) as error:
        if has_proxy(url, proxy) and not _NUMERIC.fullmatch(host):
            return  # the proxy may resolve names that this machine cannot
        raise AddressRefused(url, f"there is no host {host}, or no network") from error
    for address in found:
        check_public(url, address)
    if has_proxy(url, proxy) and _is_odd(host):
        raise AddressRefused(
            url, "its host is a number in an unusual spelling, which a proxy may interpret differently"
        )


def parse_url(url: str) -> SplitResult:
    """Split an http or https URL into its parts, without resolving its host.

    Raises:
        AddressRefused: it is malformed, or not http or https.
    """
    try:
        parts = urlsplit(url)
        assert parts.port is None or parts.port >= 0  # reading the port validates it
    except ValueError as error:
        raise AddressRefused(url, f"not an address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise AddressRefused(url, "only http and https addresses are fetched")
    return parts


def resolve(host: str, port: int) -> list[str]:
    """Resolve a host with the system's resolver.

    Raises:
        OSError, UnicodeError: the host does not exist.
    """
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def check_public(url: str, address: str) -> None:
    """Refuse an IP address that is not public.

    Raises:
        AddressRefused: it is private, loopback, link-local or reserved.
    """
    if not is_public(address):
        raise AddressRefused(
            url, f"it leads to {address}, which is not on the public internet; `--allow-private` lets it pass"
        )


def is_loopback(url: str) -> bool:
    """True if a URL names this machine."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def proxy_of(url: str, proxy: str = "") -> str:
    """Return the proxy for a URL: ``proxy``, else the environment's, else "". Loopback URLs never use one."""
    parts = urlsplit(url)
    if is_loopback(url):
        return ""
    if not proxy and not proxy_bypass(parts.hostname or ""):
        proxies = getproxies()
        proxy = proxies.get(parts.scheme) or proxies.get("all") or ""
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def has_proxy(url: str, proxy: str = "") -> bool:
    """True if this URL is fetched through a proxy."""
    return bool(proxy_of(url, proxy))


def _is_odd(host: str) -> bool:
    """True if a host is a number in an unusual spelling: ``0177.0.0.1`` may be read as octal or decimal."""
    if ":" in host or not _NUMERIC.fullmatch(host):
        return False
    try:
        return str(ipaddress.IPv4Address(host)) != host
    except ValueError:
        return True
