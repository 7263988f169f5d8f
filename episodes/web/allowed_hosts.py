"""Pure: which names a server answers to, so that a page elsewhere whose name is made to lead here (DNS rebinding) reads nothing.

Only a name can be made to lead elsewhere: a browser that asks for an address of numbers means the machine that has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address

_HOST = re.compile(r"(?P<name>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{0,5})?", re.ASCII)

#: Names of this machine for itself.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """``names`` without port; ``numbers``: any address of numbers, too."""

    names: frozenset[str]
    numbers: bool = False

    def allows(self, header: str) -> bool:
        """Whether a request with this Host is for us."""
        name = host_name(header)
        return bool(name) and (name in map(str.casefold, self.names) or (self.numbers and _is_address(name)))


def host_name(header: str) -> str:
    """The name in a Host header, without port and a dot at its end, in lower case; "" where it is none."""
    found = _HOST.fullmatch(header.casefold())
    return found["name"].removesuffix(".") if found else ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return name.startswith("[") == (":" in name)
