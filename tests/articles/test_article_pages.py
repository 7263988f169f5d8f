"""HTML pages: one article, several on one page, lists; everything a made-up local paper could print."""

from __future__ import annotations

from datetime import date
from html import escape

import pytest

from episodes.articles.page import read_page
from episodes.articles.videos import only_linked
from episodes.errors import ArticleError
from episodes.values import ArticleText, ParagraphKind, State

SITE = "https://harbour.example"
FERRY = [
    "The ferry to the island runs again since Monday. It had been in dock for eleven weeks, and its first guests were school children.",
    "The repair took twice as long as planned, because the new shaft did not fit and had to be turned once more across the bay.",
    "From next week there will be an evening trip at nine, which the islanders had asked for at every meeting since the spring.",
]
BRIDGE = [
    "The council voted for the bridge by nine to four, after a debate that lasted until midnight and filled the hall to the last bench.",
    "Work begins in the spring on the southern bank, where the land belongs to the port, and the engineers will report every six months.",
]
ROOF = [
    "The market hall gets a new glass roof before winter, and the forty-two stalls move into the empty bus depot for eight weeks.",
    "The fishmongers go first, since they need the cold room of the depot, and the flower sellers come last, in the week before Advent.",
]


def paragraphs(texts: list[str]) -> str:
    return "".join(f"<p>{escape(text)}</p>\n" for text in texts)


def page(body: str, head: str = "", canonical: str = f"{SITE}/ferry") -> str:
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    site = '<meta property="og:site_name" content="Harbour Channel">'
    return f'<!doctype html><html lang="en"><head><meta charset="utf-8">{link}{site}{head}</head><body>{body}</body></html>'


def articles(html: str, url: str = f"{SITE}/ferry") -> list[ArticleText]:
    return [read.value for read in read_page(html, url) if isinstance(read.value, ArticleText)]


def texts(article: ArticleText) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


SINGLE = page(
    f"""
    <header class="site-header"><nav><a href="/">Home</a> <a href="/city">City</a></nav></header>
    <main><article class="post">
      <p class="category"><a href="/city">City</a></p>
      <h1>The ferry is back</h1>
      <p class="standfirst">Eleven weeks, one shaft, and no music on board.</p>
      <p class="byline">By <a rel="author" href="/a/ida">Ida Fennwick</a> and <a rel="author" href="/a/tom">Tomas Reedway</a>,
        <time datetime="2026-05-04T08:00:00+02:00">4 May 2026</time></p>
      <ul class="share-buttons"><li><a href="https://www.facebook.com/sharer.php?u=x">Facebook</a></li><li>Tweet</li></ul>
      <div class="entry">
        <iframe data-src="https://www.youtube-nocookie.com/embed/NiRferry001?rel=0"></iframe>
        {paragraphs(FERRY[:1])}
        <h2>A shaft that did not fit</h2>
        {paragraphs(FERRY[1:2])}
        <blockquote><p>We waited for the boat, and the boat waited for us.</p></blockquote>
        <p>Two things change, says the <a href="/harbour-office?utm_source=article">harbour office</a>:</p>
        <ul><li>the first trip leaves at seven in the morning</li><li>dogs need a ticket</li></ul>
        {paragraphs(FERRY[2:])}
        <p>Remember to subscribe to our channel!</p>
        <div class="newsletter-box"><h4>The harbour letter</h4><p>Our best stories in your mail box, every Saturday.</p></div>
      </div>
    </article>
    <aside class="related"><h3>More stories</h3><p><a href="/roof">A roof for the market hall</a></p></aside></main>
    <footer><p>© 2026 Harbour Channel</p><a href="https://www.youtube.com/watch?v=NiRfooter01">Our trailer</a></footer>"""
)


def test_a_page_becomes_an_article():
    (article,) = articles(SINGLE)

    assert article.url == f"{SITE}/ferry"
    assert article.title == "The ferry is back"
    assert article.published == date(2026, 5, 4)
    assert article.authors == ("Ida Fennwick", "Tomas Reedway")
    assert article.site == "Harbour Channel"
    assert article.dek == "Eleven weeks, one shaft, and no music on board."
    assert article.links == (f"{SITE}/city", f"{SITE}/harbour-office")


def test_its_paragraphs_keep_their_kinds_and_nothing_else_is_text():
    (article,) = articles(SINGLE)

    assert [(part.kind, part.text) for part in article.paragraphs] == [
        (ParagraphKind.TEXT, FERRY[0]),
        (ParagraphKind.HEADING, "A shaft that did not fit"),
        (ParagraphKind.TEXT, FERRY[1]),
        (ParagraphKind.QUOTE, "We waited for the boat, and the boat waited for us."),
        (ParagraphKind.TEXT, "Two things change, says the harbour office:"),
        (ParagraphKind.LIST, "the first trip leaves at seven in the morning"),
        (ParagraphKind.LIST, "dogs need a ticket"),
        (ParagraphKind.TEXT, FERRY[2]),
    ]


def test_its_video_is_the_embedded_one_and_not_that_of_the_footer():
    (article,) = articles(SINGLE)

    assert article.video_ids == ("NiRferry001",)
    assert article.extra["videos"] == [{"id": "NiRferry001", "where": "embedded"}]


def zox_story(title: str, address: str, texts: list[str], dek: str = "", video: str = "") -> str:
    embed = f'<iframe src="https://www.youtube.com/embed/{video}"></iframe>' if video else ""
    return f"""
      <div class="mvp-post-add-story left relative">
        <div class="mvp-post-add-head"><h3 class="mvp-post-cat"><a href="/city"><span class="mvp-post-cat">City</span></a></h3>
          <h1 class="mvp-post-title">{title}</h1><span class="mvp-post-excerpt"><p>{dek}</p></span>
          <p>Published</p> <span class="mvp-post-date"><time datetime="2026-05-02">2 May 2026</time></span>
          <p>By</p> <span class="author-name"><a href="/author/mara" rel="author">Mara Oldacre</a></span></div>
        <div class="mvp-post-add-body"><div class="mvp-post-add-main">{embed}{paragraphs(texts)}</div>
          <div class="mvp-post-add-link"><a href="{address}" rel="bookmark"><span>Continue Reading</span></a></div></div>
      </div>"""


ZOX = page(
    f"""
    <article id="mvp-article-wrap"><header id="mvp-post-head">
      <h1 class="mvp-post-title">The ferry is back</h1>
      <div class="mvp-author-info-text"><p>Published</p> <span class="mvp-post-date"><time datetime="2026-05-04">4 May</time></span>
      <p>By</p> <span class="author-name"><a href="/author/ida" rel="author">Ida Fennwick</a></span></div></header>
      <div id="mvp-content-main">{paragraphs(FERRY)}</div>
      <div class="mvp-cont-read-but-wrap"><span class="mvp-cont-read-but">Continue Reading</span></div>
      <div id="mvp-post-add-box"><div id="mvp-post-add-wrap">
        {zox_story("Nine to four for the bridge", "/bridge", BRIDGE, "Harbour Channel – News in Review – Episode 12.", "NiRbridge12")}
        {zox_story("A roof for the market hall", "/roof?utm_campaign=scroll", ROOF)}
      </div></div>
    </article>""",
    '<meta property="article:published_time" content="2026-05-04"><meta property="og:type" content="article">',
)


def test_appended_articles_are_stored_under_their_own_addresses():
    found = articles(ZOX)

    assert [(article.url, article.title) for article in found] == [
        (f"{SITE}/ferry", "The ferry is back"),
        (f"{SITE}/bridge", "Nine to four for the bridge"),
        (f"{SITE}/roof", "A roof for the market hall"),
    ]
    assert [texts(article) for article in found] == [FERRY, BRIDGE, ROOF]


def test_appended_articles_keep_their_own_dek_date_author_and_video():
    own, bridge, roof = articles(ZOX)

    assert (own.dek, own.published, own.authors, own.video_ids) == ("", date(2026, 5, 4), ("Ida Fennwick",), ())
    assert (bridge.dek, bridge.video_ids) == ("Harbour Channel – News in Review – Episode 12.", ("NiRbridge12",))
    assert (bridge.published, bridge.authors, bridge.site) == (date(2026, 5, 2), ("Mara Oldacre",), "Harbour Channel")
    assert (roof.dek, roof.video_ids) == ("", ())


def element(title: str, address: str, texts: list[str], inner: str = "") -> str:
    return f'<article><h2><a href="{address}">{title}</a></h2>{paragraphs(texts)}{inner}</article>'


def test_of_several_article_elements_the_canonical_one_is_the_pages_own_wherever_it_stands():
    body = (
        "<main>"
        + element("Nine to four", "/bridge", BRIDGE)
        + element("The ferry is back", "/ferry/", FERRY)
        + element("A roof", "/roof", ROOF)
    )

    found = articles(page(body + "</main>"))

    assert [(article.url, article.title, texts(article)) for article in found] == [
        (f"{SITE}/ferry", "The ferry is back", FERRY),
        (f"{SITE}/bridge", "Nine to four", BRIDGE),
        (f"{SITE}/roof", "A roof", ROOF),
    ]


def test_a_blogs_front_page_with_whole_posts_gives_each_under_its_address_and_none_under_its_own():
    body = (
        "<h1>Harbour Channel</h1><main>"
        + element("Nine to four", "/bridge", BRIDGE)
        + element("A roof", "/roof", ROOF)
        + "</main>"
    )

    found = articles(page(body, canonical=f"{SITE}/"), f"{SITE}/")

    assert [article.url for article in found] == [f"{SITE}/bridge", f"{SITE}/roof"]


def test_teasers_below_an_article_are_neither_articles_nor_its_text():
    teasers = "".join(
        element(f"Story {n}", f"/story-{n}", [f"Only what story {n} begins with, and then it breaks off […]"])
        for n in range(4)
    )
    body = f"<main><article><h1>The ferry is back</h1>{paragraphs(FERRY)}</article><section>{teasers}</section></main>"

    (article,) = articles(page(body))

    assert texts(article) == FERRY


@pytest.mark.parametrize("tag", ["article", "div"])
def test_a_list_of_teasers_is_no_article_and_says_so(tag):
    teasers = "".join(
        f'<{tag} class="item"><h2><a href="/story-{n}">The town and its story number {n}</a></h2>'
        f"<p>What story {n} is about can be read in one or two lines below its heading, as on every front page.</p></{tag}>"
        for n in range(8)
    )

    with pytest.raises(ArticleError, match="only lists articles"):
        articles(page(f"<h1>City</h1><main>{teasers}</main>", canonical=f"{SITE}/city"), f"{SITE}/city")


@pytest.mark.parametrize("attribute", ["data-url", "data-permalink"])
def test_containers_that_carry_an_address_are_articles_of_their_own(attribute):
    def container(title: str, address: str, texts: list[str]) -> str:
        return f'<div class="scroll" {attribute}="{address}"><h2>{title}</h2>{paragraphs(texts)}</div>'

    body = container("The ferry is back", f"{SITE}/ferry", FERRY) + container("Nine to four", "/bridge", BRIDGE)

    assert [(article.url, texts(article)) for article in articles(page(body))] == [
        (f"{SITE}/ferry", FERRY),
        (f"{SITE}/bridge", BRIDGE),
    ]


def test_first_headings_with_permalinks_part_a_page_that_wraps_nothing():
    body = (
        f'<div id="all"><h1><a href="/ferry">The ferry is back</a></h1>{paragraphs(FERRY)}'
        f'<h1><a href="/bridge">Nine to four</a></h1>{paragraphs(BRIDGE)}'
        f'<h1>A roof</h1>{paragraphs(ROOF)}<p><a href="/roof">Continue Reading →</a></p></div>'
    )

    found = articles(page(body))

    assert [(article.url, article.title, texts(article)) for article in found] == [
        (f"{SITE}/ferry", "The ferry is back", FERRY),
        (f"{SITE}/bridge", "Nine to four", BRIDGE),
        (f"{SITE}/roof", "A roof", ROOF),
    ]


def test_several_first_headings_without_addresses_are_one_article():
    body = f"<article><h1>The ferry is back</h1>{paragraphs(FERRY)}<h1>What comes next</h1>{paragraphs(ROOF)}</article>"

    (article,) = articles(page(body, '<meta property="og:title" content="The ferry is back">'))

    assert article.title == "The ferry is back"
    assert texts(article) == [*FERRY, "What comes next", *ROOF]


def test_lines_continue_reading_part_a_page_where_nothing_else_does():
    body = (
        f"<main><h1>The ferry is back</h1>{paragraphs(FERRY)}<p>Continue Reading</p>"
        f"<h2>Nine to four</h2>{paragraphs(BRIDGE)}<p><b>Continue Reading</b></p><h2>A roof</h2>{paragraphs(ROOF)}</main>"
    )

    found = articles(page(body))

    assert [(article.url, article.title, texts(article)) for article in found] == [
        (f"{SITE}/ferry", "The ferry is back", FERRY),
        (f"{SITE}/ferry#nine-to-four", "Nine to four", BRIDGE),
        (f"{SITE}/ferry#a-roof", "A roof", ROOF),
    ]


def test_a_part_with_too_little_text_is_skipped_with_a_reason_and_stops_nothing():
    html = ZOX.replace("".join(f"<p>{text}</p>\n" for text in BRIDGE), "<p>Soon.</p>")

    reads = list(read_page(html, f"{SITE}/ferry"))

    assert [read.item for read in reads] == [f"{SITE}/ferry", f"{SITE}/bridge", f"{SITE}/roof"]
    assert reads[1].outcome
    assert reads[1].outcome.state is State.SKIPPED
    assert "too little text" in reads[1].outcome.reason


def test_the_head_of_a_page_tells_what_cannot_be_seen():
    head = """<title>The ferry is back | Harbour Channel</title>
      <script type="application/ld+json">// broken { json </script>
      <script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "x"}, {
        "@type": ["NewsArticle"], "mainEntityOfPage": {"@id": "https://harbour.example/ferry"}, "headline": "The ferry is back",
        "datePublished": "2026-05-04T22:30:00Z",
        "author": [{"@type": "Person", "name": "Ida Fennwick"}, {"name": "Tomas Reedway"}],
        "video": {"@type": "VideoObject", "embedUrl": "https:\\/\\/www.youtube.com\\/embed\\/NiRferry001"}}]};</script>"""

    (article,) = articles(page(f"<div>{paragraphs(FERRY)}</div>", head))

    assert article.title == "The ferry is back"
    assert article.published == date(2026, 5, 4)
    assert article.authors == ("Ida Fennwick", "Tomas Reedway")
    assert article.video_ids == ("NiRferry001",)
    assert article.extra["videos"] == [{"id": "NiRferry001", "where": "structured"}]


def test_a_first_line_that_names_an_episode_is_the_dek():
    body = f"<article><h1>The ferry is back</h1><p><em>Harbour Channel – News in Review – Episode 55.</em></p>{paragraphs(FERRY)}</article>"

    (article,) = articles(page(body))

    assert article.dek == "Harbour Channel – News in Review – Episode 55."
    assert texts(article) == FERRY


@pytest.mark.parametrize(
    ("canonical", "url", "expected"),
    [
        ("/ferry", f"{SITE}/ferry?utm_source=feed&fbclid=1#top", f"{SITE}/ferry"),
        (f"{SITE}/ferry", "https://www.harbour.example/ferry?print=1", f"{SITE}/ferry"),
        (f"{SITE}/", f"{SITE}/ferry", f"{SITE}/ferry"),
        ("https://other.example/ferry", f"{SITE}/ferry", f"{SITE}/ferry"),
        ("", f"{SITE}/ferry?id=7&utm_medium=x", f"{SITE}/ferry?id=7"),
        (f"{SITE}/ferry", "file:///saved/ferry.html", f"{SITE}/ferry"),
        ("", "file:///saved/ferry.html", "file:///saved/ferry.html"),
    ],
)
def test_the_address_of_a_page(canonical, url, expected):
    """Its canonical link where that can be true; never somebody else's page, and never the home page."""
    (article,) = articles(
        page(f"<article><h1>The ferry is back</h1>{paragraphs(FERRY)}</article>", canonical=canonical), url
    )

    assert article.url == expected


def test_breaks_part_paragraphs_as_on_old_pages():
    body = f"<h1>The ferry is back</h1><div><p>{FERRY[0]}<br><br>{FERRY[1]}<br>\n<br />{FERRY[2]}</p></div>"

    (article,) = articles(page(body))

    assert texts(article) == FERRY


@pytest.mark.parametrize(
    "html",
    ["", " ", "<html></html>", "<p>Please log in.</p>", "<!-- nothing -->", "\x00", "<h1>Title</h1><p>Soon.</p>"],
)
def test_a_page_without_an_article_is_an_error(html):
    with pytest.raises(ArticleError):
        articles(html)


@pytest.mark.parametrize(
    ("noted", "expected"),
    [
        ([{"id": "NiRferry001", "where": "linked"}, {"id": "NiRferry002", "where": "embedded"}], {"NiRferry001"}),
        ([{"where": "linked"}, "linked", 7], set()),
        ("linked", set()),
        (None, set()),
    ],
)
def test_videos_that_are_only_linked_are_known_whatever_was_noted(noted, expected):
    assert only_linked({"videos": noted}) == expected
