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

Some = TypeVar("Some")

#: Connections at once, and from one address that is not this machine's (where a web server stands before us, all readers come from one).
MOST, EACH = 400, 100
#: Bytes of a request's head, and of a body: nothing here has a use for one.
HEAD, BODY = 80_000, 65_536


class State(IntEnum):
    """What becomes of a connection; those before are sent away before those behind."""

    WAITED_FOR = 0
    ENDING = 1
    SENT_TO = 2
    WORKED_FOR = 3


#: Seconds without progress: until the head is whole, until the rest of a body has come, until some of the answer has been taken.
PATIENCE = {State.WAITED_FOR: 10.0, State.ENDING: 5.0, State.SENT_TO: 60.0}


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a connection does, and since when (any clock's seconds)."""

    address: str
    state: State
    since: float


class Guest(Protocol):
    """A connection."""

    def conduct(self) -> Conduct:
        """What it does now."""

    def turn_away(self) -> None:
        """It is too much, and ends now."""

    def expire(self) -> None:
        """It has kept us waiting for too long, and ends; one that was about to ask is told why."""


def overdue(one: Conduct, now: float) -> bool:
    """Whether it has kept us waiting for too long."""
    return one.state in PATIENCE and now - one.since > PATIENCE[one.state]


def first_to_go(guests: Mapping[Some, Conduct]) -> Some | None:
    """Who makes room for another one; None where all are being worked for."""
    crowd = Counter(conduct.address for conduct in guests.values())
    idle = [guest for guest, conduct in guests.items() if conduct.state is not State.WORKED_FOR]
    order = {guest: (guests[guest].state, -crowd[guests[guest].address], guests[guest].since) for guest in idle}
    return min(idle, key=order.__getitem__, default=None)


def is_own(address: str) -> bool:
    """Whether it is an address of this machine for itself."""
    try:
        return ip_address(address).is_loopback
    except ValueError:  # a socket of the file system
        return True


class House:
    """All connections of a server."""

    def __init__(self, most: int = MOST, each: int = EACH) -> None:
        self.most = most
        self.each = each
        self._guests: set[Guest] = set()

    def __len__(self) -> int:
        return len(self._guests)

    def enter(self, guest: Guest) -> bool:
        """Let one in; where there is no room for it, the first to go makes it. False, if nobody can: it has to go itself."""
        address = guest.conduct().address
        conducts = {one: one.conduct() for one in self._guests}
        neighbours = {one: conduct for one, conduct in conducts.items() if conduct.address == address}
        crowd = neighbours if len(neighbours) >= self.each and not is_own(address) else conducts
        if crowd is neighbours or len(conducts) >= self.most:
            going = first_to_go(crowd)
            if going is None:
                return False
            self.leave(going)
            going.turn_away()
        self._guests.add(guest)
        return True

    def leave(self, guest: Guest) -> None:
        """It has gone."""
        self._guests.discard(guest)


def expire(guest: Guest, now: float) -> None:
    """See it off, if it has kept us waiting for too long."""
    if overdue(guest.conduct(), now):
        guest.expire()
