"""Who may stay when the house is full, who has waited long enough, which names are answered: rules without sockets and clocks."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.web.allowed_hosts import LOOPBACK, AllowedHosts, host_name
from episodes.web.connection_limits import TIMEOUTS, Activity, ConnectionLimiter, State, enforce_timeout, next_to_evict

ACTIVITIES = st.builds(
    Activity, st.sampled_from(["192.0.2.1", "192.0.2.2", "127.0.0.1"]), st.sampled_from(State), st.floats(0, 100)
)


@dataclass(eq=False)
class Reader:
    is_now: Activity
    ended: list[str] = field(default_factory=list)

    def activity(self) -> Activity:
        return self.is_now

    def evict(self) -> None:
        self.ended.append("evicted")

    def time_out(self) -> None:
        self.ended.append("timed out")


def silent(address: str, since: float) -> Reader:
    return Reader(Activity(address, State.RECEIVING, since))


@given(st.lists(ACTIVITIES, max_size=60))
def test_the_house_never_holds_more_than_it_may_and_nobody_who_is_worked_for_goes(activities: list[Activity]) -> None:
    limiter, readers = ConnectionLimiter(most=10, per_address=4), [Reader(activity) for activity in activities]
    inside: set[Reader] = set()
    for reader in readers:
        if limiter.admit(reader):
            inside.add(reader)
        inside -= {one for one in inside if one.ended}
        assert len(limiter) == len(inside) <= 10
        assert len([one for one in inside if one.is_now.address == "192.0.2.1"]) <= 4

    assert not [one for one in readers if one.ended and one.is_now.state is State.PROCESSING]


def test_a_reader_comes_in_however_many_sit_there_silently() -> None:
    limiter, silents = ConnectionLimiter(most=200), [silent("127.0.0.1", float(n)) for n in range(250)]
    for one in silents:
        limiter.admit(one)
    reader = silent("127.0.0.1", 251.0)

    assert limiter.admit(reader)
    assert [one.ended for one in silents[:51]] == [["evicted"]] * 51
    assert not any(one.ended for one in silents[51:])


def test_one_address_keeps_no_other_out() -> None:
    limiter, reader = ConnectionLimiter(most=10), silent("192.0.2.9", 0.0)
    assert limiter.admit(reader)
    for n in range(50):
        limiter.admit(silent("192.0.2.1", 1.0 + n))

    assert not reader.ended, "the oldest of all, but alone at its address"


def test_where_all_are_worked_for_the_next_one_is_refused() -> None:
    limiter = ConnectionLimiter(most=2)
    assert limiter.admit(Reader(Activity("a", State.PROCESSING, 0)))
    assert limiter.admit(Reader(Activity("b", State.PROCESSING, 0)))
    assert not limiter.admit(silent("c", 1))


def test_who_ends_goes_after_who_is_silent_and_before_who_is_sent_to() -> None:
    order = [State.RECEIVING, State.DRAINING, State.SENDING]
    connections = {state: Activity("a", state, 9.0 - state) for state in State}
    for state in order:
        assert next_to_evict(connections) is state
        del connections[state]
    assert next_to_evict(connections) is None


@pytest.mark.parametrize("state", State)
def test_everybody_waits_only_so_long_but_for_an_answer(state: State) -> None:
    reader = Reader(Activity("a", state, 5.0))
    limit = TIMEOUTS.get(state)

    enforce_timeout(reader, 5.0 + (limit or 0))
    assert not reader.ended
    enforce_timeout(reader, 10_000.0)
    assert reader.ended == (["timed out"] if limit else [])


@pytest.mark.parametrize(
    ("header", "name"),
    [("localhost", "localhost"), ("LOCALHOST:8080", "localhost"), ("news.example.", "news.example"), ("[::1]:80", "[::1]"),
     ("news.example:", "news.example"), ("", ""), (":80", ""), ("two words", ""), ("a@b", ""), ("a/b", ""), ("a:1:2", ""),
     ("[::1", ""), ("::1", ""), ("news.example\n", ""), ("news.example:999999", ""), ("ｌocalhost", "")],
)  # fmt: skip
def test_the_name_in_a_host_header(header: str, name: str) -> None:
    assert host_name(header) == name


@given(st.text())
def test_any_host_header_has_an_answer(header: str) -> None:
    assert AllowedHosts(LOOPBACK).allows(header) == (host_name(header) in LOOPBACK)


def test_only_a_name_can_be_made_to_lead_here() -> None:
    hosts = AllowedHosts(frozenset({"news.example"}), numbers=True)

    assert all(
        map(hosts.allows, ["192.0.2.7", "192.0.2.7:8080", "[2001:db8::1]:8080", "News.Example", "news.example.:80"])
    )
    assert not any(
        map(
            hosts.allows, ["evil.example", "192.0.2.7.evil.example", "0x7f.1", "2130706433", "127.1", "[192.0.2.7]", ""]
        )
    )
    assert not AllowedHosts(LOOPBACK).allows("192.0.2.7")
