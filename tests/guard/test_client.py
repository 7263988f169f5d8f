"""The guard's requests against servers on the loopback, of which one counts as public: who is connected to, and who never is."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from episodes.errors import AddressRefused, NotFetched
from episodes.guard.client import HttpRequest, NetworkPolicy, send
from episodes.guard.client_pool import ClientPool
from episodes.guard.deadline import Deadline
from tests.guard.conftest import Inside, PublicSite

STRICT = NetworkPolicy()


def body(url: str, policy: NetworkPolicy = STRICT) -> bytes:
    with send(HttpRequest(url), policy, Deadline(20, 20), ClientPool()) as response:
        return b"".join(response.chunks)


def resolving(monkeypatch: pytest.MonkeyPatch, answers: Iterator[list[str]]) -> None:
    """Each lookup of a name gets the next answer; numbers are themselves."""
    real = socket.getaddrinfo

    def lookup(host: str, port: int, *args: Any, **options: Any) -> Any:
        if host != "harbour.example":
            return real(host, port, *args, **options)
        return [found for address in next(answers) for found in real(address, port, *args, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


def test_a_public_host_is_asked(site: PublicSite) -> None:
    assert body(site.put("/", b"The bridge is closed.")) == b"The bridge is closed."


def test_a_host_that_is_not_public_is_not_connected_to(site: PublicSite, inside: Inside) -> None:
    with pytest.raises(AddressRefused, match=r"leads to 127\.0\.0\.2.*--allow-private"):
        body(inside.url)
    assert inside.connections == 0
    assert body(inside.url, NetworkPolicy(allow_private=True)) == b"secret"


def test_a_name_that_leads_elsewhere_at_the_second_lookup_is_not_connected_to(
    site: PublicSite, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"], ["127.0.0.2"]]))
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.2"):
        body(f"http://harbour.example:{inside.port}/")
    assert inside.connections == 0


@pytest.mark.parametrize("answer", [["127.0.0.1", "127.0.0.2"], ["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "::1"]])
def test_one_address_that_is_not_public_is_enough(
    site: PublicSite, inside: Inside, answer: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, iter([["127.0.0.1"], answer]))
    with pytest.raises(AddressRefused):
        body(f"http://harbour.example:{inside.port}/")
    assert inside.connections == 0


def test_what_was_looked_up_is_what_is_connected_to(site: PublicSite, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, iter([["127.0.0.1"], ["127.0.0.1"]]))  # a third lookup would fail

    assert body(site.put("/", b"x").replace("127.0.0.1", "harbour.example")) == b"x"


def test_a_connection_that_was_allowed_does_not_serve_who_may_not(inside: Inside, site: PublicSite) -> None:
    pool = ClientPool()
    with send(HttpRequest(inside.url), NetworkPolicy(allow_private=True), Deadline(20, 20), pool) as response:
        b"".join(response.chunks)
    with pytest.raises(AddressRefused), send(HttpRequest(inside.url), NetworkPolicy(), Deadline(20, 20), pool):
        pass
    assert inside.requests == 1


@pytest.mark.parametrize(
    "url",
    ["file:///etc/hostname", "ftp://harbour.example/", "data:text/plain,x", "gopher://harbour.example/", "javascript:1",
     "//harbour.example/", "/etc/hostname", "", "http:", "http://", "http:///x", "http://[::1", "http://h:99999/",
     "unix:/var/run/x", "ws://harbour.example/", "http://\udcff/", "http://a\x00b/", "http://ha rbour.example/", "http://%/"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(NotFetched) as caught:
        body(url)
    assert caught.value.detail


def test_headers_without_an_end_are_given_up(site: PublicSite) -> None:
    def endless(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(1_000_000):
            handler.wfile.write(b"X-%d: %s\r\n" % (number, b"x" * 1000))
            site.sent += 1000

    with pytest.raises(NotFetched):
        body(site.act("/", endless))
    assert site.sent < 50_000_000


def test_a_length_that_is_a_lie_is_an_error(site: PublicSite) -> None:
    with pytest.raises(NotFetched):
        body(site.act("/", lambda h: h.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")))
    with pytest.raises(NotFetched):
        body(site.act("/", lambda h: h.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nshort")))
