"""When the time of a fetch is up, its connections are shut: those that are there, and one that is only made then."""

from __future__ import annotations

import socket
import threading
from contextlib import closing

import pytest

from episodes.articles.watch import Watch


@pytest.mark.parametrize("early", [True, False])
def test_a_connection_is_shut(early: bool) -> None:
    one, other = socket.socketpair()
    watch = Watch(0.3 if early else 0.0, set())
    with closing(one), closing(other), watch:
        if early:
            watch.add(one)
        struck = threading.Event()
        while not watch.late:
            struck.wait(0.01)
        if not early:
            watch.add(one)
        one.settimeout(30)

        assert one.recv(1) == b""


def test_in_time_nothing_is_shut() -> None:
    one, other = socket.socketpair()
    watch = Watch(60.0, set())
    with closing(one), closing(other), watch:
        watch.add(one)
        other.send(b"x")

        assert one.recv(1) == b"x"
        assert not watch.late
