"""The front door: addresses, files and folders, each item with its own outcome."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from episodes.articles.http import Limits
from episodes.articles.read import read
from episodes.values import ArticleText, Outcome, State

PAGE = """<html><head><title>The ferry is back</title>{head}</head><body><article><h1>The ferry is back</h1>
<p>The ferry to the island runs again since Monday. It had been in dock for eleven weeks, and its first guests were school children.</p>
<p>The repair took twice as long as planned, because the new shaft did not fit and had to be turned once more across the bay.</p>
</article></body></html>"""
TWO = "The pier\n\nIt is open.\n\nContinue Reading\n\nThe bus\n\nIt stays.\n"
FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>'
LINE = {"url": "https://harbour.example/roof", "title": "The roof", "paragraphs": ["It is new."]}


def found(target: object, **options: object) -> list[ArticleText]:
    return [one.value for one in read(str(target), **options) if isinstance(one.value, ArticleText)]


def failed(target: object, **options: object) -> list[Outcome]:
    return [one.outcome for one in read(str(target), **options) if one.outcome]


def test_a_page_by_its_address(site):
    site.page("/ferry", PAGE.format(head=""))
    site.redirect("/old", "/ferry")

    (article,) = found(f"{site.base}/old", allow_private=True)

    assert (article.url, article.title, article.site) == (f"{site.base}/ferry", "The ferry is back", "127.0.0.1")


def test_plain_text_and_json_lines_by_their_address(site):
    text = site.page("/week.txt", TWO, content_type="text/plain")
    lines = site.page("/all.jsonl", json.dumps(LINE) + "\n{\n", content_type="application/octet-stream+json")
    typed = site.page("/all", json.dumps(LINE), content_type="application/x-ndjson")

    assert [article.url for article in found(text, allow_private=True)] == [f"{text}#the-pier", f"{text}#the-bus"]
    assert [article.url for article in found(lines, allow_private=True)] == [LINE["url"]]
    assert [outcome.item for outcome in failed(lines, allow_private=True)] == [f"{lines}:2"]
    assert [article.url for article in found(typed, allow_private=True)] == [LINE["url"]]


@pytest.mark.parametrize(
    ("body", "headers", "words"),
    [
        (FEED, {"content_type": "application/rss+xml"}, "this is a feed"),
        (FEED, {"content_type": "text/html"}, "this is a feed"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"/>', {"content_type": "text/xml"}, "this is a feed"),
        ("<?xml version='1.0'?><!-- x --><urlset/>", {"content_type": "application/xml"}, "this is a sitemap"),
        ("<sitemapindex></sitemapindex>", {"content_type": ""}, "this is a sitemap"),
        ('{"posts": []}', {"content_type": "application/json"}, "this is JSON"),
        ("%PDF", {"content_type": "application/pdf"}, "not a text page"),
        ("<p>Please log in.</p>", {}, "too little text"),
        ("", {}, "empty"),
        ("no", {"status": 500}, "500"),
    ],
)
def test_what_is_no_article_has_one_outcome_that_says_why(site, body, headers, words):
    url = site.page("/x", body, **headers)

    (outcome,) = failed(url, allow_private=True)

    assert (outcome.item, outcome.state) == (url, State.FAILED)
    assert words in outcome.reason


def test_an_error_behind_a_redirect_names_both_addresses(site):
    url = site.redirect("/old", "/gone")

    (outcome,) = failed(url, allow_private=True)

    assert outcome.item == url
    assert f"({site.base}/gone)" in outcome.reason


def test_this_machine_is_not_asked_unless_it_is_allowed(site):
    (outcome,) = failed(site.page("/", PAGE))

    assert "--allow-private" in outcome.reason


def test_limits_are_handed_on(site):
    (outcome,) = failed(site.page("/", PAGE), allow_private=True, limits=Limits(size=100))

    assert "larger" in outcome.reason


def test_a_page_in_another_charset(site):
    body = PAGE.format(head="").replace("bay", "Bürgersteig").encode("cp1252")

    for headers in (
        {"content_type": "text/html; charset=windows-1252"},
        {"content_type": "text/html"},
        {"content_type": "text/html; charset=utf-16"},
    ):
        (article,) = found(site.page("/x", body, **headers), allow_private=True)
        assert "across the Bürgersteig." in article.text


def test_a_saved_page_has_its_canonical_address_or_else_that_of_the_file(tmp_path):
    saved, other = tmp_path / "ferry page.html", tmp_path / "other.htm"
    saved.write_text(PAGE.format(head='<link rel="canonical" href="https://harbour.example/ferry">'), encoding="utf-8")
    other.write_text(PAGE.format(head=""), encoding="utf-8")

    assert [article.url for article in found(saved)] == ["https://harbour.example/ferry"]
    assert [article.url for article in found(other)] == [other.resolve().as_uri()]
    assert [article.url for article in found(other.as_uri())] == [other.resolve().as_uri()]
    assert [one.path for one in read(str(saved))] == [saved]


def test_a_folder_gives_all_its_files_in_order_and_a_word_about_each_that_it_cannot_read(tmp_path):
    (tmp_path / "a.txt").write_text(TWO, encoding="utf-8")
    (tmp_path / "b.html").write_text("<p>Please log in.</p>", encoding="utf-8")
    (tmp_path / "c.jpg").write_bytes(b"\xff\xd8")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "d.jsonl").write_text(json.dumps(LINE) + "\nno\n", encoding="utf-8")
    (tmp_path / ".hidden.txt").write_text(TWO, encoding="utf-8")
    (tmp_path / "e.md").write_text("# The roof\n\nIt is **new**.\n", encoding="utf-8")

    reads = list(read(str(tmp_path)))

    assert [one.value.title if isinstance(one.value, ArticleText) else one.outcome and one.outcome.state for one in reads] == [
        "The pier", "The bus", State.FAILED, State.SKIPPED, "The roof", State.FAILED, "The roof",
    ]  # fmt: skip
    assert [one.outcome.item for one in reads if one.outcome] == [
        str(tmp_path / "b.html"),
        str(tmp_path / "c.jpg"),
        f"{tmp_path / 'deep' / 'd.jsonl'}:2",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing.html", "no such file"),
        ("harbour.example/pier", "begins with http"),
        ("ftp://harbour.example/pier", "only http and https"),
    ],
)
def test_what_is_not_there_has_one_outcome(name, words):
    (outcome,) = failed(name)

    assert outcome.item == name
    assert words in outcome.reason


def test_files_of_other_kinds_and_feeds_have_one_outcome(tmp_path):
    picture, feed, empty = tmp_path / "x.jpg", tmp_path / "x.xml", tmp_path / "x.txt"
    picture.write_bytes(b"\xff")
    feed.write_text(FEED, encoding="utf-8")
    empty.write_text("", encoding="utf-8")

    reasons = [outcome.reason for path in (picture, feed, empty) for outcome in failed(path)]

    assert [
        word in reason for word, reason in zip(("no kind of file", "this is a feed", "no text"), reasons, strict=True)
    ] == [True] * 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_reported(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text(TWO, encoding="utf-8")
    path.chmod(0)

    assert "Permission denied" in failed(path)[0].reason


def test_a_page_saved_as_text_is_read_as_a_page(tmp_path):
    path = tmp_path / "ferry.txt"
    path.write_text("<!DOCTYPE html>\n" + PAGE.format(head=""), encoding="utf-8")

    assert [article.title for article in found(path)] == ["The ferry is back"]


def test_items_come_as_they_are_read(tmp_path):
    """The second file is broken only after the first item was taken: nothing is read ahead."""
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text(TWO, encoding="utf-8")
    second.write_text(TWO, encoding="utf-8")

    reads = read(str(tmp_path))
    assert isinstance(reads, Iterator)
    assert isinstance(next(reads).value, ArticleText)
    second.write_text("The late pier\n\nIt is open.", encoding="utf-8")

    assert [one.value.title for one in reads if isinstance(one.value, ArticleText)] == ["The bus", "The late pier"]


def test_the_real_articles_beside_the_project_are_read_whole():
    path = Path(__file__).parents[3] / "shared" / "eval" / "recap-2022-2023" / "articles.jsonl"
    if not path.exists():
        pytest.skip("the evaluation data is not on this machine")

    articles = found(path)

    assert len(articles) == len(path.read_text(encoding="utf-8").splitlines()) == 102
    assert failed(path) == []
    assert all(article.published and len(article.paragraphs) > 3 for article in articles)
