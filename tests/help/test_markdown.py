"""Markdown becomes HTML that a page can trust."""

from __future__ import annotations

import pytest
from lxml import html as lxml

from episodes.help.markdown import html
from episodes.help.topics import Topic, topics

ALLOWED = {
    "h1",
    "h2",
    "h3",
    "p",
    "pre",
    "code",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "a",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}


@pytest.mark.parametrize("topic", topics().values(), ids=lambda topic: topic.name)
def test_every_topic_is_plain_html(topic: Topic) -> None:
    page = lxml.fragment_fromstring(html(topic.text), create_parent="article")

    assert {element.tag for element in page.iterdescendants()} <= ALLOWED
    assert page.xpath("string(h1)") == topic.title
    ids = page.xpath(".//@id")
    assert len(ids) == len(set(ids)) >= 1
    assert all(address.startswith(("/help/", "http://127.0.0.1:", "https://")) for address in page.xpath(".//@href"))


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "<b>bold</b>", "[x](javascript:alert(1))"],
)
def test_raw_html_and_scripts_stay_text(hostile: str) -> None:
    page = lxml.fragment_fromstring(html(hostile), create_parent=True)

    assert page.xpath("string()").strip() == hostile
    assert not page.xpath(".//script | .//img | .//b | .//@href")


def test_a_topic_that_is_named_is_a_link() -> None:
    assert html("See `nir help search`.") == '<p>See <a href="/help/search"><code>nir help search</code></a>.</p>\n'
    assert "<a" not in html("See `nir help xyzzy`.")


def test_headings_have_ids() -> None:
    assert html("## What you can type") == '<h2 id="what-you-can-type">What you can type</h2>\n'
