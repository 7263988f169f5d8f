"""Pure: paragraphs and lines that answer each other; and how the pages show them, on both databases."""

from __future__ import annotations

from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from episodes.catalog.alignments import AlignedParagraph
from episodes.models import Alignment, Article, Episode, Paragraph
from episodes.values import AlignmentKind
from episodes.web import addresses
from episodes.web.article_paragraphs import lines_between, page_paragraphs
from episodes.web.transcript_lines import transcript_lines, word_times
from tests.web.reading import Page
from transcripts.words import Segment, Transcript, Word

TEXT = "The mayor said: “The toll stays.” Nobody laughed."
EPISODE = Episode(id=1, identity="test:1", key="ep-1", title="One")
SPOKEN = transcript_lines(Transcript(tuple(Segment(3.0 * n, 3.0 * n + 3, f"Sentence {n}.") for n in range(10))))


def passage(
    begin: int, until: int, start: float, end: float, kind: str = AlignmentKind.QUOTE, said: str = ""
) -> AlignedParagraph:
    place = Alignment(
        link_id=1,
        position=0,
        paragraph=0,
        begin=begin,
        until=until,
        start=start,
        end=end,
        kind=kind,
        score=0.9,
        said=said,
    )
    return AlignedParagraph(place, Article(id=7, url="u", title="t", checksum=""), TEXT, quotation=False)


def shown(*passages: AlignedParagraph, words: str = "") -> object:
    (one,) = page_paragraphs(
        [Paragraph(id=1, article_id=7, position=0, text=TEXT)],
        passages,
        {1: EPISODE},
        words=words,
        lines=SPOKEN,
        paired=True,
    )
    return one


def test_what_was_said_word_for_word_is_told_apart_and_what_was_looked_for_is_marked_in_it() -> None:
    one = shown(passage(17, 32, 6.0, 9.0, said="The toll stays."), words="toll stays nobody")

    assert [(run.quoted, run.lines, [tuple(each) for each in run.pieces]) for run in one.runs] == [
        (False, "", [("The mayor said: “", False)]),
        (True, "2-2", [("The ", False), ("toll", True), (" ", False), ("stays", True), (".", False)]),
        (False, "", [("” ", False), ("Nobody", True), (" laughed.", False)]),
    ]


def test_a_misquote_has_its_difference_and_an_exact_quote_none() -> None:
    one = shown(
        passage(17, 32, 6.0, 9.0, said="The toll stays."), passage(17, 32, 21.0, 24.0, said="The toll always stays.")
    )

    assert [[(change.written, change.said) for change in moment.changes] for moment in one.moments] == [
        [],
        [("", "always")],
    ]
    assert one.lines == "2-2 7-7"


def test_addresses_hold_second_paragraph_and_words() -> None:
    (moment,) = shown(passage(0, 40, 6.4, 13.0, AlignmentKind.PARAPHRASE), words="toll & co").moments

    assert moment.href == "/e/ep-1?t=6&p=7-0&q=toll+%26+co#t-6"
    assert moment.paragraph_href == "/e/ep-1?t=6&p=7-0&q=toll+%26+co#p-7-0"
    assert parse_qs(urlsplit(moment.href).query) == {"t": ["6"], "p": ["7-0"], "q": ["toll & co"]}


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.floats(0, 40), st.floats(0, 40)), max_size=6)


@given(SPANS, st.sampled_from(["", "toll", "the mayor"]))
def test_no_place_changes_the_text(spans: list[tuple[int, int, float, float]], words: str) -> None:
    one = shown(*(passage(*sorted(span[:2]), *sorted(span[2:])) for span in spans), words=words)

    assert "".join(piece.text for run in one.runs for piece in run.pieces) == TEXT
    assert all(moment.lines and 0 <= moment.lines[0] <= moment.lines[1] < 10 for moment in one.moments)
    assert all(before.start <= after.start for before, after in pairwise(one.moments))


@pytest.mark.parametrize(
    ("start", "end", "where"),
    [(0.0, 3.0, (0, 0)), (2.9, 6.1, (1, 1)), (4.0, 7.0, (1, 2)), (4.0, 4.1, (1, 1)), (29.0, 99.0, (9, 9)), (99.0, 100.0, (9, 9))],
)  # fmt: skip
def test_lines_that_are_only_brushed_do_not_answer(start: float, end: float, where: tuple[int, int]) -> None:
    assert lines_between(SPOKEN, start, end) == where


@pytest.mark.parametrize(("text", "named"), [("7-3", (7, 3)), (" 7-0 ", (7, 0)), ("7", None), ("7-", None), ("-1-2", None),
                                             ("9999999999-1", None), ("٧-3", None), ("", None)])  # fmt: skip
def test_paragraphs_in_addresses(text: str, named: tuple[int, int] | None) -> None:
    assert addresses.parse_ref(text) == named


def test_words_have_their_seconds() -> None:
    words = (Word(1.0, 1.2, " the"), Word(1.2, 1.25, "unheard"), Word(1.5, 2.0, " bridge"), Word(2.004, 2.5, "the"))

    assert word_times(Segment(1.0, 3.0, "the bridge, the", words=words)) == "0:1 4:1.5 12:2"


def get(client: TestClient, address: str) -> Page:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def test_the_article_stands_beside_the_transcript(client: TestClient) -> None:
    page = get(client, "/e/ep-12?q=turning")

    assert page.texts("//article[@class='told']//div/p")[1].startswith("The council has voted")
    assert "2 of 3 paragraphs said here" in page.text("//article[@class='told']/p[@class='meta']")
    assert page.all("//*[@id='p-1-1']/@data-lines") == ["1-2"]
    assert page.texts("//*[@id='p-1-1']//li") == ["Said at 0:04 paraphrased"]
    assert page.texts("//*[@id='p-1-2']//*[@class='quoted']") == ["The bridge will cost ninety million,"]
    assert page.text("//*[@id='p-1-2']//*[@class='differs']") == "Differs: “ninety” was written, “eighty” was said."
    toward = page.one("//li[@id='t-4']/span[@class='toward']/a")
    assert toward.get("href") == "/e/ep-12?t=4&p=1-1&q=turning#p-1-1"
    assert page.all(f"//*[@id='{toward.get('data-paragraph')}']")


def test_every_link_between_the_two_leads_somewhere(client: TestClient) -> None:
    page = get(client, "/e/ep-12")
    links = (
        page.all("//*[@class='toward']/a/@href")
        + page.all("//a[@class='spot']/@href")
        + page.all("//a[@class='pilcrow']/@href")
    )

    assert len(links) == 2 + 2 + 3
    for link in links:
        address, _, anchor = link.partition("#")
        assert get(client, address).all(f"//*[@id='{anchor}']"), link


def test_a_shared_place_shows_second_and_paragraph(client: TestClient) -> None:
    for address in ("/e/ep-12?t=27&p=1-2", "/e/ep-12?p=1-2"):
        page = get(client, address)
        assert page.texts("//li[contains(@class, 'here')]/p") == ["The bridge will cost eighty million."], address
        assert page.all("//div[@class='par here']/@id") == ["p-1-2"]
        assert len(page.all("//*[@aria-current='true']")) == 2


@pytest.mark.parametrize("odd", ["1-99", "99-1", "x", "1-2-3", "²-1", "-", "0-0"])
def test_a_paragraph_that_is_not_there_is_passed_over(client: TestClient, odd: str) -> None:
    page = get(client, f"/e/ep-12?p={odd}")

    assert not page.all("//*[@aria-current='true']")


def test_an_articles_paragraph_leads_to_its_minute(client: TestClient) -> None:
    page = get(client, "/a/1?q=bridge")
    spots = page.all("//a[@class='spot']/@href")

    assert spots == ["/e/ep-12?t=4&p=1-1&q=bridge#t-4", "/e/ep-12?t=26&p=1-2&q=bridge#t-26"]
    assert page.texts("//*[@class='differs']") == ["Differs: “ninety” was written, “eighty” was said."]
    assert get(client, spots[1].partition("#")[0]).text("//li[contains(@class, 'here')]/p").startswith("The bridge")


def test_proposed_articles_are_named_and_not_shown_whole(client: TestClient) -> None:
    page = get(client, "/e/ep-13")

    assert page.texts("//li[@class='card unsure']/h3") == ["High water in the valley"]
    assert len(page.all("//article[@class='told']")) == 1
