"""One canonical form of an address, one key, one reader of YouTube's: whatever door an address comes in by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes import urls
from episodes.errors import ArticleError, BadAddress
from episodes.sources import identity
from episodes.urls import YouTube

PAGE = "https://harbour.example/pier"
#: What is written -> what is stored.
ARTICLES = [
    # what tells where a reader came from goes
    (f"{PAGE}?_ga=1", PAGE),
    (f"{PAGE}?_gl=1*abc*_up*MQ..", PAGE),
    (f"{PAGE}?at_medium=custom7&at_campaign=64", PAGE),
    (f"{PAGE}?mkt_tok=eyJpIjoiT", PAGE),
    (f"{PAGE}?utm_source=x&utm_medium=y&utm_id=9", PAGE),
    (f"{PAGE}?UTM_Source=x", PAGE),
    (f"{PAGE}?utm%5Fsource=x", PAGE),
    (f"{PAGE}?id=7&amp;utm_source=x", f"{PAGE}?id=7"),
    (f"{PAGE}?fbclid=1&gclid=2&msclkid=3&wbraid=4", PAGE),
    (f"{PAGE}?mc_cid=3&mc_eid=4", PAGE),
    (f"{PAGE}?igshid=5", PAGE),
    (f"{PAGE}?_hsenc=p2&_hsmi=28", PAGE),
    (f"{PAGE}?cmpid=nl&ncid=2&s_cid=3&ocid=4", PAGE),
    (f"{PAGE}?xtor=RSS-5", PAGE),
    (f"{PAGE}?mtm_campaign=a&pk_campaign=b&pk_kwd=c", PAGE),
    (f"{PAGE}?ref=tide.example", PAGE),
    (f"{PAGE}?ref_src=twsrc%5Etfw&referrer=home", PAGE),
    (f"{PAGE}?vero_id=1&oly_enc_id=2&yclid=3&ttclid=4&srsltid=5", PAGE),
    (f"{PAGE}?&&", PAGE),
    # what tells pages apart stays
    ("https://harbour.example/?p=123&utm_source=x", "https://harbour.example/?p=123"),
    (f"{PAGE}?id=7&fbclid=1", f"{PAGE}?id=7"),
    (f"{PAGE}?b=2&a=1", f"{PAGE}?b=2&a=1"),
    (f"{PAGE}?utm=1&reference=2&gallery=3&gameid=4&session=5", f"{PAGE}?utm=1&reference=2&gallery=3&gameid=4&session=5"),
    (f"{PAGE}?ref=2207", f"{PAGE}?ref=2207"),
    (f"{PAGE}?q=&page=2", f"{PAGE}?q=&page=2"),
    (f"{PAGE}?print", f"{PAGE}?print"),
    (f"{PAGE}/", f"{PAGE}/"),
    ("https://harbour.example/Pier", "https://harbour.example/Pier"),
    ("https://m.harbour.example/pier", "https://m.harbour.example/pier"),
    # hosts, ports, users, fragments
    ("HTTPS://Harbour.Example/pier", PAGE),
    ("https://harbour.example./pier", PAGE),
    ("https://harbour.example", "https://harbour.example/"),
    ("https://harbour.example:443/pier", PAGE),
    ("http://harbour.example:80/pier", "http://harbour.example/pier"),
    ("http://harbour.example:8080/pier", "http://harbour.example:8080/pier"),
    ("http://harbour.example:443/pier", "http://harbour.example:443/pier"),
    ("https://user:secret@harbour.example/pier", PAGE),
    (f"{PAGE}#comments", PAGE),
    (f"{PAGE}?utm_source=x#xtor=RSS-5", PAGE),
    ("https://bücher.example/ä?q=ö", "https://xn--bcher-kva.example/%C3%A4?q=%C3%B6"),
    ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
    ("http://[::1]:8000/x", "http://[::1]:8000/x"),
    # escapes
    ("  https://harbour.example/the pier\n", "https://harbour.example/the%20pier"),
    ("https://harbour.example/%7Eida/%c3%a4", "https://harbour.example/~ida/%C3%A4"),
    ("https://harbour.example/a%2fb", "https://harbour.example/a%2Fb"),
    ("https://harbour.example/100%", "https://harbour.example/100%25"),
    ("https://harbour.example/\u200bpier\ufeff", PAGE),
    ("https://harbour.example/pier_(old)+new;a@b", "https://harbour.example/pier_(old)+new;a@b"),
    ("file:///articles/week.txt#the-pier", "file:///articles/week.txt#the-pier"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "expected"), ARTICLES)
def test_the_canonical_form(url: str, expected: str) -> None:
    assert urls.canonical(url) == expected
    assert urls.same_page(url, expected)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "pier",
        "ftp://x.example/",
        "https://",
        "javascript:alert(1)",
        "http://[::1",
        "http://x:99999/",
        "https://a b/",
    ],
)
def test_what_is_no_address_is_an_error(url: str) -> None:
    with pytest.raises(ArticleError):
        urls.canonical(url)
    assert urls.key(url) == ""


@pytest.mark.parametrize(
    "other",
    [
        "http://www.harbour.example/pier/", "https://m.harbour.example/pier", "https://amp.harbour.example/pier#top",
        "https://www2.harbour.example/pier/index.html", f"{PAGE}/index.php?utm_source=x",
    ],
)  # fmt: skip
def test_pages_are_the_same_whatever_door_they_have(other: str) -> None:
    assert urls.same_page(PAGE, other)
    assert urls.same_site(PAGE, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PAGE, f"{PAGE}?page=2"),
        (PAGE, "https://harbour.example/Pier"),
        (PAGE, "https://harbour.example:8080/pier"),
        ("https://m.example/", "https://example/"),
        ("https://amp.example/", "https://www.example/"),
        ("not an address", "not an address"),
    ],
)
def test_pages_that_are_not_the_same(one: str, other: str) -> None:
    assert not urls.same_page(one, other)


def test_the_order_and_the_escapes_of_a_query_do_not_count() -> None:
    assert urls.key(f"{PAGE}?b=2%2F3&a=1") == urls.key(f"{PAGE}?a=1&b=2/3")


ODD = st.one_of(
    st.text(max_size=60),
    st.builds("{}://{}{}".format, st.sampled_from(["http", "HTTPS", "file", "x"]), st.text(max_size=20), st.text(max_size=40)),
    st.from_regex(r"https?://[a-z]{1,5}\.example(:\d{1,6})?/[^\s]{0,20}(\?[a-z_&=%0-9]{0,30})?(#.{0,5})?", fullmatch=True),
)  # fmt: skip


@given(ODD)
def test_the_canonical_form_of_a_canonical_form_is_itself(url: str) -> None:
    try:
        once = urls.canonical(url)
    except BadAddress:
        return
    assert urls.canonical(once) == once
    assert once.isascii() or once.startswith("file:")
    assert urls.same_page(once, once)
    assert once in urls.variants(once)


@given(ODD, ODD)
def test_no_link_is_too_odd(link: str, base: str) -> None:
    assert isinstance(urls.absolute(link, base), str)
    assert urls.same_page(link, base) in (True, False)
    assert link in urls.variants(link)
    assert isinstance(urls.host_of(link), str)


def test_spellings_of_one_address_meet() -> None:
    one, other = (
        urls.variants("http://harbour.example/Pier/?fbclid=1"),
        urls.variants("https://www.harbour.example/Pier"),
    )

    assert {"https://harbour.example/Pier", "http://www.harbour.example/Pier/"} <= one & other
    assert not urls.variants(f"{PAGE}#the-ferry") & urls.variants(f"{PAGE}#the-bridge")
    assert not urls.variants(f"{PAGE}#the-ferry") & urls.variants(PAGE)


def test_what_a_person_types() -> None:
    assert urls.has_scheme("https://harbour.example")
    assert urls.has_scheme("ftp://harbour.example")
    assert not urls.has_scheme("articles/week.txt")
    assert not urls.has_scheme("C:\\articles\\week.txt")
    assert urls.with_scheme("harbour.example/pier") == PAGE


def test_addresses_in_running_text() -> None:
    text = (
        "Read it (https://bay.example/a), then <https://bay.example/b>. Or: https://youtu.be/NiRsample13! "
        "(https://bay.example/c),also [this](https://bay.example/d_(e)) and https://bay.example/f..."
    )

    assert list(urls.addresses_in(text)) == [
        "https://bay.example/a", "https://bay.example/b", "https://youtu.be/NiRsample13",
        "https://bay.example/c", "https://bay.example/d_(e)", "https://bay.example/f",
    ]  # fmt: skip


ID = "NiR_pier-01"
VIDEO = YouTube(video=ID)
PLAYLIST = YouTube(playlist="PLabcdefghij")
#: What an address names.
YOUTUBE = [
    (f"https://www.youtube.com/watch?v={ID}", VIDEO),
    (f"http://youtube.com/watch?v={ID}", VIDEO),
    (f"HTTPS://WWW.YouTube.com/watch?v={ID}", VIDEO),
    (f"https://www.youtube.com/watch?app=desktop&v={ID}&t=75s", YouTube(ID, start=75)),
    (f"https://www.youtube.com/watch?list=PLabcdefghij&v={ID}", YouTube(ID, "PLabcdefghij")),
    (f"https://www.youtube.com/watch?list=PLabcdefghij&amp;v={ID}&amp;index=2", YouTube(ID, "PLabcdefghij")),
    (f"https://www.youtube.com/watch?v={ID}#t=1m30s", YouTube(ID, start=90)),
    (f"https://www.youtube.com/watch/{ID}", VIDEO),
    (f"https://m.youtube.com/watch?v={ID}#comments", VIDEO),
    (f"https://music.youtube.com/watch?v={ID}&si=abc", VIDEO),
    (f"https://youtu.be/{ID}", VIDEO),
    (f"youtu.be/{ID}?si=abc", VIDEO),
    (f"https://youtu.be/{ID}?t=1h2m3s", YouTube(ID, start=3723)),
    (f"https://www.youtube.com/shorts/{ID}", VIDEO),
    (f"https://youtube.com/live/{ID}?feature=share", VIDEO),
    (f"https://www.youtube.com/embed/{ID}?rel=0&start=12", YouTube(ID, start=12)),
    (f"//www.youtube.com/embed/{ID}", VIDEO),
    (f"https://www.youtube-nocookie.com/embed/{ID}", VIDEO),
    (f"https://www.youtubekids.com/watch?v={ID}", VIDEO),
    (f"https://www.youtube.com/v/{ID}&hl=en", VIDEO),
    (f"https://www.youtube.com/e/{ID}", VIDEO),
    (f"https://youtube.googleapis.com/v/{ID}", VIDEO),
    (f"https://studio.youtube.com/video/{ID}/edit", VIDEO),
    (f"https://www.youtube.com/attribution_link?a=x&u=%2Fwatch%3Fv%3D{ID}%26feature%3Dshare", VIDEO),
    (f"https://www.youtube.com/oembed?format=json&url=https%3A%2F%2Fyoutu.be%2F{ID}", VIDEO),
    (f"https://consent.youtube.com/m?continue=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{ID}&gl=DE", VIDEO),
    (f"https://i.ytimg.com/vi/{ID}/hqdefault.jpg", VIDEO),
    ("https://www.youtube.com/embed/videoseries?list=PLabcdefghij", PLAYLIST),
    ("https://www.youtube.com/playlist?list=PLabcdefghij", PLAYLIST),
    ("https://www.youtube.com/feeds/videos.xml?playlist_id=PLabcdefghij", YouTube(playlist="PLabcdefghij", feed=True)),
    ("https://www.youtube.com/embed/live_stream?channel=UCabc", YouTube(channel="UCabc")),
    ("https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv/videos", YouTube(channel="UCabcdefghijklmnopqrstuv")),
    ("https://www.youtube.com/feeds/videos.xml?channel_id=UCabc", YouTube(channel="UCabc", feed=True)),
    ("https://www.youtube.com/@harbourchannel", YouTube(channel="@harbourchannel")),
    ("https://www.youtube.com/@harbourtown/live", YouTube(channel="@harbourtown")),
    ("https://www.youtube.com/c/harbourtown", YouTube(channel="c/harbourtown")),
    ("https://www.youtube.com/user/harbourtown", YouTube(channel="user/harbourtown")),
    ("https://www.youtube.com/clip/UgkxHarbour", YouTube(clip="UgkxHarbour")),
    ("https://www.youtube.com/watch?v=short", YouTube()),
    (f"https://youtu.be/{ID}x", YouTube()),
    ("https://www.youtube.com/", YouTube()),
    (f"https://notyoutube.com/watch?v={ID}", None),
    (f"https://youtube.com.example.org/watch?v={ID}", None),
    (f"https://example.org/youtube.com/watch?v={ID}", None),
    (f"https://notyoutu.be/{ID}", None),
    ("", None),
    ("http://[::1", None),
]  # fmt: skip


@pytest.mark.parametrize(("url", "named"), YOUTUBE)
def test_what_an_address_of_youtube_names(url: str, named: YouTube | None) -> None:
    """Whatever asks: an episode's identity, what a page shows, what linking compares, where a moment is opened."""
    video = named.video if named else ""

    assert urls.youtube(url) == named
    assert urls.youtube_ids_in(f"see {url} now") == ((video,) if video else ())
    assert identity.of_address(url).startswith("youtube:") == bool(video)
    assert not video or urls.deep_link(url, 754.9) == f"https://www.youtube.com/watch?v={video}&t=754s"
    assert not (video and urls.is_web(url)) or urls.key(url) == f"video:{video}"


@given(st.text(alphabet="<>/=\"' yoututbe.com&?v%3Dembd[]", max_size=120))
def test_no_text_is_too_odd_for_a_video(text: str) -> None:
    assert all(len(one) == 11 for one in urls.youtube_ids_in(f"https://youtube.com/{text}"))


@given(st.text(max_size=60))
def test_no_address_is_too_odd_for_youtube(text: str) -> None:
    named = urls.youtube(f"https://www.youtube.com/{text}")

    assert named is None or named.video == "" or urls.is_video_id(named.video)


def test_several_videos_in_one_text_and_what_only_looks_like_one() -> None:
    text = (
        f"https://youtu.be/{ID},https://youtu.be/NiRother001 notyoutube.com/embed/NiRwrong001 "
        "https:\\/\\/www.youtube.com\\/embed\\/NiRslashes1 https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3DNiRescaped1 "
        "watch?list=x\\u0026v=NiRnohost01 https://www.youtube.com/watch?list=x\\u0026v=NiRunicode1"
    )

    assert urls.youtube_ids_in(text) == (ID, "NiRother001", "NiRslashes1", "NiRescaped1", "NiRunicode1")
