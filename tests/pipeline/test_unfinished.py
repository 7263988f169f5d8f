"""What a killed run left undone is done by a later one that has nothing new: it follows from the catalog."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select

from episodes import testing
from episodes.catalog import articles, links, shows, transcripts
from episodes.config import Settings
from episodes.database import in_transaction, reading
from episodes.models import AlignmentChecksum, Passage
from episodes.pipeline import aligning, checking, correcting, linking, transcription, update
from episodes.pipeline.run import Run
from episodes.testing import FakeSource, captions, episode
from episodes.values import ArticleText, Outcome, ParagraphText, State

NOW = datetime(2026, 5, 4, tzinfo=UTC)
SHOW = "https://video.example/@harbour"
WORDS = "The harbour bridge opens for the ferry at nine, said the mayor, and closes when the {} boat of the morning has left."


class Killed(BaseException):
    """What SIGKILL is to a test: nothing catches it."""


@contextmanager
def killed_at(monkeypatch: pytest.MonkeyPatch, place: object, name: str, *, after: int = 0) -> Iterator[None]:
    """The process ends when this function is called once more than so often."""
    calls, work = iter(range(after)), getattr(place, name)

    def dies(*values: Any, **more: Any) -> Any:
        if next(calls, None) is None:
            raise Killed
        return work(*values, **more)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(place, name, dies)
        yield


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Run:
    """A show whose three episodes embed their captions, and an article about each."""
    vtt = {
        f"https://video.example/captions/{n}": f"WEBVTT\n\n00:01.000 --> 00:09.000\n{WORDS.format(n)}\n"
        for n in (1, 2, 3)
    }
    source = FakeSource({n: episode(n, captions=captions(n)) for n in (1, 2, 3)}, vtt)

    def fill(session: Any) -> None:
        shows.add(session, SHOW, title="", match="", now=NOW)
        for n in (1, 2, 3):
            text = (ParagraphText(WORDS.format(n)),)
            page = ArticleText(
                f"https://paper.example/{n}", f"News in Review – Episode {n}", text, date(2026, 1, n + 1)
            )
            articles.put(session, page, now=NOW)

    in_transaction(engine, fill)
    return Run(
        engine, Settings.of_home(tmp_path), now=lambda: NOW, load_engine=testing.FakeEngine.load, custom_source=source
    )


def linked(run: Run) -> int:
    with reading(run.database) as session:
        return len(links.listed(session, status="linked"))


def aligned(run: Run) -> int:
    with reading(run.database) as session:
        return session.exec(select(func.count()).select_from(AlignmentChecksum)).one()


def test_an_update_killed_before_linking_is_linked_by_the_next(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with killed_at(monkeypatch, linking, "_link"):
        list(update.update(run))
    assert linked(run) == 0

    assert list(update.update(run)) == [Outcome("links", State.DONE, "3 new, 3 aligned", title="links", step="link")]
    assert (linked(run), aligned(run)) == (3, 3)
    assert list(update.update(run)) == []


@pytest.mark.parametrize("after", [0, 1])
def test_an_update_killed_while_aligning(run: Run, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    with killed_at(monkeypatch, aligning, "align", after=after):
        list(update.update(run))
    assert (linked(run), aligned(run)) == (3, after)

    assert [one.reason for one in update.update(run)] == [f"{3 - after} aligned"]
    assert aligned(run) == 3


def test_linking_killed_before_it_is_committed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with killed_at(monkeypatch, links, "put_all"):
        list(update.update(run))
    assert linked(run) == 0

    assert [one.reason for one in update.retry(run)] == ["3 new, 3 aligned"]


def test_a_transcription_killed_before_linking(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    list(update.update(run))
    with killed_at(monkeypatch, linking, "_link"):
        list(transcription.transcribe_episodes(run, ["ep1"]))

    assert {one.step for one in update.update(run)} <= {"link"}
    with reading(run.database) as session:
        assert {one.source for one in transcripts.of_episode(session, 1)} | {"whisper"} == {"captions", "whisper"}


@pytest.mark.parametrize("later", ["again", "update"])
def test_names_that_were_added_by_a_killed_run(run: Run, monkeypatch: pytest.MonkeyPatch, later: str) -> None:
    """The first of three transcripts is corrected when the process ends."""

    source = run.source
    assert isinstance(source, FakeSource)
    for n, track in enumerate(list(source.captions), 1):
        source.captions[track] = f"WEBVTT\n\n00:01.000 --> 00:09.000\nThen Tafola spoke of boat {n}.\n"
        source.episodes[n] = episode(n, captions=captions(n, automatic=True))
    list(update.update(run))
    with killed_at(monkeypatch, checking, "check", after=1):
        correcting.change_glossary(run, "1", add=["Tafolla"])
    assert corrected(run) == 1

    if later == "again":
        correcting.change_glossary(run, "1", add=["Tafolla"])
    else:
        list(update.update(run))
    assert corrected(run) == 3
    with reading(run.database) as session:
        assert session.exec(select(func.count()).select_from(Passage)).one() == 3


def corrected(run: Run) -> int:
    with reading(run.database) as session:
        return sum("Tafolla" in text for text in transcripts.texts(session).values())
