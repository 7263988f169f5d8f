"""Captions stand where their images stood, each once, and as what they are."""

from __future__ import annotations

from episodes.articles.feed_entry import Entry, entry_article
from episodes.articles.page import read_page
from episodes.values import ArticleText

URL = "https://harbour.example/tower"
PARTS = [
    "The tower on the hill was opened again on Saturday, after nine years of work and two changes of the architect.",
    "Visitors climbed the steps from early morning on, and some of them waited for an hour in the narrow lane below.",
    "The town pays a third of the cost, and the county the rest, which was disputed until the last week before the feast.",
]


def body(*captions: str) -> str:
    figures = [f"<figure><img src='/{n}.jpg'>{caption}</figure>" for n, caption in enumerate(captions)]
    return f"<p>{PARTS[0]}</p>{figures[0]}<p>{PARTS[1]}</p><p>{PARTS[2]}</p>{''.join(figures[1:])}"


def seen(article: ArticleText) -> list[tuple[str, str]]:
    return [(str(part.kind), part.text) for part in article.paragraphs]


def on_page(html: str) -> ArticleText:
    page = f"<html><head><title>The tower</title></head><body><article><h1>The tower</h1>{html}</article></body></html>"
    (read,) = read_page(page, URL)
    assert isinstance(read.value, ArticleText)
    return read.value


EXPECTED = [
    ("text", PARTS[0]),
    ("caption", "The tower seen from the old bridge"),
    ("text", PARTS[1]),
    ("text", PARTS[2]),
    ("caption", "Steps to the top, newly laid in granite"),
]


def test_captions_stand_behind_the_paragraph_that_they_followed():
    html = body(
        "<figcaption>The tower seen from the old bridge</figcaption>",
        "<p class='wp-caption-text'>Steps to the top, newly laid in granite</p>",
        "<figcaption>Photo: Harbour</figcaption>",
    )

    assert seen(on_page(html)) == EXPECTED
    assert seen(entry_article(Entry(URL, "The tower", html=html))) == EXPECTED


def test_the_same_caption_twice_is_one():
    same = "<figcaption>The tower seen from the old bridge</figcaption>"

    assert [text for kind, text in seen(on_page(body(same, same))) if kind == "caption"] == [
        "The tower seen from the old bridge"
    ]
