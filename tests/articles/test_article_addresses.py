"""Made addresses, dates, boilerplate, charsets and video ids: the small pure parts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.articles.boilerplate import is_boilerplate
from episodes.articles.charset import decode
from episodes.articles.part_urls import part_url, unique_url
from episodes.articles.text_comparison import count_words
from episodes.articles.tree import parse
from episodes.articles.videos import videos_in, videos_in_metadata
from episodes.dates import date_in_address, date_line, find_date
from transcripts.text import one_line


def test_addresses_of_parts_are_made_of_their_titles():
    assert part_url("file:///a.txt#old", "Мост") == "file:///a.txt#%D0%BC%D0%BE%D1%81%D1%82"
    taken: set[str] = set()
    assert [unique_url("x", taken), unique_url("x", taken), unique_url("x#y", taken), unique_url("x#y", taken)] == [
        "x",
        "x#2",
        "x#y",
        "x#y-2",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-04",
        "2026-05-04T23:10:00+02:00",
        "May 4, 2026",
        "4 May 2026",
        "Monday, May 4, 2026",
        "Published: May 4, 2026",
        "04.05.2026",
        "4th of May 2026",
        "May 4th, 2026",
        "2026/5/4",
        "Published 2 days ago on May 4, 2026 at 10:30 am",
    ],
)
def test_dates(text):
    assert find_date(text) == date(2026, 5, 4)
    assert date_line(text) == date(2026, 5, 4)


def test_dates_that_are_none():
    assert find_date("31 February 2026") is None
    assert find_date("05/04/2026") is None
    assert find_date("25/12/2026") == find_date("12/25/2026") == date(2026, 12, 25)
    assert date_line("The flood of 4 May 2026") is None
    assert date_in_address("https://harbour.example/2026/05/04/pier") == date(2026, 5, 4)
    assert date_in_address("https://harbour.example/pier-2026") is None


@given(st.text(max_size=200))
def test_no_text_is_too_odd_for_a_date(text):
    assert date_line(text) is None or find_date(text)
    one_line(text).encode()
    assert count_words(text) >= 0
    assert is_boilerplate(text) in (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "Continue Reading →",
        "Remember to subscribe to our channel!",
        "Don’t forget to like and share.",
        "Share this:",
        "Facebook | Twitter | WhatsApp",
        "Subscribe to our newsletter and never miss a story.",
        "Follow us on Telegram",
        "© 2026 Harbour Channel. All rights reserved.",
        "* * *",
        "Support our work with a small donation.",
        "Sign up for the daily newsletter",
        "Advertisement",
        "Related Topics: ferry, harbour",
        "If you enjoyed this article, tell your friends.",
        "The post The pier appeared first on Harbour Channel.",
    ],
)
def test_boilerplate(text):
    assert is_boilerplate(text)


@pytest.mark.parametrize(
    "text",
    [
        "Like this year, the band plays on Sunday.",
        "Subscribers of the water company pay more.",
        "Share prices fell in the harbour.",
        "Sign up for the free course at the library by Friday.",
        "Join us on Saturday at the town hall, said the mayor.",
        "Donate blood on Friday.",
        "“Remember,” said the captain.",
        "Support for the bridge is growing.",
        "Advertising costs rose.",
        "Related families came from the island.",
        "Print works on the quay close.",
    ],
)
def test_sentences_are_no_boilerplate(text):
    assert not is_boilerplate(text)


@pytest.mark.parametrize(
    ("data", "declared", "expected"),
    [
        ("Käse – “x”".encode(), None, "Käse – “x”"),
        ("Käse".encode("latin-1"), "iso-8859-1", "Käse"),
        ("Käse".encode(), "iso-8859-1", "Käse"),
        ("Käse".encode("cp1252"), "utf-8", "Käse"),
        ("äöü".encode() + b"\xe4 ", "utf-8", "äöü� "),
        ("“Käse” und mehr".encode("cp1252"), None, "“Käse” und mehr"),
        ("мост".encode("koi8-r"), "koi8-r", "мост"),
        ("桥".encode("gb2312"), "gb2312", "桥"),
        (b"<meta charset='windows-1251'>" + "мост".encode("cp1251"), None, "<meta charset='windows-1251'>мост"),
        ("\ufeffKäse".encode("utf-16"), None, "Käse"),
        ("Käse".encode("utf-8-sig"), "latin-1", "Käse"),
        (b"plain", "utf-16", "plain"),
        (b"plain", "no such charset", "plain"),
        (b"plain", "rot13", "plain"),
        (b"\\x41", "unicode_escape", "\\x41"),
    ],
)
def test_charsets(data, declared, expected):
    assert decode(data, declared).lstrip("\ufeff") == expected


@given(
    st.binary(max_size=200),
    st.none() | st.text(max_size=12) | st.sampled_from(["utf-16", "idna", "utf-7", "cp037", "hex", "big5"]),
)
def test_no_bytes_are_too_odd(data, declared):
    assert isinstance(decode(data, declared), str)


ID = "NiR_pier-01"


@pytest.mark.parametrize(
    "html",
    [
        '<iframe src="https://www.youtube.com/embed/{}"></iframe>',
        '<iframe data-lazy-src="https://www.youtube.com/embed/{}" src="about:blank"></iframe>',
        '<iframe srcdoc="&lt;a href=https://www.youtube.com/embed/{}?autoplay=1&gt;"></iframe>',
        '<lite-youtube videoid="{}"></lite-youtube>',
        '<div class="lazyYT" data-youtube-id="{}"></div>',
        '<div class="yvii_single_video_player" data-video_id="{}"></div>',
        '<amp-youtube data-videoid="{}"></amp-youtube>',
        '<div data-plyr-provider="youtube" data-plyr-embed-id="{}"></div>',
        "<p>[embed]https://youtu.be/{}[/embed]</p>",
        "<p>https://www.youtube.com/watch?v={}</p>",
        '<object data="https://www.youtube.com/v/{}"></object>',
        '<video data-setup=\'{{"sources": [{{"src": "https://www.youtube.com/watch?v={}"}}]}}\'></video>',
        '<noscript><iframe src="https://www.youtube.com/embed/{}"></iframe></noscript>',
    ],
)
def test_embedded_videos(html):
    (video,) = videos_in(parse(f"<p>Text.</p>{html.format(ID)}"))

    assert (video.id, str(video.placement)) == (ID, "embedded")


def test_embedded_videos_come_before_linked_ones_and_each_once():
    root = parse(
        '<p>Watch <a href="https://youtu.be/NiRlinked01">the last one</a>, or https://youtu.be/NiRmention1 some day.</p>'
        '<img src="https://i.ytimg.com/vi/NiRthumb001/hq.jpg">'
        '<iframe src="https://www.youtube.com/embed/NiRembed001"></iframe><a href="https://youtu.be/NiRembed001">the same</a>'
    )

    assert [(video.id, str(video.placement)) for video in videos_in(root)] == [
        ("NiRembed001", "embedded"),
        ("NiRlinked01", "linked"),
        ("NiRmention1", "linked"),
        ("NiRthumb001", "linked"),
    ]


def test_an_id_that_stands_bare_counts_only_where_its_player_is_youtubes():
    assert videos_in(parse(f'<div class="brightcove" data-video-id="{ID}"></div>')) == ()
    assert videos_in(parse('<div class="youtube-player" data-video-id="too-short"></div>')) == ()


def test_structured_videos():
    objects = [
        {"@type": "VideoObject", "embedUrl": f"https://www.youtube.com/embed/{ID}"},
        {"@type": "Thing", "url": "https://youtu.be/NiRother001"},
    ]

    assert [
        video.id for video in videos_in_metadata(objects, {"og:video:url": "https://www.youtube.com/v/NiRogvideo1"})
    ] == [ID, "NiRogvideo1"]
