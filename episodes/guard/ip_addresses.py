"""Decide which IP addresses belong to the public internet: the core of the SSRF check.

IANA's registries of special addresses, as implemented by ``ipaddress``, and what they leave out: an IPv6 address can
embed an IPv4 address that a gateway unpacks, so both must be public. Outside 2000::/3 only NAT64's well-known prefix is
global unicast (RFC 6052).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

#: Networks that ``ipaddress`` calls global, at least in some versions of Python.
_NOT_PUBLIC = [
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared address space of providers (CGNAT); clouds run services there
        "168.63.129.16/32",  # Azure's internal services
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays, no longer in use
        "198.18.0.0/15",
        "240.0.0.0/4",
        "2001::/23",  # Teredo, ORCHID and other IETF protocols
        "2001:db8::/32",
        "3fff::/20",
    )
]
_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: How the second half of an ISATAP address begins (RFC 5214), with the universal/local bit clear or set.
_ISATAP = {0x00005EFE, 0x02005EFE}


def is_public(address: str) -> bool:
    """True for an IP address of the public internet. A zone after ``%`` is ignored; other texts are not public."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if any(ip in network for network in _NOT_PUBLIC if network.version == ip.version):
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast
    if ip in _NAT64:
        return is_public(str(_low_32_bits(ip)))
    return ip in _UNICAST and ip.is_global and all(is_public(str(inner)) for inner in _embedded_ipv4(ip))


def _embedded_ipv4(ip: ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    """Yield the IPv4 addresses embedded in a global unicast address (6to4, ISATAP)."""
    if ip.sixtofour:
        yield ip.sixtofour
    if (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
        yield _low_32_bits(ip)


def _low_32_bits(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
