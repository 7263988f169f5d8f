"""What comes from outside is an address of the web, or nothing."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.urls import is_web, web_address

#: Ways to call a file of this machine.
LOCAL = [
    "/etc/passwd", "etc/passwd", "../../etc/passwd", "./a.vtt", "~/a.vtt", "~root/a.vtt", "file:/etc/passwd", "file:///etc/passwd",
    "file://localhost/etc/passwd", "file://host/etc/passwd", "FILE:///etc/passwd", "FiLe:/etc/passwd", " file:///etc/passwd",
    "file:%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "//host/share/a.vtt", "\\\\host\\share\\a.vtt", "C:\\a.vtt", "c:/a.vtt", "/dev/zero",
    "/proc/self/environ", "http:/etc/passwd", "http:///etc/passwd", "http:\\\\etc\\passwd", "https:etc", "http://", "https://?x", "http://:80/a",
    "data:text/vtt,WEBVTT", "ftp://host/a", "concat:/etc/passwd", "subfile,,start,0,end,0,,:/etc/passwd", "javascript:alert(1)", "unix:/a",
    "view-source:http://a/", "http://a\x00b/", "ht\ntp://a/", "http://[::1/", "", " ", "-", "pipe:0", "fd:0", "local_file:///etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("text", LOCAL)
def test_a_name_of_a_file_is_no_address(text: str) -> None:
    assert web_address(text) == ""
    assert not is_web(text)


@pytest.mark.parametrize(
    ("text", "base", "whole"),
    [
        ("https://cast.example/1.vtt", "", "https://cast.example/1.vtt"),
        (" HTTPS://Cast.example/My file.mp3?x=/etc/passwd ", "", "https://Cast.example/My file.mp3?x=/etc/passwd"),
        ("1.vtt", "https://cast.example/feed.xml", "https://cast.example/1.vtt"),
        ("/etc/passwd", "https://cast.example/show/feed.xml", "https://cast.example/etc/passwd"),
        ("../../../etc/passwd", "https://cast.example/show/feed.xml", "https://cast.example/etc/passwd"),
        ("//cdn.example/1.vtt", "https://cast.example/feed.xml", "https://cdn.example/1.vtt"),
        ("file:///etc/passwd", "https://cast.example/feed.xml", ""),
        ("FILE:a.vtt", "https://cast.example/feed.xml", ""),
        ("a.vtt", "file:///etc/", ""),
        ("", "https://cast.example/feed.xml", ""),
    ],
)
def test_a_relative_address_is_taken_from_its_base(text: str, base: str, whole: str) -> None:
    assert web_address(text, base) == whole


@given(
    text=st.text() | st.sampled_from(LOCAL),
    base=st.sampled_from(["", "https://cast.example/a/feed.xml", "file:///etc/"]),
)
def test_whatever_comes_in_what_goes_out_is_http_or_nothing(text: str, base: str) -> None:
    found = web_address(text, base)

    assert not found or (urlsplit(found).scheme in ("http", "https") and urlsplit(found).hostname)
    assert web_address(found) == found
