"""Which IP addresses belong to the public internet.

IANA's registries of special addresses, as ``ipaddress`` knows them, and what these leave out: an IPv6 address can carry an IPv4 address
that a gateway unpacks, so both have to be public. Nothing outside 2000::/3 is global unicast but NAT64's well-known prefix (RFC 6052).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

#: What ``ipaddress`` takes for global, or does so in some versions of Python.
_NOT_PUBLIC = [
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared by providers' customers; clouds have services there
        "168.63.129.16/32",  # Azure's own services, for its guests only
        "192.0.0.0/24",
        "192.88.99.0/24",  # relays to 6to4, no longer in use
        "198.18.0.0/15",
        "240.0.0.0/4",
        "2001::/23",  # Teredo, ORCHID and others of the IETF
        "2001:db8::/32",
        "3fff::/20",
    )
]
_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: The second half of an ISATAP address begins so (RFC 5214), its first bits may say that it is a local one.
_ISATAP = {0x00005EFE, 0x02005EFE}


def is_public(address: str) -> bool:
    """Whether an IP address (a zone after ``%`` left out) is one of the public internet; what is no address is not."""
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
    """The IPv4 addresses in a global unicast address."""
    if ip.sixtofour:
        yield ip.sixtofour
    if (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
        yield _low_32_bits(ip)


def _low_32_bits(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
