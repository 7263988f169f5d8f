"""People decide: one key a link, all the sure ones at once, taken back, taken along."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from episodes.catalog import articles, episodes, links, transcripts
from episodes.cli.opening import open_catalog
from episodes.database import reading, writing
from episodes.values import ArticleText, EpisodeInfo, Evidence, ParagraphText, Verdict
from tests.conftest import Ran
from tests.pipeline.test_update import NOW
from transcripts.words import Segment, Transcript

Nir = Callable[..., Ran]


@pytest.fixture
def proposed() -> Engine:
    """Three proposed links, of confidence 0.9, 0.6 and 0.3."""
    engine = open_catalog()
    with writing(engine) as session:
        verdicts = []
        for number, confidence in enumerate((0.9, 0.6, 0.3), 1):
            info = EpisodeInfo(
                f"fake:{number}", f"ep{number}", f"Episode {number}", url=f"https://video.example/{number}"
            )
            article = ArticleText(f"https://harbour.example/{number}", f"Article {number}", (ParagraphText("Text."),))
            row, _ = episodes.put(session, info, now=NOW)
            page, _ = articles.put(session, article, now=NOW)
            why = (Evidence("text", "they are alike", 1.0), Evidence("dates", "months apart", -1.0))
            verdicts.append(Verdict(row.id or 0, page.id or 0, "proposed", confidence, why))
        links.put_all(session, verdicts)
    return engine


def statuses(engine: Engine) -> dict[str, str]:
    with reading(engine) as session:
        return {one.episode.key: one.link.status for one in links.listed(session)}


def type_in(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(keys))


def test_one_key_a_link(nir: Nir, proposed: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "y\ns\nn\n")
    shown = nir("links", "review")

    assert statuses(proposed) == {"ep1": "confirmed", "ep2": "proposed", "ep3": "rejected"}
    assert "they are alike" in shown.out
    assert "1 confirmed, 1 rejected, 1 still open" in shown.out


def test_undo_goes_back_and_takes_the_word_back(nir: Nir, proposed: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "nuyq")
    nir("links", "review")

    assert statuses(proposed) == {"ep1": "confirmed", "ep2": "proposed", "ep3": "proposed"}


@pytest.mark.parametrize("keys", ["", "q", "?x"])
def test_stopping_decides_nothing(nir: Nir, proposed: Engine, monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    type_in(monkeypatch, keys)

    assert nir("links", "review").code == 0
    assert set(statuses(proposed).values()) == {"proposed"}


def test_open_shows_both_ends(nir: Nir, proposed: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) is None)
    type_in(monkeypatch, "oq")
    nir("links", "review")

    assert opened == ["https://video.example/1", "https://harbour.example/1"]


def test_nothing_to_review(nir: Nir) -> None:
    assert "no proposed links to review" in nir("links", "review").out


def test_the_sure_ones_together(nir: Nir, proposed: Engine) -> None:
    assert nir("confirm", "--above", "0.5").code == 0
    assert statuses(proposed) == {"ep1": "confirmed", "ep2": "confirmed", "ep3": "proposed"}
    assert "no proposed link has that confidence" in nir("confirm", "--above", "0.5").out
    assert nir("confirm").code == 2


def test_a_word_taken_back_is_open_again(nir: Nir, proposed: Engine) -> None:
    nir("reject", 1)

    assert "open again" in nir("links", "undo", 1).out
    assert statuses(proposed)["ep1"] == "proposed"
    assert "nothing to undo" in nir("links", "undo", 1).out
    assert [one["decided"] for one in nir("links", "--json").json] == [None] * 3


def test_decisions_go_along_to_another_catalog(
    nir: Nir, proposed: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nir("confirm", 1)
    nir("reject", 2)
    file = tmp_path / "decisions.jsonl"
    nir("links", "export", "-o", file)
    with writing(proposed) as session:
        links.take_back(session, 1)
        links.take_back(session, 2)
    again = nir("links", "import", file, "--json")

    assert [json.loads(line)["status"] for line in file.read_text().splitlines()] == ["confirmed", "rejected"]
    assert [outcome["state"] for outcome in again.json] == ["done", "done"]
    assert statuses(proposed) == {"ep1": "confirmed", "ep2": "rejected", "ep3": "proposed"}
    assert [outcome["state"] for outcome in nir("links", "import", file, "--json").json] == ["unchanged", "unchanged"]


def test_bad_decisions_are_named_and_stop_nothing(nir: Nir, proposed: Engine, tmp_path: Path) -> None:
    nir("confirm", 1)
    good = nir("links", "export").out
    nir("links", "undo", 1)
    file = tmp_path / "decisions.jsonl"
    file.write_text('{half\n{"episode": "x", "article": "y", "status": "linked", "decided": "2026-01-01"}\n' + good)
    taken = nir("links", "import", file, "--json")

    assert taken.code == 1
    assert [outcome["state"] for outcome in taken.json] == ["failed", "failed", "done"]
    assert statuses(proposed)["ep1"] == "confirmed"
    assert nir("links", "import", tmp_path / "none.jsonl").code == 2


def test_what_is_most_alike_stands_side_by_side(nir: Nir, proposed: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "We would rather close the bridge on a Monday than explain it on a Tuesday, she told us."
    written = "“We would rather close the bridge on a Monday than explain it on a Tuesday,” said the engineer."
    with writing(proposed) as session:
        segments = (Segment(0.0, 5.0, "Good evening from the harbour."), Segment(754.0, 760.0, said))
        transcripts.put(session, episodes.find(session, "ep1").id or 0, Transcript(segments), now=NOW)
        page = ArticleText("https://harbour.example/1", "Article 1", (ParagraphText(written),))
        articles.put(session, page, now=NOW)
    type_in(monkeypatch, "q")
    shown = nir("links", "review").out

    assert "12:34" in shown
    assert shown.count("rather close the") == 2
    assert "she told us" not in shown


def test_the_links_are_read_once(nir: Nir, proposed: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    listed = links.listed
    monkeypatch.setattr("episodes.catalog.links.listed", lambda *a, **kw: asked.append("") or listed(*a, **kw))
    type_in(monkeypatch, "yosn")
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    nir("links", "review")

    assert len(asked) == 1
