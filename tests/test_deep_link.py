from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.urls import deep_link


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=dQ_-4w9WgXc",
        "https://youtube.com/watch?list=PL1&v=dQ_-4w9WgXc&t=12s",
        "https://m.youtube.com/watch?v=dQ_-4w9WgXc#comments",
        "https://youtu.be/dQ_-4w9WgXc?si=abc",
        "https://www.youtube.com/shorts/dQ_-4w9WgXc",
        "https://www.youtube.com/live/dQ_-4w9WgXc?feature=share",
        "https://www.youtube-nocookie.com/embed/dQ_-4w9WgXc",
    ],
)
def test_youtube_in_all_its_forms(url: str) -> None:
    assert deep_link(url, 754.9) == "https://www.youtube.com/watch?v=dQ_-4w9WgXc&t=754s"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://cast.example/55.mp3", "https://cast.example/55.mp3#t=754"),
        ("https://cast.example/55.mp3?a=b#t=3", "https://cast.example/55.mp3?a=b#t=754"),
        ("https://video.example/watch?v=abc", "https://video.example/watch?v=abc#t=754"),
        ("https://notyoutube.com/watch?v=abc", "https://notyoutube.com/watch?v=abc#t=754"),
        ("https://www.youtube.com/@channel", "https://www.youtube.com/@channel#t=754"),
        ("", ""),
    ],
)
def test_elsewhere_a_media_fragment(url: str, expected: str) -> None:
    assert deep_link(url, 754.2) == expected


@given(st.text(), st.floats())
def test_anything_gives_a_link(url: str, seconds: float) -> None:
    link = deep_link(url, seconds)

    assert bool(link) == bool(url)
    if url and not (math.isfinite(seconds) and seconds >= 1):
        assert link.endswith(("#t=0", "&t=0s"))


@pytest.mark.parametrize(
    "url", ["http://[bad", "http://[::1]]/x", "//", "https://www.youtube.com", "https://youtu.be/"]
)
def test_what_is_no_address_breaks_nothing(url: str) -> None:
    assert deep_link(url, 1) == f"{url}#t=1"
