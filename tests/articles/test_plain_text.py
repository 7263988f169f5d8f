"""Plain text and Markdown: parts between "Continue Reading", the lines under a title, addresses that stay."""

from __future__ import annotations

from datetime import date
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from episodes.articles.plain_text import read_plain_text
from episodes.articles.text_header import is_byline, names_episode, url_line
from episodes.values import ArticleText, ParagraphKind, State

BASE = "file:///articles/week.txt"
FOUR = """\
The pier opens again
By A. Writer
May 4, 2026

The pier has been open since Monday. It had been
closed for a year after the storm.

On Sunday a band will play.

Continue Reading →

Bees on the town hall
2026-05-05

The town hall keeps four hives on its roof.

CONTINUE READING

Who pays for the ferry?
Harbour Channel – News in Review – Episode 55.

The ferry costs more than it brings in, and the islanders are asked to pay.

The mayor said so in the programme: https://youtu.be/NiRferry055

» Read more «

The night bus stays

The night bus will run for another year. See https://harbour.example/buses?utm_source=paper.
"""


def articles(text: str, base: str = BASE, *, markdown: bool = False) -> list[ArticleText]:
    return [
        read.value for read in read_plain_text(text, base, markdown=markdown) if isinstance(read.value, ArticleText)
    ]


def texts(article: ArticleText) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def test_four_articles_stand_between_lines_continue_reading():
    found = articles(FOUR)

    assert [article.title for article in found] == [
        "The pier opens again",
        "Bees on the town hall",
        "Who pays for the ferry?",
        "The night bus stays",
    ]
    assert [article.dek for article in found] == ["", "", "Harbour Channel – News in Review – Episode 55.", ""]
    assert all("Episode" not in article.text and "ontinue" not in article.text for article in found)


def test_each_has_an_address_date_author_and_video_of_its_own():
    pier, bees, ferry, bus = articles(FOUR)

    assert (pier.url, pier.published, pier.authors) == (
        f"{BASE}#the-pier-opens-again",
        date(2026, 5, 4),
        ("A. Writer",),
    )
    assert (bees.url, bees.published, bees.authors) == (f"{BASE}#bees-on-the-town-hall", date(2026, 5, 5), ())
    assert (ferry.url, ferry.video_ids) == (f"{BASE}#who-pays-for-the-ferry", ("NiRferry055",))
    assert (bus.url, bus.links, bus.video_ids) == (
        f"{BASE}#the-night-bus-stays",
        ("https://harbour.example/buses",),
        (),
    )


def test_lines_of_a_paragraph_are_joined():
    assert texts(articles(FOUR)[0]) == [
        "The pier has been open since Monday. It had been closed for a year after the storm.",
        "On Sunday a band will play.",
    ]


def test_an_address_does_not_change_when_its_neighbours_do():
    parts = FOUR.split("Continue Reading →")

    assert {article.url for article in articles(parts[1])} < {article.url for article in articles(FOUR)}


@pytest.mark.parametrize(
    "line",
    [
        "Continue Reading",
        "continue reading",
        "CONTINUE READING →",
        "→ Continue Reading",
        "Continue Reading…",
        "Continue reading »",
        "Read more",
        "READ MORE >>",
        "[Continue Reading]",
        "*Continue Reading*",
        "Keep reading",
        "  Continue   Reading  ",
        "Read the full story",
    ],
)
def test_lines_that_part_articles(line):
    assert [a.title for a in articles(f"One title\n\nIts text.\n{line}\nAnother title\n\nIts text.")] == [
        "One title",
        "Another title",
    ]


@pytest.mark.parametrize(
    "line", ["Continue reading the newspaper, said the teacher.", "They read more books than ever.", "Readmore"]
)
def test_sentences_that_part_nothing(line):
    (article,) = articles(f"One title\n\n{line}\n\nIts text.")

    assert texts(article) == [line, "Its text."]


def test_what_follows_without_a_title_goes_on_with_the_article_above():
    long = (
        "The repair took twice as long as planned, because the new shaft did not fit and had to be turned once more in the yard "
        * 2
    )

    (article,) = articles(f"One title\n\nIts text.\n\nContinue Reading\n\n{long}\n\nThe end.")

    assert texts(article) == ["Its text.", long.strip(), "The end."]


def test_an_address_in_the_part_is_its_own():
    for text in (
        "The pier\nhttps://harbour.example/pier?utm_source=mail\n\nIt is open.",
        "https://harbour.example/pier\nThe pier\n\nIt is open.",
        "The pier\n\nIt is open.\n\nSource: https://harbour.example/pier#top",
    ):
        (article,) = articles(text)
        assert (article.url, article.title, texts(article)) == (
            "https://harbour.example/pier",
            "The pier",
            ["It is open."],
        )


def test_a_videos_address_is_not_the_articles():
    (article,) = articles("The pier\nhttps://www.youtube.com/watch?v=NiRpier0001\n\nIt is open.")

    assert (article.url, article.video_ids, texts(article)) == (f"{BASE}#the-pier", ("NiRpier0001",), ["It is open."])


def test_parts_with_the_same_title_or_address_stay_apart():
    same = "The pier\n\nIt is open.\n"

    assert [a.url for a in articles(f"{same}Continue Reading\n{same}")] == [f"{BASE}#the-pier", f"{BASE}#the-pier-2"]


def test_paragraphs_one_a_line():
    text = "The pier\nIt has been open since Monday.\nOn Sunday a band will play.\n“Come all,” said the mayor."

    assert texts(articles(text)[0]) == [
        "It has been open since Monday.",
        "On Sunday a band will play.",
        "“Come all,” said the mayor.",
    ]


def test_a_single_wrapped_paragraph_is_one():
    text = "The pier\n\nIt has been open since Monday and on\nSunday a band will play there if the\nwind allows it."

    assert texts(articles(text)[0]) == [
        "It has been open since Monday and on Sunday a band will play there if the wind allows it."
    ]


def test_a_page_copied_from_a_browser():
    text = """
        Share
        The pier

        Harbour Channel – News in Review – Episode 55.

        Published

        1 year ago

        on

        May 4, 2026

        By

        Ida Fennwick

        Facebook
        Twitter

        The pier is open.

        Remember to subscribe to our newsletter!
        Like this year, the band plays on Sunday.
        """

    (article,) = articles(text)

    assert (article.title, article.dek) == ("The pier", "Harbour Channel – News in Review – Episode 55.")
    assert (article.published, article.authors) == (date(2026, 5, 4), ("Ida Fennwick",))
    assert texts(article)[0] == "The pier is open."


def test_a_title_without_text_is_reported_and_stops_nothing():
    reads = list(read_plain_text("The pier\n\nContinue Reading\n\nThe bus\n\nIt stays.", BASE))

    assert reads[0].outcome
    assert (reads[0].outcome.state, reads[0].outcome.title) == (State.FAILED, "The pier")
    assert [read.value is None for read in reads] == [True, False]


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", "Continue Reading\nRead more"])
def test_no_text_at_all_is_reported(text):
    (read,) = read_plain_text(text, BASE)

    assert read.outcome
    assert read.outcome.state is State.FAILED


def test_a_text_without_a_title_is_called_by_its_first_words():
    text = (
        "The repair took twice as long as planned, because the new shaft did not fit and had to be turned "
        + "and turned " * 10
    )
    text = text.strip()

    (article,) = articles(text)

    assert article.title == "The repair took twice as long as planned, because the new shaft …"
    assert texts(article) == [text]


MARKDOWN = """\
---
title: "The pier"
subtitle: Open again
date: 2026-05-04
authors: [Ida Fennwick, Tomas Reedway]
canonical_url: https://harbour.example/pier
---

# The pier

The *pier* is **open**, says the [harbour office](https://harbour.example/office).

![A picture](pier.jpg)

## What it cost

> Less than a ferry, more than a boat.

- wood
- nails and `glue_for_wood`

https://youtu.be/NiRpier0001
"""


def test_markdown_with_front_matter():
    (article,) = articles(MARKDOWN, markdown=True)

    assert (article.url, article.title, article.dek) == ("https://harbour.example/pier", "The pier", "Open again")
    assert (article.published, article.authors) == (date(2026, 5, 4), ("Ida Fennwick", "Tomas Reedway"))
    assert (article.video_ids, article.links[0]) == (("NiRpier0001",), "https://harbour.example/office")
    assert [(part.kind, part.text) for part in article.paragraphs] == [
        (ParagraphKind.TEXT, "The pier is open, says the harbour office."),
        (ParagraphKind.HEADING, "What it cost"),
        (ParagraphKind.QUOTE, "Less than a ferry, more than a boat."),
        (ParagraphKind.LIST, "wood"),
        (ParagraphKind.LIST, "nails and `glue_for_wood`"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "By A. Writer",
        "By Ida Fennwick and Tomas Reedway",
        "by J. de la Cruz, 4 May 2026",
        "Written by: Ida Fennwick",
        "By Ida Fennwick | May 4, 2026",
        "Published 2 days ago on May 4, 2026 By A. Writer",
        "Author: Ida Fennwick",
    ],
)
def test_bylines(line):
    assert is_byline(line)


@pytest.mark.parametrize(
    "line",
    [
        "By Monday the ferry was back.",
        "By the sea, it rained.",
        "Ida Fennwick",
        "By",
        "By the way",
        "Byron and Shelley",
    ],
)
def test_lines_that_are_no_bylines(line):
    assert not is_byline(line)


@pytest.mark.parametrize(
    "line", ["Harbour Channel – News in Review – Episode 12.", "News in Review #55", "Ep. 7", "Season 2, Episode 3"]
)
def test_lines_that_name_an_episode(line):
    assert names_episode(line)


@pytest.mark.parametrize(
    "line", ["In the last episode we said nothing.", "Episode", "12 people came.", "The 55 bus", ""]
)
def test_lines_that_name_none(line):
    assert not names_episode(line)


@given(st.text(max_size=300))
def test_no_line_is_too_odd_for_the_header(line):
    assert is_byline(line) in (True, False)
    assert isinstance(url_line(line), str)
    assert names_episode(line) in (True, False)


LINES = st.one_of(
    st.sampled_from(
        [
            "Continue Reading",
            "Read more →",
            "",
            "---",
            "By",
            "By A. Writer",
            "2026-05-04",
            "# Title",
            "> a",
            "- b",
            "Episode 12.",
            "https://harbour.example/x",
            "https://youtu.be/NiRpier0001",
            "http://[::1",
            "title: x",
            "Share",
            "***",
        ]
    ),
    st.text(max_size=60),
)


@given(st.lists(LINES, max_size=25).map("\n".join), st.booleans())
@example("---\ntitle: x\n---", True)
@example("\ud800\x00\u2028", False)
def test_no_text_is_too_odd(text, markdown):
    reads = list(read_plain_text(text, BASE, markdown=markdown))

    assert reads
    for read in reads:
        assert (read.value is None) != (read.outcome is None)
        if isinstance(read.value, ArticleText):
            assert read.value.title
            assert all(part.text == " ".join(part.text.split()) for part in read.value.paragraphs)
            (read.value.text + read.value.title + read.value.dek).encode()
    addresses = [read.item for read in reads if read.value]
    assert len(addresses) == len(set(addresses))


WORDS = st.lists(
    st.sampled_from(["pier", "ferry", "mayor", "roof", "wind", "harbour", "bus", "bees", "island"]),
    min_size=3,
    max_size=9,
)
#: A line that says the title again is no text of its own.
PART = st.tuples(WORDS, st.lists(WORDS, min_size=1, max_size=4)).filter(lambda part: part[0] not in part[1])


@settings(max_examples=60)
@given(st.lists(PART, min_size=1, max_size=5, unique_by=lambda part: " ".join(part[0])))
def test_what_is_written_is_what_is_read(parts):
    """Titles and paragraphs written with a separator between them come back as they were."""
    written = [(" ".join(["The", *title]), [" ".join(["The", *text]) + "." for text in body]) for title, body in parts]

    found = articles("\n\nContinue Reading\n\n".join("\n\n".join([title, *body]) for title, body in written))

    assert [(article.title, texts(article)) for article in found] == written
    for article, (title, _) in zip(found, written, strict=True):
        base, _, name = unquote(article.url).partition("#")
        assert base == BASE
        assert "-".join(title.lower().split()).startswith(name)
