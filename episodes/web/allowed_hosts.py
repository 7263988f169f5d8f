"""Which Host headers a server accepts. Protects against DNS rebinding. Pure.

In DNS rebinding a page elsewhere points its own host name to this server and reads the catalog with the reader's
browser. Only a name can be pointed elsewhere: a browser that asks for an IP address means the machine that has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address

_HOST = re.compile(r"(?P<name>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{0,5})?", re.ASCII)

#: Names of the loopback interface.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Accepted host names without port; ``numbers``: accept any IP address, too."""

    names: frozenset[str]
    numbers: bool = False

    def allows(self, header: str) -> bool:
        """Return True if this Host header is accepted."""
        name = host_name(header)
        return bool(name) and (name in map(str.casefold, self.names) or (self.numbers and _is_address(name)))


def host_name(header: str) -> str:
    """Return the host of a Host header in lower case, without port and trailing dot; "" if invalid."""
    found = _HOST.fullmatch(header.casefold())
    return found["name"].removesuffix(".") if found else ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return name.startswith("[") == (":" in name)
