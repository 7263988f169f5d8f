"""Links that hold are aligned once; a changed text is aligned again; both directions return the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from episodes.catalog import alignments, articles, episodes, links, transcripts
from episodes.config import Settings
from episodes.database import reading, writing
from episodes.models import Alignment, AlignmentChecksum
from episodes.pipeline.aligning import align_all
from episodes.pipeline.run import Run
from episodes.values import ArticleText, EpisodeInfo, Evidence, LinkStatus, ParagraphText, Verdict
from transcripts import words

NOW = datetime(2026, 5, 4, 18, 0, tzinfo=UTC)
LINES = (
    "Good evening and welcome to the programme.",
    "The ferry to the island will run all night from June on.",
    "That is good news for the fishermen, says the harbour master.",
    "Now to the bakery, which has won the prize for the best rye bread.",
)
ARTICLE = ArticleText(
    "https://harbour.example/ferry",
    "All night",
    (
        ParagraphText("The tower got a new clock last year."),
        ParagraphText("“The ferry to the island will run all night from July on,” he said."),
        ParagraphText("A prize for bread: the bakery won with its rye bread, the best of the coast."),
    ),
    published=date(2026, 5, 2),
)
FERRY, BREAD = 1, 2


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Run:
    return Run(engine, Settings.of_home(tmp_path / "home"), now=lambda: NOW)


def said(*lines: str) -> words.Transcript:
    return words.Transcript(tuple(words.Segment(n * 5.0, n * 5 + 4.5, line) for n, line in enumerate(lines)))


def catalog(run: Run, status: str = "linked") -> tuple[int, int]:
    """An episode and an article with a link in this status; gives both ids."""
    with writing(run.database) as session:
        episode, _ = episodes.put(session, EpisodeInfo("test:1", "one", "The ferry", published=NOW.date()), now=NOW)
        transcripts.put(session, episode.id or 0, said(*LINES), now=NOW)
        article, _ = articles.put(session, ARTICLE, now=NOW)
        verdict = Verdict(episode.id or 0, article.id or 0, status, 0.9, (Evidence("text", "alike", 2.0),))
        links.put_all(session, [verdict])
        return episode.id or 0, article.id or 0


def rows(run: Run) -> list[int]:
    with reading(run.database) as session:
        return [row.id or 0 for row in session.exec(select(Alignment).order_by("id"))]


def test_a_linked_pair_is_aligned_once(run: Run) -> None:
    catalog(run)

    first = align_all(run)
    assert first["aligned"] == 1
    assert first["places"] == len(rows(run)) >= 2
    before = rows(run)
    assert align_all(run) == {"aligned": 0, "places": 0}
    assert rows(run) == before


def test_from_the_paragraph_to_the_minute_and_back(run: Run) -> None:
    episode, article = catalog(run)
    align_all(run)

    with reading(run.database) as session:
        (quote,) = (one for one in alignments.of_paragraph(session, article, FERRY) if one.span.kind == "quote")
        assert quote.span.start == pytest.approx(5, abs=0.5)
        assert "June" in quote.span.said
        assert quote.text == "The ferry to the island will run all night from July on,"
        assert alignments.of_paragraph(session, article, 0) == []
        assert [one.span.paragraph for one in alignments.at_moment(session, episode, 6.0)] == [FERRY]
        assert {one.span.paragraph for one in alignments.of_episode(session, episode)} == {FERRY, BREAD}
        assert alignments.at_moment(session, episode, 999.0) == []
        assert alignments.counts(session, episode) == {article: (2, 3)}


def test_a_changed_article_and_changed_words_are_aligned_anew(run: Run) -> None:
    episode, article = catalog(run)
    align_all(run)
    with writing(run.database) as session:
        articles.put(session, replace(ARTICLE, paragraphs=ARTICLE.paragraphs[1:]), now=NOW)

    assert align_all(run)["aligned"] == 1
    with reading(run.database) as session:
        assert {one.span.paragraph for one in alignments.of_episode(session, episode)} == {0, 1}
    with writing(run.database) as session:
        transcripts.put(session, episode, said("Good evening.", *LINES), now=NOW)
    assert align_all(run)["aligned"] == 1
    with reading(run.database) as session:
        assert alignments.of_paragraph(session, article, 0)[0].span.start == pytest.approx(10, abs=0.5)


@pytest.mark.parametrize("status", ["proposed", "rejected"])
def test_what_is_not_sure_is_not_aligned(run: Run, status: str) -> None:
    catalog(run, status)

    assert align_all(run) == {"aligned": 0, "places": 0}


def test_a_confirmed_pair_is_aligned_and_a_rejected_one_forgotten(run: Run) -> None:
    episode, _ = catalog(run, "proposed")

    for status, aligned in ((LinkStatus.CONFIRMED, 1), (LinkStatus.REJECTED, 0), (LinkStatus.CONFIRMED, 1)):
        with writing(run.database) as session:
            links.decide(session, links.listed(session)[0].link.id or 0, status, now=NOW)
        assert align_all(run)["aligned"] == aligned
        with reading(run.database) as session:
            assert bool(alignments.of_episode(session, episode)) == bool(aligned)
            assert len(session.exec(select(AlignmentChecksum)).all()) == aligned


def test_a_link_that_goes_takes_its_places_along(run: Run) -> None:
    catalog(run)
    align_all(run)
    with writing(run.database) as session:
        links.put_all(session, [])

    assert rows(run) == []


def test_an_article_of_which_nothing_was_said_is_not_tried_again(run: Run) -> None:
    catalog(run)
    with writing(run.database) as session:
        articles.put(session, replace(ARTICLE, paragraphs=(ParagraphText("Völlig andere Wörter."),)), now=NOW)

    assert align_all(run) == {"aligned": 1, "places": 0}
    assert align_all(run) == {"aligned": 0, "places": 0}


def test_paragraphs_are_counted_as_their_giver_counts_them(run: Run) -> None:
    _, article = catalog(run)
    gap = (ParagraphText(""), ARTICLE.paragraphs[0], ParagraphText(""), *ARTICLE.paragraphs[1:])
    with writing(run.database) as session:
        articles.put(session, replace(ARTICLE, paragraphs=gap), now=NOW)
        assert articles.put(session, replace(ARTICLE, paragraphs=gap), now=NOW)[1] == "unchanged"
    align_all(run)

    with reading(run.database) as session:
        assert articles.paragraphs(session, article) == list(gap)
        assert alignments.of_paragraph(session, article, FERRY + 2)[-1].span.start == pytest.approx(5, abs=0.5)
