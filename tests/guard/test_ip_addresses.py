"""What belongs to the public internet: no address that is private, in whatever form it is carried."""

from __future__ import annotations

import ipaddress
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.errors import AddressRefused
from episodes.guard.hosts import check_url, proxy_of
from episodes.guard.ip_addresses import is_public

PRIVATE = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
]  # fmt: skip
OTHERS = [
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b:1::8.8.8.8",
    "64:ff9b:1:ffff::1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:db8::1", "2002:7f00:1::", "2002:c0a8:101::1",
    "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "feff::1", "ff02::1",
    "2606:4700::5efe:127.0.0.1", "2606:4700::200:5efe:10.0.0.1", "4000::1", "no address", "", "127.1", "%eth0",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::1", "2606:4700::5efe:8.8.8.8"]


@pytest.mark.parametrize("address", [*PRIVATE, *OTHERS])
def test_what_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_as_what_it_carries(inner: ipaddress.IPv4Address) -> None:
    number, public = int(inner), is_public(str(inner))
    carriers = [
        ipaddress.IPv6Address((0x0064FF9B << 96) | number),
        ipaddress.IPv6Address((0x2002 << 112) | (number << 80) | 1),
        ipaddress.IPv6Address((0x26064700 << 96) | (0x5EFE << 32) | number),
    ]

    assert {is_public(str(carrier)) for carrier in carriers} == {public}


@given(st.ip_addresses(v=6))
def test_nothing_outside_unicast_is_public_but_what_a_gateway_translates(address: ipaddress.IPv6Address) -> None:
    if is_public(str(address)):
        assert address in ipaddress.ip_network("2000::/3") or address in ipaddress.ip_network("64:ff9b::/96")


@given(st.text(max_size=40))
def test_no_text_is_too_odd(text: str) -> None:
    assert is_public(text) in (True, False)
    for url in (text, f"http://{text}/"):
        with suppress(AddressRefused):  # and no other error
            check_url(url, allow_private=True)


@pytest.mark.parametrize("host", ["0177.0.0.1", "08.8.8.8", "8.8.2056", "0x8.8.8.8", "134744072"])
def test_behind_a_proxy_numbers_are_written_in_one_way(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy may take 0177.0.0.1 for 127.0.0.1, or for 177.0.0.1."""
    monkeypatch.setattr("episodes.guard.hosts.resolve", lambda *_: ["8.8.8.8"])
    with pytest.raises(AddressRefused, match="unusual spelling"):
        check_url(f"http://{host}/", allow_private=False, proxy="http://proxy.example:3128")
    check_url("http://8.8.8.8/", allow_private=False, proxy="http://proxy.example:3128")


def test_the_proxy_of_the_settings_goes_before_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "env.example:3128")
    monkeypatch.setenv("no_proxy", "harbour.example")

    assert proxy_of("http://news.example/") == "http://env.example:3128"
    assert proxy_of("http://harbour.example/") == ""
    assert proxy_of("http://harbour.example/", "http://own.example") == "http://own.example"
    assert proxy_of("http://127.0.0.1/", "http://own.example") == ""
