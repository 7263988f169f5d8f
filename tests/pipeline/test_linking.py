"""``nir link`` looks at what is new, with the same result as looking at everything, on both databases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from episodes.catalog import articles, episodes, linking_state, links, transcripts
from episodes.config import Settings
from episodes.database import reading, writing
from episodes.linking import ArticleCandidate, EpisodeText, incremental, serialization
from episodes.pipeline import linking
from episodes.pipeline.linking import link_all
from episodes.pipeline.run import Run
from episodes.values import ArticleText, EpisodeInfo, LinkStatus, ParagraphText
from tests.linking.town import town
from transcripts.words import Segment, Transcript

NOW = datetime(2026, 5, 4, tzinfo=UTC)
EPISODES, ARTICLES = town(40)


@pytest.fixture
def run(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A catalog of thirty episodes and articles, linked; small as it is, it is remembered."""
    monkeypatch.setattr(incremental, "SMALL", 0)
    monkeypatch.setattr(incremental, "MOST_STALE", 1.0)
    run = Run(engine, Settings.of_home(tmp_path / "home"), now=lambda: NOW)
    store(run, EPISODES[:30], ARTICLES[:30])
    link_all(run)
    return run


def store(run: Run, some: Iterable[EpisodeText] = (), pages: Iterable[ArticleCandidate] = ()) -> None:
    with writing(run.database) as session:
        for one in some:
            info = EpisodeInfo(f"made:{one.id}", f"e{one.id}", one.title, show=one.show, number=one.number)
            row, _ = episodes.put(session, info, now=NOW)
            transcripts.put(session, row.id or 0, Transcript((Segment(0.0, 60.0, one.text),)), now=NOW)
        for page in pages:
            text = ArticleText(page.url, page.title, (ParagraphText(page.text),), page.published)
            articles.put(session, text, now=NOW)


def statuses(run: Run) -> dict[tuple[str, str], tuple[str, float]]:
    with reading(run.database) as session:
        return {
            (one.episode.key, one.article.url): (one.link.status, one.link.confidence) for one in links.listed(session)
        }


def same_as_anew(run: Run) -> None:
    before = statuses(run)
    link_all(run, anew=True)
    after = statuses(run)

    assert {pair: status for pair, (status, _) in before.items()} == {
        pair: status for pair, (status, _) in after.items()
    }
    assert [sure for _, sure in before.values()] == pytest.approx([sure for _, sure in after.values()], abs=0.02)


def read(run: Run) -> list[str]:
    """The statements on texts that linking once more needs."""
    statements: list[str] = []

    def note(*values: object) -> None:
        statements.append(str(values[2]))

    event.listen(run.database, "before_cursor_execute", note)
    link_all(run)
    event.remove(run.database, "before_cursor_execute", note)
    return [one for one in statements if "segment.text" in one or "paragraph.text" in one]


def test_new_texts_one_by_one(run: Run) -> None:
    for number in range(30, 36):
        store(run, EPISODES[number : number + 1])
        link_all(run)
        store(run, (), ARTICLES[number : number + 1])
        found = link_all(run)

    assert found["linked"] >= 35
    same_as_anew(run)


def test_an_article_that_changes(run: Run) -> None:
    other = ARTICLES[35]
    changed = ArticleCandidate(0, ARTICLES[3].url, other.title, text=other.text, published=ARTICLES[3].published)
    store(run, (), [changed])
    found = link_all(run)

    assert found["gone"] >= 1
    assert ("e4", ARTICLES[3].url) not in statuses(run)
    same_as_anew(run)


def test_where_nothing_is_new_no_text_is_read(run: Run) -> None:
    assert read(run) == []


def test_a_new_episode_is_not_compared_with_everything(run: Run) -> None:
    store(run, EPISODES[30:31])

    assert all(" IN (" in one for one in read(run))


def test_a_word_and_its_taking_back(run: Run) -> None:
    before = statuses(run)
    with writing(run.database) as session:
        first = next(one.link.id or 0 for one in links.listed(session) if one.episode.key == "e1")
        links.decide(session, first, LinkStatus.REJECTED, now=NOW)
    link_all(run)
    assert statuses(run)["e1", ARTICLES[0].url][0] == "rejected"
    same_as_anew(run)

    with writing(run.database) as session:
        links.take_back(session, first)
    link_all(run)
    assert {pair: status for pair, (status, _) in statuses(run).items()} == {
        pair: status for pair, (status, _) in before.items()
    }


def test_another_method_or_a_lost_memory_links_everything(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing(run.database) as session:
        linking_state.put(session, {"episodes.ids": b"broken"})
    store(run, EPISODES[30:31])
    link_all(run)
    monkeypatch.setattr("episodes.pipeline.linking.VERSION", 99)

    assert read(run) != []
    same_as_anew(run)


def test_a_small_catalog_remembers_only_what_it_has_seen(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incremental, "SMALL", 200)
    link_all(run, anew=True)

    with reading(run.database) as session:
        assert linking_state.load(session, serialization.BASE_PARTS + serialization.FRESH_PARTS) == {}
    assert read(run) == []
    store(run, EPISODES[30:31])
    assert read(run) != []


def test_where_nothing_is_new_nothing_is_written_and_few_questions_are_asked(run: Run) -> None:
    statements: list[str] = []
    event.listen(run.database, "before_cursor_execute", lambda *values: statements.append(str(values[2])))
    link_all(run)

    asked = [one for one in statements if not one.startswith("BEGIN")]
    assert all(one.startswith("SELECT") for one in asked)
    assert len(asked) < 10


def test_a_run_that_linked_meanwhile_is_not_undone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking and writing another run brings an episode and its article, and links them."""
    store(run, EPISODES[30:31], ARTICLES[30:31])
    decide, others = linking.link_catalog, [EPISODES[31:32]]

    def meanwhile(*values: Any, **more: Any) -> Any:
        made = decide(*values, **more)
        if others:
            store(run, others.pop(), ARTICLES[31:32])
            link_all(run, anew=True)
        return made

    monkeypatch.setattr(linking, "link_catalog", meanwhile)
    link_all(run, anew=True)

    assert {("e31", ARTICLES[30].url), ("e32", ARTICLES[31].url)} <= statuses(run).keys()
    same_as_anew(run)
