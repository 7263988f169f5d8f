"""Whether a link holds is the same everywhere: lists, search, alignment, export, page, prompt."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.testclient import TestClient

from episodes.catalog import alignments, articles, browsing, counterparts, episodes, links, transcripts
from episodes.database import reading, writing
from episodes.models import Episode
from episodes.pipeline.markdown import write_markdown
from episodes.pipeline.vocabulary import prompt_for
from episodes.search import index
from episodes.search.find import find
from episodes.values import AlignedSpan, AlignmentKind, ArticleText, EpisodeInfo, LinkStatus, ParagraphText, Verdict
from episodes.web.app import application
from episodes.web.settings import Site
from transcripts.words import Segment, Transcript

NOW = datetime(2026, 5, 4, 18, 0, tzinfo=UTC)
DAY = date(2026, 5, 4)
SAID = Transcript((Segment(0, 5, "The windmill is going to turn again."), Segment(5, 9, "Good night.")))
ARTICLE = ArticleText(
    "https://valley.example/mill",
    "Grain again",
    (ParagraphText("Old Barnaby Quillfeather has mended the windmill, and the windmill is going to turn again."),),
)


@pytest.fixture(params=list(LinkStatus))
def status(request: pytest.FixtureRequest) -> LinkStatus:
    found: LinkStatus = request.param
    return found


@pytest.fixture
def holds(status: LinkStatus) -> bool:
    return status in ("linked", "confirmed")


@pytest.fixture
def catalog(engine: Engine, status: LinkStatus) -> Engine:
    """One episode and one article with a link in this status, a place in it noted whatever its status."""
    with writing(engine) as session:
        info = EpisodeInfo("test:1", "one", "The mill", show="Valley News", published=DAY)
        episode, _ = episodes.put(session, info, now=NOW)
        transcripts.put(session, episode.id or 0, SAID, now=NOW)
        article, _ = articles.put(session, ARTICLE, now=NOW)
        links.put_all(session, [Verdict(episode.id or 0, article.id or 0, status, 0.9, ())])
        (one,) = links.listed(session)
        place = AlignedSpan(0, 42, 88, 0.0, 5.0, AlignmentKind.QUOTE, 0.9, "The windmill is going to turn again.")
        alignments.put(session, one.link.id or 0, [place], checksum="an earlier run's")
        index.index_episode(session, episode.id or 0)
        index.index_article(session, article.id or 0)
    return engine


@pytest.fixture
def session(catalog: Engine) -> Iterator[Session]:
    with reading(catalog) as session:
        yield session


def test_lists_and_plots(session: Session, holds: bool) -> None:
    assert browsing.linked_ids(session, [1]) == ({1} if holds else set())
    assert [month.linked for month in browsing.months(session)] == [int(holds)]
    assert [one.holds for one in links.listed(session)] == [holds]


def test_alignment(session: Session, holds: bool) -> None:
    assert len(alignments.due(session, 1)) == int(holds)
    assert bool(alignments.of_episode(session, 1)) is holds
    assert (alignments.orphaned(session) == []) is holds
    assert bool(counterparts.of_episodes(session, ["one"])) is holds


def test_search(session: Session, holds: bool) -> None:
    hits = {hit.source: hit for hit in find(session, "windmill").hits}
    assert hits["said"].article == (ARTICLE.url if holds else None)
    assert hits["written"].episode == ("one" if holds else None)
    of_show = {hit.source for hit in find(session, "windmill", show="Valley News").hits}
    assert of_show == ({"said", "written"} if holds else {"said"})


def test_what_is_exported_and_the_prompt_for_whisper(session: Session, holds: bool) -> None:
    written = io.StringIO()
    row = session.get_one(Episode, 1)
    write_markdown(session, row, SAID, written)

    assert (ARTICLE.url in written.getvalue()) is holds
    assert ("Quillfeather" in prompt_for(session, row)) is holds


def test_pages(catalog: Engine, tmp_path: Path, status: LinkStatus, holds: bool) -> None:
    with TestClient(application(Site(catalog, tmp_path)), base_url="http://localhost") as client:
        of_episode = client.get("/e/one").text
        about = client.get("/about").text

    assert ("associatedArticle" in of_episode) is holds  # for search engines
    assert ("Quillfeather" in of_episode) is holds  # beside the transcript, whole
    assert ('class="card unsure"' in of_episode) is (status == "proposed")
    assert f"<dt>Links between them</dt><dd>{int(holds)}</dd>" in about
