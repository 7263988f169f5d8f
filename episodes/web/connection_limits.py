"""Rules for connections: how many, how long each may take, and which one is evicted when there are too many.

A connection is receiving (its request is not complete), processing, sending a response, or draining (the response is
out and the rest of a request body still arrives). Only a processing connection may stay as long as it takes:
concurrency_limits.py sees to that. When a new connection comes and all places are taken, the oldest of the others is
evicted, preferably from the address with the most connections. So idle connections (a slowloris attack) keep nobody
out. Pure rules, without clock and sockets; ``connections.py`` has both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import ip_address
from typing import Protocol, TypeVar

Key = TypeVar("Key")

#: Maximum connections in all, and per remote address. Loopback is exempt: behind a reverse proxy all readers come from there.
MAX_CONNECTIONS, MAX_PER_ADDRESS = 400, 100
#: Maximum bytes of a request's head, and of a body: no route takes one.
MAX_HEAD, MAX_BODY = 80_000, 65_536


class State(IntEnum):
    """What a connection is doing; lower values are evicted first."""

    RECEIVING = 0
    DRAINING = 1
    SENDING = 2
    PROCESSING = 3


#: Timeouts in seconds: for the complete head, for the rest of a body, for progress in reading the response.
TIMEOUTS = {State.RECEIVING: 10.0, State.DRAINING: 5.0, State.SENDING: 60.0}


@dataclass(frozen=True, slots=True)
class Activity:
    """What a connection is doing, and since when (seconds of any clock)."""

    address: str
    state: State
    since: float


class TrackedConnection(Protocol):
    """A connection that the limiter can close."""

    def activity(self) -> Activity:
        """Return what it is doing now."""

    def evict(self) -> None:
        """Close it now to make room."""

    def time_out(self) -> None:
        """Close it since it took too long; answer 408 if a request had begun."""


def is_overdue(one: Activity, now: float) -> bool:
    """Return True if the timeout of its state has passed."""
    return one.state in TIMEOUTS and now - one.since > TIMEOUTS[one.state]


def next_to_evict(connections: Mapping[Key, Activity]) -> Key | None:
    """Return the connection to evict; None if all are processing."""
    per_address = Counter(activity.address for activity in connections.values())
    idle = {key: one for key, one in connections.items() if one.state is not State.PROCESSING}
    order = {key: (one.state, -per_address[one.address], one.since) for key, one in idle.items()}
    return min(idle, key=order.__getitem__, default=None)


def is_loopback_peer(address: str) -> bool:
    """Return True for a loopback address or a Unix socket."""
    try:
        return ip_address(address).is_loopback
    except ValueError:  # a Unix socket
        return True


class ConnectionLimiter:
    """All connections of a server."""

    def __init__(self, most: int = MAX_CONNECTIONS, per_address: int = MAX_PER_ADDRESS) -> None:
        self.most = most
        self.per_address = per_address
        self._connections: set[TrackedConnection] = set()

    def __len__(self) -> int:
        return len(self._connections)

    def admit(self, connection: TrackedConnection) -> bool:
        """Register a connection, evicting another if necessary; return False if none can be evicted."""
        address = connection.activity().address
        activities = {one: one.activity() for one in self._connections}
        same_address = {one: activity for one, activity in activities.items() if activity.address == address}
        candidates = (
            same_address if len(same_address) >= self.per_address and not is_loopback_peer(address) else activities
        )
        if candidates is same_address or len(activities) >= self.most:
            evicted = next_to_evict(candidates)
            if evicted is None:
                return False
            self.release(evicted)
            evicted.evict()
        self._connections.add(connection)
        return True

    def release(self, connection: TrackedConnection) -> None:
        """Remove a closed connection."""
        self._connections.discard(connection)


def enforce_timeout(connection: TrackedConnection, now: float) -> None:
    """Close a connection that is overdue."""
    if is_overdue(connection.activity(), now):
        connection.time_out()
