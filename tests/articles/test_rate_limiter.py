"""One pace per host, on a clock that the test owns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.articles.rate_limiter import LONGEST_DELAY, RateLimiter
from episodes.articles.robots import parse


class Clock:
    """Time passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_host_is_asked_once_a_second_and_others_do_not_wait_for_it(clock):
    limiter = RateLimiter(1.0, clock.read, clock.sleep)

    for url in ("https://a.example/1", "https://a.example/2", "https://b.example/1", "https://a.example/3"):
        limiter.wait(url)

    assert clock.slept == [1.0, 1.0]


def test_who_worked_longer_than_the_pace_does_not_wait(clock):
    limiter = RateLimiter(1.0, clock.read, clock.sleep)
    limiter.wait("https://a.example/1")
    clock.now += 0.75
    limiter.wait("https://a.example/2")
    clock.now += 3
    limiter.wait("https://a.example/3")

    assert clock.slept == [0.25]


def test_this_machine_is_asked_at_once(clock):
    limiter = RateLimiter(1.0, clock.read, clock.sleep)
    for _ in range(5):
        limiter.wait("http://127.0.0.1:8000/")
        limiter.wait("http://localhost/")

    assert clock.slept == []


def test_a_robots_txt_may_ask_for_more_and_not_for_ever(clock):
    limiter = RateLimiter(1.0, clock.read, clock.sleep)
    slow = parse("User-agent: *\nCrawl-delay: 4").crawl_delay("news-in-review")
    never = parse("User-agent: *\nCrawl-delay: 86400").crawl_delay("news-in-review")

    for pause in (slow, never, 0.0):
        limiter.wait("https://a.example/", pause)

    assert clock.slept == [4.0, LONGEST_DELAY]


@given(st.text(max_size=200))
def test_no_robots_txt_is_too_odd(text):
    found = parse(text)

    assert found.allows("https://a.example/x", "news-in-review") in (True, False)
    assert found.crawl_delay("news-in-review") >= 0


def test_rules_for_us_and_for_everybody():
    found = parse(
        "User-agent: *\nDisallow: /private/\n\nUser-agent: news-in-review\nDisallow: /\nSitemap: https://a.example/m.xml"
    )

    assert not found.allows("https://a.example/x", "news-in-review/0.1.0")
    assert found.allows("https://a.example/x", "somebody-else/1")
    assert not found.allows("https://a.example/private/x", "somebody-else/1")
    assert found.sitemaps == ["https://a.example/m.xml"]


AGENT = "news-in-review/0.1.0"


@pytest.mark.parametrize(
    ("lines", "path", "allowed"),
    [
        ("Disallow: /*?s=", "/?s=ferry", False),
        ("Disallow: /*?s=", "/page?s=ferry", False),
        ("Disallow: /*?s=", "/page?p=1", True),
        ("Disallow: /*.pdf$", "/plan.pdf", False),
        ("Disallow: /*.pdf$", "/plan.pdf?page=2", True),
        ("Disallow: /private$", "/private", False),
        ("Disallow: /private$", "/private/list", True),
        ("Disallow: /\nAllow: /news/", "/news/pier", True),
        ("Disallow: /\nAllow: /news/", "/pier", False),
        ("Allow: /\nDisallow: /drafts/", "/drafts/pier", False),
        ("Disallow: /a/*/print", "/a/2026/pier/print", False),
        ("Disallow: /br%C3%BCcke", "/brücke", False),
        ("Disallow:", "/pier", True),
        ("Disallow: /", "/robots.txt", True),
    ],
)
def test_wildcards_and_the_longest_rule(lines, path, allowed):
    for named in ("*", "news-in-review"):
        assert parse(f"\ufeffUser-agent: {named}\n{lines}").allows(f"https://a.example{path}", AGENT) is allowed


def test_a_pause_may_be_less_than_a_second_and_nonsense_is_none():
    assert parse("User-agent: *\nCrawl-delay: 2.5").crawl_delay(AGENT) == 2.5
    assert parse("User-agent: *\nCrawl-delay: soon").crawl_delay(AGENT) == 0.0
    assert parse("User-agent: other\nCrawl-delay: 4").crawl_delay(AGENT) == 0.0
