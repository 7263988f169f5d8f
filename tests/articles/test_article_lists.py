"""Feeds, sitemaps and posts as the world writes them: read where they can be, never a crash."""

from __future__ import annotations

import contextlib
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.articles.feeds import is_full_text, read_feed
from episodes.articles.sitemaps import gunzip, read_sitemap
from episodes.articles.text_comparison import is_near_duplicate
from episodes.articles.wordpress import home_url, parse_posts, posts_url
from episodes.errors import ArticleError

URL = "https://harbour.example/list"
LONG = "<p>" + "The harbour was quiet in the morning. " * 30 + "</p>"


def test_an_atom_feed_with_xhtml_inside():
    body = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour</title>
    <link href="/self" rel="self"/><entry><title type="html">One &lt;b&gt;two&lt;/b&gt;</title><link rel="edit" href="/edit"/>
    <link href="/one"/><updated>2026-05-04T10:00:00Z</updated><author><name>Ada Harbour</name></author>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{LONG}</div></content></entry></feed>"""

    (entry,) = read_feed(body.encode(), URL).entries

    assert (entry.url, entry.title, entry.authors) == ("https://harbour.example/one", "One two", ("Ada Harbour",))
    assert str(entry.published) == "2026-05-04"
    assert "quiet in the morning" in entry.html


def test_a_feed_without_its_namespaces_and_with_a_guid_for_a_link():
    content = f"<content:encoded><![CDATA[{LONG}]]></content:encoded>"
    body = f"<rss><channel><title>T</title><item><title>A</title><guid>{URL}/a</guid>{content}</item></channel></rss>"

    (entry,) = read_feed(body.encode(), URL).entries

    assert (entry.url, bool(entry.html)) == (f"{URL}/a", True)


def test_pictures_of_a_sitemap_are_no_pages_and_lists_of_authors_no_sitemaps():
    pages = read_sitemap(
        b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
        <url><image:image><image:loc>https://harbour.example/p.jpg</image:loc></image:image>
        <loc> https://harbour.example/a?utm_source=map </loc></url>
        <url><loc>https://harbour.example/</loc></url><url><loc>https://harbour.example/b.pdf</loc></url></urlset>""",
        URL,
    ).pages
    maps = read_sitemap(
        b"""<sitemapindex><sitemap><loc>https://harbour.example/post-sitemap2.xml</loc></sitemap>
        <sitemap><loc>https://harbour.example/author-sitemap.xml</loc></sitemap>
        <sitemap><loc>https://harbour.example/wp-sitemap-taxonomies-category-1.xml</loc></sitemap></sitemapindex>""",
        URL,
    ).maps

    assert [entry.url for entry in pages] == ["https://harbour.example/a"]
    assert [url for url, _ in maps] == ["https://harbour.example/post-sitemap2.xml"]


def test_entities_are_neither_fetched_nor_blown_up():
    bomb = (
        b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    )
    body = (
        bomb + b"<rss><channel><title>&b;&f;</title><item><link>https://harbour.example/a</link></item></channel></rss>"
    )

    assert read_feed(body, URL).title == ""


@pytest.mark.parametrize(
    ("html", "whole"),
    [
        (LONG, True),
        (LONG + "<p>The post <a>Harbour</a> appeared first on Harbour News.</p>", True),
        (LONG + "<p>[&#8230;]</p>", False),
        (LONG + "<p>… <a>Continue reading The harbour</a></p>", False),
        ("<p>Too short.</p>", False),
        ("", False),
    ],
)
def test_an_excerpt_is_known_for_one(html, whole):
    assert is_full_text(html) is whole


def test_an_interface_without_pretty_addresses():
    assert posts_url("https://a.example/?rest_route=/", 2).startswith(
        "https://a.example/?rest_route=/wp/v2/posts&per_page=100"
    )
    assert home_url("https://a.example/?rest_route=/") == "https://a.example/"
    assert home_url("https://a.example/blog/wp-json/") == "https://a.example/blog/"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "link",
                    "title",
                    "content",
                    "rendered",
                    "date_gmt",
                    "modified_gmt",
                    "_embedded",
                    "author",
                    "name",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_answer_of_an_interface_is_too_odd(value):
    with contextlib.suppress(ArticleError):
        for entry in parse_posts(json.dumps(value).encode(), {}, URL, "").entries:
            assert entry.url.startswith("http")


@given(st.binary(max_size=300) | st.text(alphabet="<>/?!&;:= \"'abcrsitemlink", max_size=200).map(str.encode))
def test_no_list_is_too_odd(body):
    for read in (read_feed, read_sitemap):
        with contextlib.suppress(ArticleError):
            read(body, URL)
    with contextlib.suppress(ArticleError):
        gunzip(b"\x1f\x8b" + body, 1000, URL)


def test_two_readings_of_one_text_are_nearly_the_same():
    text = " ".join(f"word{n}" for n in range(200))

    assert is_near_duplicate(text, text.upper() + " share")
    assert not is_near_duplicate(text, text.replace("word10", "other"))
    assert not is_near_duplicate("The bridge is open.", "The bridge is closed.")


def rss(items: str, more: str = "") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0" {more}><channel><title>T</title>{items}</channel></rss>'.encode()


def entries(body: bytes):
    return read_feed(body, URL).entries


NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)


def test_a_feed_keeps_what_embeds_a_video_and_all_authors():
    frame = '<iframe src="https://www.youtube.com/embed/NiR_pier-01"></iframe>'
    item = (
        f"<item><title>A</title><link>/a</link><description>Short.</description>"
        f"<media:content url='/p.jpg'><media:title>A picture</media:title></media:content>"
        f"<content:encoded><![CDATA[{LONG}{frame}]]></content:encoded><dc:creator>Ada Harbour</dc:creator>"
        "<dc:creator>Bo Tide</dc:creator><dc:date>2026-05-04</dc:date></item>"
    )

    (entry,) = entries(rss(item, NAMESPACES))

    assert (entry.url, entry.title, entry.authors) == ("https://harbour.example/a", "A", ("Ada Harbour", "Bo Tide"))
    assert str(entry.published) == "2026-05-04"
    assert frame in entry.html


def test_a_feed_in_another_charset_or_with_characters_that_no_xml_has():
    item = "<item><title>Fähre\x0b</title><link>https://harbour.example/a</link></item>"
    latin = rss(item).replace(b'version="1.0"', b'version="1.0" encoding="iso-8859-1"').decode().encode("latin-1")

    assert [entry.title for entry in entries(latin)] == ["Fähre"]
    assert [entry.title for entry in entries(rss(item))] == ["Fähre"]


def test_a_feed_that_is_cut_off_or_broken_gives_what_can_be_read():
    item = "<item><title>A & B <b>c</title><link>https://harbour.example/a</link></item>"

    assert [entry.url for entry in entries(rss(item + item.replace("/a<", "/b<"))[:-40])][:1] == [
        "https://harbour.example/a"
    ]


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<guid>https://harbour.example/a</guid>", "https://harbour.example/a"),
        ('<guid isPermaLink="false">https://harbour.example/a</guid>', None),
        ("<guid>2207</guid>", None),
        ("<guid>tag:harbour.example,2026:7</guid>", None),
        ("<link>/a?_ga=1#top</link><guid>2207</guid>", "https://harbour.example/a"),
        ("<feedburner:origLink>https://harbour.example/a</feedburner:origLink>", "https://harbour.example/a"),
        ("<enclosure url='https://harbour.example/a.mp3' type='audio/mpeg'/>", None),
    ],
)
def test_where_an_entry_leads(item, url):
    found = [entry.url for entry in entries(rss(f"<item><title>A</title>{item}</item>", NAMESPACES))]

    assert found == ([url] if url else [])


def test_an_author_in_rss_is_an_address_of_mail():
    item = "<item><title>A</title><link>/a</link><author>ada@harbour.example (Ada)</author></item>"

    assert [entry.authors for entry in entries(rss(item))] == [()]


def test_the_mark_of_an_entry_changes_when_it_does():
    def version(text: str) -> str:
        return entries(rss(f"<item><title>A</title><link>/a</link><description>{text}</description></item>"))[0].version

    assert version("One.") == version("One.") != version("Two.")


@pytest.mark.parametrize("body", [b"", b"words", b"<html><body>No feed</body></html>", b"<urlset/>", b"\x00\xff"])
def test_what_is_no_feed_is_an_error(body):
    with pytest.raises(ArticleError):
        read_feed(body, URL)


def test_a_text_that_names_a_file_or_a_server_opens_neither(tmp_path):
    (tmp_path / "feed.xml").write_bytes(rss("<item><title>A</title><link>/a</link></item>"))

    for name in (str(tmp_path / "feed.xml"), f"file://{tmp_path}/feed.xml", "http://127.0.0.1:9/feed.xml"):
        with pytest.raises(ArticleError):
            read_feed(name.encode(), URL)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Sun, 03 May 2026 23:30:00 -0200", date(2026, 5, 4)),
        ("Sun, 03 May 2026 23:30:00 +0200", date(2026, 5, 3)),
        ("2026-05-03", date(2026, 5, 3)),
        ("3 May 2026", date(2026, 5, 3)),
        ("soon", None),
    ],
)
def test_an_entry_is_of_its_utc_day_as_an_episode_is(written: str, day: date | None):
    item = f"<item><link>https://harbour.example/pier</link><title>The pier</title><pubDate>{written}</pubDate></item>"
    body = f'<rss version="2.0"><channel><title>Harbour</title>{item}</channel></rss>'.encode()
    assert [entry.published for entry in entries(body)] == [day]
