"""Pages that are broken in every way: an article, or an ArticleError, and nothing else."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from episodes.articles.page import read_page
from episodes.errors import ArticleError
from episodes.values import ArticleText

URL = "https://harbour.example/ferry"
WHOLE = """<!doctype html><html><head><meta charset="utf-8"><title>The ferry is back | Harbour Channel</title><base href="/x/">
<link rel="canonical" href="https://harbour.example/ferry"><meta property="og:title" content="The ferry is back">
<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "The ferry is back", "author": {"name": "Ida"},
"datePublished": "2026-05-04", "video": {"@type": "VideoObject", "embedUrl": "https://youtu.be/NiRferry001"}}]}</script></head>
<body><nav><a href="/">Home</a></nav><main><article data-url="/ferry"><h1><a href="/ferry" rel="bookmark">The ferry is back</a></h1>
<p class="dek">News in Review – Episode 12.</p><time datetime="2026-05-04">4 May 2026</time><div class="share">Share this</div>
<p>The ferry to the island runs again since Monday. It had been in dock for eleven weeks, and its first guests were school children.</p>
<blockquote>We waited for the boat.<br><br>And the boat waited for us.</blockquote><ul><li>seven<ul><li>nine</li></ul></li></ul>
<table><tr><td>a</td><td>b</td></tr></table><iframe src="https://www.youtube.com/embed/NiRferry001"></iframe></article>
<p>Continue Reading</p><article><h2><a href="/bridge">Nine to four</a></h2><p>The council voted for the bridge by nine to four, after a
debate that lasted until midnight.</p><p>Work begins in the spring on the southern bank, where the land belongs to the port.</p></article>
<div class="mvp-post-add-story"><h1>A roof</h1>
<p>The market hall gets a new glass roof before winter, and its stalls move into the empty bus depot
for eight weeks, with the fishmongers first.</p>
<a rel="bookmark" href="/roof">Continue Reading</a></div></main><footer>© 2026</footer></body></html>"""
PIECES = """<article>|</article>|<h1>|</h1>|<p>|</div>|<script>|<!--|]]>|<![CDATA[|&#0;|&#xD800;|&nbsp;|\x00|\ufffe|\u202e|<svg><title>
<a href='http://[::1'>|<base href='javascript:'>|<base href='//['>|<table><p>|<template>|<body>|<html>|<frameset>|<iframe src='//youtu.be/
<meta charset='utf-16'>|<link rel='canonical' href='//['>|<time datetime='9999-99-99'>|<article data-url='http://x:99999/'>
<br><br>|<a href='/&#0;&#1;&#xFFFE;'>|&#1;|<br>&#1;<br>&#xFFFE;|<article<a class='mvp-post-add-story'>
<h2>Continue Reading</h2>|<p>Continue Reading</p><h1>|<?xml version='1.0'?>""".replace("\n", "|").split("|")


def check(html: str) -> None:
    try:
        reads = list(read_page(html, URL))
    except ArticleError:
        return
    assert reads
    addresses = [read.value.url for read in reads if isinstance(read.value, ArticleText)]
    assert len(addresses) == len(set(addresses))
    for read in reads:
        if isinstance(read.value, ArticleText):
            assert read.value.title
            assert read.value.paragraphs
            (read.value.title + read.value.text + read.value.dek + "".join(read.value.links)).encode()


def test_the_page_that_is_mutated_is_a_good_one():
    assert [read.value and read.value.title for read in read_page(WHOLE, URL)] == ["The ferry is back", "A roof"]


def mutated(seed: int) -> str:
    """The page with a few cuts, doublings, swaps and odd pieces, the same for the same seed."""
    chance = random.Random(seed)
    text = WHOLE
    for _ in range(chance.randint(1, 12)):
        start = chance.randrange(len(text))
        end = min(len(text), start + chance.choice([1, 1, 5, 40, 300]))
        piece = chance.choice(
            ["", text[start:end] * 2, chance.choice(PIECES), chr(chance.randrange(0x11000)), text[start:end][::-1]]
        )
        text = text[:start] + piece + text[end:] or "x"
    return text


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_mutated_pages_never_crash(seed):
    check(mutated(seed))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from([*PIECES, "The ferry is back since Monday and nobody knows for how long. " * 3]), max_size=30
    ).map("".join)
)
def test_pieces_of_pages_never_crash(html):
    check(html)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_a_page_or_an_error(text):
    check(text)


@pytest.mark.parametrize("tag", ["div", "blockquote", "ul><li", "article", "b", "table><tr><td"])
def test_pages_nested_without_end(tag):
    check(f"<{tag}>" * 5000 + "The ferry is back since Monday, and nobody knows for how long. " * 10)


def test_pages_with_very_many_parts():
    check("<h1><a href='/x'>Title</a></h1><p>Some text of some length, and a little more.</p>" * 2000)
    check(
        "".join(
            f"<article><h2><a href='/{n}'>T {n}</a></h2><p>Text of one line or so.</p></article>" for n in range(500)
        )
    )
    check("<p>Continue Reading</p><h2>Title</h2><p>Text.</p>" * 500)
