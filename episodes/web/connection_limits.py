"""How many connections there may be, how long one may keep us waiting, and who has to go when the house is full.

A connection is waited for (its request has not come yet, or not all of it), worked for, being sent an answer, or it ends (the answer is
out, and the rest of a request that nobody reads still comes). Only those that are worked for may stay as long as it takes: the gates see
to that. Of the others the oldest go first when another one comes to a full house, and among these one of the address that has the most:
so those who only sit there keep nobody out. Rules, without clock and without sockets; ``connections.py`` has both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import ip_address
from typing import Protocol, TypeVar

Key = TypeVar("Key")

#: Connections at once, and from one address that is not this machine's (where a web server stands before us, all readers come from one).
MAX_CONNECTIONS, MAX_PER_ADDRESS = 400, 100
#: Bytes of a request's head, and of a body: nothing here has a use for one.
MAX_HEAD, MAX_BODY = 80_000, 65_536


class State(IntEnum):
    """What becomes of a connection; those before are sent away before those behind."""

    RECEIVING = 0
    DRAINING = 1
    SENDING = 2
    PROCESSING = 3


#: Seconds without progress: until the head is whole, until the rest of a body has come, until some of the answer has been taken.
TIMEOUTS = {State.RECEIVING: 10.0, State.DRAINING: 5.0, State.SENDING: 60.0}


@dataclass(frozen=True, slots=True)
class Activity:
    """What a connection does, and since when (any clock's seconds)."""

    address: str
    state: State
    since: float


class TrackedConnection(Protocol):
    """A connection."""

    def activity(self) -> Activity:
        """What it does now."""

    def evict(self) -> None:
        """It is too much, and ends now."""

    def time_out(self) -> None:
        """It has kept us waiting for too long, and ends; one that was about to ask is told why."""


def is_overdue(one: Activity, now: float) -> bool:
    """Whether it has kept us waiting for too long."""
    return one.state in TIMEOUTS and now - one.since > TIMEOUTS[one.state]


def next_to_evict(connections: Mapping[Key, Activity]) -> Key | None:
    """Who makes room for another one; None where all are being worked for."""
    per_address = Counter(activity.address for activity in connections.values())
    idle = {key: one for key, one in connections.items() if one.state is not State.PROCESSING}
    order = {key: (one.state, -per_address[one.address], one.since) for key, one in idle.items()}
    return min(idle, key=order.__getitem__, default=None)


def is_loopback_peer(address: str) -> bool:
    """Whether it is an address of this machine for itself."""
    try:
        return ip_address(address).is_loopback
    except ValueError:  # a socket of the file system
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
        """Let one in; where there is no room for it, the first to go makes it. False, if nobody can: it has to go itself."""
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
        """It has gone."""
        self._connections.discard(connection)


def enforce_timeout(connection: TrackedConnection, now: float) -> None:
    """See it off, if it has kept us waiting for too long."""
    if is_overdue(connection.activity(), now):
        connection.time_out()
