"""Sites of articles: recognised, walked, resumed, refreshed; pages that change, move or are removed."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from episodes.catalog import addresses, articles, sites
from episodes.config import Settings
from episodes.database import reading, writing
from episodes.errors import NotFound
from episodes.models import ArticleRevision, Outcome
from episodes.pipeline.adding_articles import add_articles
from episodes.pipeline.run import Run
from episodes.pipeline.sites import RECHECK_AFTER, refresh
from episodes.pipeline.update import retry
from episodes.values import State
from tests.pipeline.websites import Answer, Blog, Website, page, text

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
XML = "application/xml"


@pytest.fixture
def website() -> Iterator[Website]:
    with Website() as website:
        yield website


@pytest.fixture
def blog() -> Iterator[Blog]:
    with Blog(5) as blog:
        yield blog


@pytest.fixture
def start(engine: Engine, tmp_path: Path) -> Callable[..., Run]:
    """A run on the test's catalog, at some days after now."""

    def start(days: float = 0, **settings: str) -> Run:
        home = Settings(tmp_path, engine.url.render_as_string(hide_password=False), **settings)
        return Run(engine, home, now=lambda: NOW + timedelta(days=days), allow_private=True)

    return start


def add(run: Run, *urls: str) -> dict[str, str]:
    """What becomes of each address, by path."""
    return {path(outcome.item): str(outcome.state) for outcome in add_articles(run, urls)}


def renew(run: Run) -> dict[str, str]:
    return {path(outcome.item): str(outcome.state) for outcome in refresh(run)}


def path(item: str) -> str:
    return "/" + item.split("/", 3)[3] if item.count("/") > 2 else item


def titles(run: Run) -> list[str]:
    with reading(run.database) as session:
        return sorted(row.title for row in articles.every(session))


def sitemap(*entries: tuple[str, str]) -> Answer:
    rows = "".join(f"<url><loc>{url}</loc><lastmod>{when}</lastmod></url>" for url, when in entries)
    return Answer(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>', kind=XML)


def index(*entries: tuple[str, str]) -> Answer:
    rows = "".join(f"<sitemap><loc>{url}</loc><lastmod>{when}</lastmod></sitemap>" for url, when in entries)
    return Answer(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>', kind=XML)


def feed(*items: str) -> Answer:
    rows = "".join(items)
    return Answer(
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Harbour News</title>{rows}</channel></rss>",
        kind="application/rss+xml",
    )


def item(url: str, title: str, content: str = "") -> str:
    whole = f"<content:encoded><![CDATA[{content}]]></content:encoded>" if content else ""
    about = f"<title>{title}</title><link>{url}</link><pubDate>Mon, 04 May 2026 08:00:00 GMT</pubDate>"
    return f"<item>{about}<description>About {title}</description>{whole}</item>"


def test_a_wordpress_site_is_read_by_its_posts_and_later_only_what_changed(
    start: Callable[..., Run], blog: Blog
) -> None:
    blog.per_page = 2
    run = start()

    added = add(run, blog.url)
    assert added == {f"/story-{n}/": "done" for n in range(1, 6)} | {"/": "done"}
    with reading(run.database) as session:
        row = articles.find(session, f"{blog.url}/story-3/")
        assert (row.title, row.authors, str(row.published)) == ("The bridge – part 3", ["Ada Harbour"], "2026-03-01")
        assert [one.kind for one in sites.listed(session)] == ["wordpress"]
    assert not [one for one in blog.asked() if one.startswith("/story")]

    assert renew(start(1)) == {}
    (asked,) = blog.asked()
    assert "modified_after=2026-03-01T00%3A05%3A00Z" in asked
    assert renew(start(2)) == {}
    assert blog.log[-1][1:] == (True, 304)

    blog.posts[1] |= {"modified_gmt": "2026-05-06T10:00:00", "content": {"rendered": text("new bridge", "It rained.")}}
    assert renew(start(3)) == {"/story-2/": "done", "/": "done"}
    with reading(run.database) as session:
        assert len(articles.every(session)) == 5
        changed = articles.find(session, f"{blog.url}/story-2/")
        assert articles.revisions(session, [row.id or 0 for row in articles.every(session)]) == {changed.id: 1}
        kept = session.exec(select(ArticleRevision)).one()
    assert "bridge number 2" in kept.paragraphs[0]["text"]
    assert (kept.since, kept.until) == (NOW, NOW + timedelta(days=3))


def test_an_inner_page_of_a_wordpress_site_is_just_a_page(start: Callable[..., Run], blog: Blog) -> None:
    link = '<link rel="https://api.w.org/" href="/wp-json/">'
    blog.pages["/about-the-tower/"] = page("The tower", text("tower"), link)
    run = start()

    assert add(run, f"{blog.url}/about-the-tower/") == {"/about-the-tower/": "done"}
    assert blog.asked() == ["/about-the-tower/"]
    assert titles(run) == ["The tower"]


def test_a_closed_interface_gives_way_to_the_sitemap_and_then_to_the_feed(
    start: Callable[..., Run], blog: Blog
) -> None:
    blog.closed = True
    blog.pages["/feed/"] = feed(item(f"{blog.url}/story-2/", "Two"))
    run = start()
    assert add(run, blog.url) == {"/": "done", "/story-2/": "done"}
    with reading(run.database) as session:
        assert sites.listed(session)[0].kind == "feed"

    with writing(run.database) as session:
        sites.forget(session, sites.find(session, blog.url), "articles")
    blog.pages["/sitemap.xml"] = sitemap((f"{blog.url}/story-1/", "2026-03-01"), (f"{blog.url}/story-2/", "2026-03-01"))
    assert add(run, blog.url)["/story-1/"] == "done"
    with reading(run.database) as session:
        assert sites.listed(session)[0].kind == "sitemap"
        assert len(articles.every(session)) == 2


def test_an_interface_that_is_closed_later_gives_way_too(start: Callable[..., Run], blog: Blog) -> None:
    run = start()
    add(run, blog.url)
    blog.closed = True
    blog.posts.append(blog.post(6))
    blog.pages["/sitemap.xml"] = sitemap(*((str(post["link"]), "2026-03-01") for post in blog.posts))

    assert renew(start(1))["/story-6/"] == "done"
    with reading(run.database) as session:
        assert sites.listed(session)[0].kind == "sitemap"
        assert len(articles.every(session)) == 6


@pytest.mark.parametrize(
    ("home", "state", "reason"),
    [
        (Answer("slow down", 429, headers=(("Retry-After", "3600"),)), "waiting", "429"),
        (Answer("trouble", 500), "failed", "500"),
        (Answer("<html><body>Welcome</body></html>"), "failed", "neither a sitemap nor a feed"),
    ],
    ids=["a rate limit", "a failure", "nothing else"],
)
def test_what_was_found_without_a_closed_interface_is_in_the_outcome(
    home: Answer, state: str, reason: str, start: Callable[..., Run], blog: Blog
) -> None:
    add(start(), blog.url)
    blog.closed = True
    blog.pages["/"] = home
    [outcome] = [one for one in refresh(start(1)) if path(one.item) == "/"]

    assert (outcome.state, outcome.until is not None) == (state, state == "waiting")
    assert reason in outcome.reason
    with reading(start().database) as session:
        assert len(session.exec(select(Outcome).where(Outcome.step == "limit")).all()) == (state == "waiting")


def test_an_index_of_sitemaps_is_walked_and_only_what_changed_is_read_again(
    start: Callable[..., Run], website: Website
) -> None:
    base = website.url
    for n in (1, 2, 3):
        website.pages[f"/story-{n}"] = page(f"Story {n}", text(f"mill {n}"))
    website.pages["/robots.txt"] = Answer(f"User-agent: *\nSitemap: {base}/maps.xml", kind="text/plain")
    website.pages["/"] = Answer("<html><body>Welcome</body></html>")
    website.pages["/maps.xml"] = index((f"{base}/a.xml.gz", ""), (f"{base}/b.xml", ""))
    packed = gzip.compress(str(sitemap((f"{base}/story-1", "2026-01-01"), (f"{base}/story-2", "")).body).encode())
    website.pages["/a.xml.gz"] = Answer(packed, kind="application/x-gzip")
    website.pages["/b.xml"] = sitemap((f"{base}/story-3", "2026-01-01"), ("http://elsewhere.example/x", ""))
    run = start()

    assert add(run, base) == {"/": "done", "/story-1": "done", "/story-2": "done", "/story-3": "done"}
    website.asked()
    assert renew(start(1)) == {}
    assert [(path, conditional, status) for path, conditional, status in website.log if path != "/robots.txt"] == [
        ("/maps.xml", True, 304),
        ("/a.xml.gz", True, 304),
        ("/b.xml", True, 304),
    ]
    website.asked()
    website.pages["/story-3"] = page("Story 3", text("water mill"))
    website.pages["/b.xml"] = sitemap((f"{base}/story-3", "2026-05-05"))
    assert renew(start(2)) == {"/": "done", "/story-3": "done"}
    assert website.asked() == ["/maps.xml", "/a.xml.gz", "/b.xml", "/story-3"]


def test_a_feed_is_taken_whole_where_it_is_and_its_page_else(start: Callable[..., Run], website: Website) -> None:
    base = website.url
    long = text("lighthouse") * 3
    website.pages["/feed"] = feed(
        item(f"{base}/whole?utm_source=rss", "The lighthouse", long),
        item(f"{base}/cut", "The quay", "<p>The quay […]</p>"),
    )
    website.pages["/cut"] = page("The quay", text("quay"))
    website.pages["/whole"] = page("The lighthouse", long)
    run = start()

    assert add(run, f"{base}/feed") == {"/whole": "done", "/feed": "done", "/cut": "done"}
    assert website.asked() == ["/feed", "/feed", "/cut"]
    assert renew(start(1)) == {}
    assert website.log == [("/robots.txt", False, 404), ("/feed", True, 304)]
    assert add(start(1), f"{base}/whole?utm_campaign=x") == {"/whole": "unchanged"}
    assert titles(run) == ["The lighthouse", "The quay"]
    with reading(run.database) as session:
        assert articles.revisions(session, [row.id or 0 for row in articles.every(session)]) == {}


def test_what_is_listed_and_no_article_is_passed_over(start: Callable[..., Run], website: Website) -> None:
    base = website.url
    website.pages["/feed"] = feed(item(f"{base}/show.opus", "Sound"), item(f"{base}/empty", "Nothing"))
    website.pages["/show.opus"] = Answer(b"OggS", kind="audio/ogg")
    website.pages["/empty"] = page("Nothing", "<p>Soon.</p>")

    assert add(start(), f"{base}/feed") == {"/feed": "done", "/show.opus": "skipped", "/empty": "skipped"}


def test_one_article_met_under_several_addresses_is_one(start: Callable[..., Run], website: Website) -> None:
    canonical = f'<link rel="canonical" href="{website.url}/bridge/">'
    website.pages["/bridge/"] = website.pages["/?p=7"] = page("The bridge", text("bridge"), canonical)
    website.pages["/old"] = Answer(status=301, headers=(("Location", "/bridge/"),))
    run = start()

    add(
        run, f"{website.url}/bridge/", f"{website.url}/old", f"{website.url}/?p=7", f"{website.url}/bridge?utm_source=x"
    )
    with reading(run.database) as session:
        (row,) = articles.every(session)
        met = addresses.of_articles(session, [row.id or 0])[row.id or 0]
        secure = f"{website.url}/bridge".replace("http:", "https:")
        assert articles.find(session, secure).id == row.id
    assert [path(url) for url in met[:3]] == ["/bridge/", "/old", "/?p=7"]


def test_a_page_that_is_removed_or_moves_is_recorded_and_its_article_stays(
    start: Callable[..., Run], website: Website
) -> None:
    website.pages["/pier"] = page("The pier", text("pier"))
    website.pages["/port"] = page("The port", text("port"))
    run = start()
    add(run, f"{website.url}/pier", f"{website.url}/port")
    website.pages["/pier"] = Answer("gone", 410)
    website.pages["/new-port"] = website.pages.pop("/port")
    website.pages["/port"] = Answer(status=301, headers=(("Location", "/new-port"),))
    days = RECHECK_AFTER.days + 1

    assert renew(start(1)) == {}
    seen = {path(outcome.item): outcome for outcome in refresh(start(days))}
    assert seen["/pier"].state is State.SKIPPED
    assert seen["/pier"].reason.startswith("gone since 2026-05-19")
    assert seen["/port"].reason == f"moved to {website.url}/new-port"
    later = {path(outcome.item): outcome.reason for outcome in refresh(start(2 * days))}
    assert later["/pier"].startswith("gone since 2026-05-19")
    assert titles(run) == ["The pier", "The port"]


def test_a_post_that_the_interface_has_dropped_is_noticed_and_kept(start: Callable[..., Run], blog: Blog) -> None:
    run = start()
    add(run, blog.url)
    renew(start(1))
    blog.posts = [post for post in blog.posts if post["id"] != 2]
    blog.asked()

    assert renew(start(2)) == {}
    assert not [one for one in blog.asked() if one.startswith("/story")]
    seen = {path(outcome.item): outcome.reason for outcome in refresh(start(RECHECK_AFTER.days + 2))}
    assert set(seen) == {"/story-2/"}
    assert seen["/story-2/"].startswith("gone since 2026-05-20")
    assert [one for one in blog.asked() if one.startswith("/story")] == ["/story-2/"]
    assert len(titles(run)) == 5


def test_what_a_feed_has_dropped_is_asked_for_unless_it_is_only_old(
    start: Callable[..., Run], website: Website
) -> None:
    def entry(name: str, day: int) -> str:
        return item(f"{website.url}/{name}", name.title(), text(name, "More of it. " * 40)).replace(
            "04 May", f"{day:02} May"
        )

    website.pages["/feed"] = feed(entry("pier", 3), entry("port", 2), entry("tower", 1))
    run = start()
    add(run, f"{website.url}/feed")
    renew(start(1))
    website.pages["/feed"] = feed(entry("quay", 4), entry("port", 2))
    website.asked()
    seen = {path(outcome.item): outcome.reason for outcome in refresh(start(RECHECK_AFTER.days + 2))}

    assert seen["/pier"].startswith("gone since")
    assert "/tower" not in seen
    assert len(titles(run)) == 4


def test_robots_are_obeyed_in_a_walk_and_for_a_page(start: Callable[..., Run], website: Website) -> None:
    rules = "User-agent: news-in-review\nDisallow: /secret"
    website.pages["/robots.txt"] = Answer(rules, kind="text/plain")
    website.pages["/secret/plan"] = website.pages["/open"] = page("A plan", text("plan"))
    website.pages["/map.xml"] = sitemap((f"{website.url}/secret/plan", ""), (f"{website.url}/open", ""))
    run = start()

    assert add(run, f"{website.url}/map.xml") == {"/map.xml": "done", "/secret/plan": "skipped", "/open": "done"}
    (outcome,) = add_articles(start(), [f"{website.url}/secret/plan"])
    assert (outcome.state, "robots.txt" in outcome.reason) == (State.SKIPPED, True)
    assert "/secret/plan" not in website.asked()


def test_rules_that_cannot_be_read_stop_a_walk_and_no_page_asked_for_by_name(
    start: Callable[..., Run], website: Website
) -> None:
    website.pages["/robots.txt"] = Answer("trouble", 500)
    website.pages["/open"] = page("A plan", text("plan"))
    website.pages["/map.xml"] = sitemap((f"{website.url}/open", ""))

    assert add(start(), f"{website.url}/map.xml") == {"/map.xml": "failed"}
    assert add(start(), f"{website.url}/open") == {"/open": "done"}


def test_a_site_that_asks_for_a_pause_is_left_alone_until_then(start: Callable[..., Run], website: Website) -> None:
    base = website.url
    for n in (1, 2, 3):
        website.pages[f"/story-{n}"] = page(f"Story {n}", text(f"mill {n}"))
    good = website.pages["/story-2"]
    website.pages["/story-2"] = Answer("slow down", 429, headers=(("Retry-After", "3600"),))
    website.pages["/map.xml"] = sitemap(*((f"{base}/story-{n}", "") for n in (1, 2, 3)))
    run = start()

    added = add(run, f"{base}/map.xml")
    assert (added["/story-1"], added["/story-2"], added["127.0.0.1"]) == ("done", "waiting", "waiting")
    assert "/story-3" not in website.asked()
    with writing(run.database) as session:  # the pause counts from the real clock, the run's from NOW
        limit = session.exec(select(Outcome).where(Outcome.step == "limit")).one()
        waits = session.exec(select(Outcome).where(Outcome.item == f"{base}/story-2")).one()
        limit.until = waits.until = NOW + timedelta(hours=1)
    assert renew(start(0.5 / 24)) == {"127.0.0.1": "waiting"}
    assert website.asked() == []
    website.pages["/story-2"] = good
    assert renew(start(1))["/story-2"] == "done"
    assert titles(run) == ["Story 1", "Story 2", "Story 3"]


def test_a_page_that_failed_is_tried_again(start: Callable[..., Run], website: Website) -> None:
    website.pages["/pier"] = Answer("trouble", 500)
    assert add(start(), f"{website.url}/pier") == {"/pier": "failed"}
    website.pages["/pier"] = page("The pier", text("pier"))

    assert [outcome.state for outcome in retry(start())] == [State.DONE]
    assert titles(start()) == ["The pier"]


def test_a_walk_into_private_ranges_is_refused(
    start: Callable[..., Run], website: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    """127.0.0.1 counts as public here, so what is refused is where the site sends us: another loopback address."""
    inner = website.url.replace("127.0.0.1", "127.0.0.2")
    website.pages["/map.xml"] = sitemap((f"{website.url}/trap", ""))
    website.pages["/trap"] = Answer(status=302, headers=(("Location", f"{inner}/secret"),))
    website.pages["/secret"] = page("Secret", text("secret"))
    monkeypatch.setattr("episodes.guard.hosts.is_public", lambda address: address == "127.0.0.1")
    run = start()
    run.allow_private = False

    results = {path(outcome.item): outcome for outcome in add_articles(run, [f"{website.url}/map.xml"])}
    assert results["/trap"].state is State.FAILED
    assert "127.0.0.2" in results["/trap"].reason
    assert "/secret" not in website.asked()


def test_a_forgotten_site_is_not_asked_again_and_its_articles_stay(start: Callable[..., Run], blog: Blog) -> None:
    run = start()
    add(run, blog.url)
    with writing(run.database) as session:
        sites.forget(session, sites.find(session, "harbour news"), "articles")
    blog.asked()

    assert renew(start(1)) == {}
    assert blog.asked() == []
    assert len(titles(run)) == 5
    with reading(run.database) as session, pytest.raises(NotFound, match="followed"):
        sites.find(session, blog.url)


def test_we_go_by_the_name_and_the_proxy_that_the_settings_give(start: Callable[..., Run], website: Website) -> None:
    """The website is its own proxy here: a proxied request names the whole address."""
    website.pages["http://news.invalid/pier"] = page("The pier", text("pier"))
    run = start(proxy=website.url, user_agent="harbour-archive/2")
    run.allow_private = False

    assert add(run, "http://news.invalid/pier") == {"/pier": "done"}
    assert [path for path, _, _ in website.log] == ["http://news.invalid/robots.txt", "http://news.invalid/pier"]
    assert {headers["User-Agent"] for headers in website.sent} == {"harbour-archive/2"}
