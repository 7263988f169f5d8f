"""Who may stay when the house is full, who has waited long enough, which names are answered: rules without sockets and clocks."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.web.hosts import LOOPBACK, Hosts, named
from episodes.web.house import PATIENCE, Conduct, House, State, expire, first_to_go

CONDUCTS = st.builds(
    Conduct, st.sampled_from(["192.0.2.1", "192.0.2.2", "127.0.0.1"]), st.sampled_from(State), st.floats(0, 100)
)


@dataclass(eq=False)
class Reader:
    is_now: Conduct
    ended: list[str] = field(default_factory=list)

    def conduct(self) -> Conduct:
        return self.is_now

    def turn_away(self) -> None:
        self.ended.append("turned away")

    def expire(self) -> None:
        self.ended.append("expired")


def silent(address: str, since: float) -> Reader:
    return Reader(Conduct(address, State.WAITED_FOR, since))


@given(st.lists(CONDUCTS, max_size=60))
def test_the_house_never_holds_more_than_it_may_and_nobody_who_is_worked_for_goes(conducts: list[Conduct]) -> None:
    house, readers = House(most=10, each=4), [Reader(conduct) for conduct in conducts]
    inside: set[Reader] = set()
    for reader in readers:
        if house.enter(reader):
            inside.add(reader)
        inside -= {one for one in inside if one.ended}
        assert len(house) == len(inside) <= 10
        assert len([one for one in inside if one.is_now.address == "192.0.2.1"]) <= 4

    assert not [one for one in readers if one.ended and one.is_now.state is State.WORKED_FOR]


def test_a_reader_comes_in_however_many_sit_there_silently() -> None:
    house, silents = House(most=200), [silent("127.0.0.1", float(n)) for n in range(250)]
    for one in silents:
        house.enter(one)
    reader = silent("127.0.0.1", 251.0)

    assert house.enter(reader)
    assert [one.ended for one in silents[:51]] == [["turned away"]] * 51
    assert not any(one.ended for one in silents[51:])


def test_one_address_keeps_no_other_out() -> None:
    house, reader = House(most=10), silent("192.0.2.9", 0.0)
    assert house.enter(reader)
    for n in range(50):
        house.enter(silent("192.0.2.1", 1.0 + n))

    assert not reader.ended, "the oldest of all, but alone at its address"


def test_where_all_are_worked_for_the_next_one_is_refused() -> None:
    house = House(most=2)
    assert house.enter(Reader(Conduct("a", State.WORKED_FOR, 0)))
    assert house.enter(Reader(Conduct("b", State.WORKED_FOR, 0)))
    assert not house.enter(silent("c", 1))


def test_who_ends_goes_after_who_is_silent_and_before_who_is_sent_to() -> None:
    order = [State.WAITED_FOR, State.ENDING, State.SENT_TO]
    guests = {state: Conduct("a", state, 9.0 - state) for state in State}
    for state in order:
        assert first_to_go(guests) is state
        del guests[state]
    assert first_to_go(guests) is None


@pytest.mark.parametrize("state", State)
def test_everybody_waits_only_so_long_but_for_an_answer(state: State) -> None:
    reader = Reader(Conduct("a", state, 5.0))
    limit = PATIENCE.get(state)

    expire(reader, 5.0 + (limit or 0))
    assert not reader.ended
    expire(reader, 10_000.0)
    assert reader.ended == (["expired"] if limit else [])


@pytest.mark.parametrize(
    ("header", "name"),
    [("localhost", "localhost"), ("LOCALHOST:8080", "localhost"), ("news.example.", "news.example"), ("[::1]:80", "[::1]"),
     ("news.example:", "news.example"), ("", ""), (":80", ""), ("two words", ""), ("a@b", ""), ("a/b", ""), ("a:1:2", ""),
     ("[::1", ""), ("::1", ""), ("news.example\n", ""), ("news.example:999999", ""), ("ｌocalhost", "")],
)  # fmt: skip
def test_the_name_in_a_host_header(header: str, name: str) -> None:
    assert named(header) == name


@given(st.text())
def test_any_host_header_has_an_answer(header: str) -> None:
    assert Hosts(LOOPBACK).answer(header) == (named(header) in LOOPBACK)


def test_only_a_name_can_be_made_to_lead_here() -> None:
    hosts = Hosts(frozenset({"news.example"}), numbers=True)

    assert all(
        map(hosts.answer, ["192.0.2.7", "192.0.2.7:8080", "[2001:db8::1]:8080", "News.Example", "news.example.:80"])
    )
    assert not any(
        map(
            hosts.answer, ["evil.example", "192.0.2.7.evil.example", "0x7f.1", "2130706433", "127.1", "[192.0.2.7]", ""]
        )
    )
    assert not Hosts(LOOPBACK).answer("192.0.2.7")
