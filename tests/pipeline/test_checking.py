"""Transcripts are marked, corrected and indexed together; people's corrections survive every later run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from episodes.catalog import articles, corrections, episodes, marks, shows, transcripts
from episodes.config import Settings
from episodes.database import reading, writing
from episodes.errors import NotFound, Usage, WordsNotFound
from episodes.models import Episode
from episodes.pipeline import correcting
from episodes.pipeline.checking import check, check_all
from episodes.pipeline.run import Run
from episodes.pipeline.transcription import transcribe_due
from episodes.pipeline.vocabulary import prompt_for
from episodes.search import index
from episodes.search.find import find
from episodes.testing import FakeEngine, FakeSource
from episodes.testing import episode as fake
from episodes.values import ArticleText, EpisodeInfo, ParagraphText
from transcripts.engine import Job, Step
from transcripts.words import Segment, Source, Transcript

NOW = datetime(2026, 5, 4, tzinfo=UTC)
SAID = (
    Segment(0.0, 5.0, "Good evening from the harbour, where the council of Tofolla has met again."),
    Segment(5.0, 10.0, "They voted nine to four for the crossing, which nobody here had expected."),
    Segment(10.0, 15.0, "Odile Renard says the price is too high, and Tofolla cannot pay for it."),
    Segment(20.0, 25.0, "Next week we look at the ferry, and at the people who wait for it daily."),
)


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Run:
    """A catalog with a followed show, and an episode of it of which nothing was heard yet."""
    run = Run(
        engine,
        Settings.of_home(tmp_path),
        now=lambda: NOW,
        custom_source=FakeSource({}),
        load_engine=lambda _: FakeEngine(),
    )
    with writing(engine) as session:
        show, _ = shows.add(session, "https://video.example/@harbour", title="News in Review", match="", now=NOW)
        info = EpisodeInfo("fake:1", "ep1", "Episode 1: The crossing", url="https://video.example/1", show=show.title)
        episodes.put(session, info, now=NOW, show=show)
    return run


def hear(run: Run, segments: tuple[Segment, ...], source: Source = Source.WHISPER) -> int:
    """Store words of the episode as the pipeline does; gives the number of segments that the check changed."""
    with writing(run.database) as session:
        row = episodes.find(session, "ep1")
        transcripts.put(session, row.id or 0, Transcript(segments, source, "base.en", "en"), now=NOW)
        return check(session, row.id or 0, now=NOW)


def texts(run: Run, source: Source = Source.WHISPER) -> list[str]:
    with reading(run.database) as session:
        row = episodes.find(session, "ep1")
        (one,) = [each for each in transcripts.of_episode(session, row.id or 0) if each.source == source]
        return [segment.text for segment in transcripts.load(session, one).segments]


def kinds(run: Run, *, kept: bool = False) -> list[tuple[float, list[str]]]:
    with reading(run.database) as session:
        return [(one.start, [mark.kind for mark in one.marks]) for one in marks.listed(session, kept=kept)]


def found(run: Run, words: str) -> list[str]:
    with reading(run.database) as session:
        return [hit.snippet for hit in find(session, words).hits]


def logged(run: Run) -> list[tuple[int | None, str, str, float | None]]:
    with reading(run.database) as session:
        rows = [one.correction for one in corrections.listed(session)]
        return [(row.id, row.heard, row.right, row.at) for row in rows if row.undone_at is None]


def test_marks_are_stored_counted_and_found_again(run: Run) -> None:
    loop = Segment(15.0, 20.0, "And so on. " * 6)
    hear(run, (*SAID[:3], loop, SAID[3]))

    assert kinds(run) == [(15.0, ["loop"])]
    with reading(run.database) as session:
        shown = transcripts.shown(session, episodes.find(session, "ep1").id or 0)
        assert shown is not None
        assert shown.marks == {"loop": 1}
        assert [one.start for one in marks.listed(session, kind="loop")] == [15.0]
        assert list(marks.listed(session, kind="echo")) == []
    assert check_all(run).segments == 0


def test_captions_and_whisper_are_compared_whichever_comes_first(run: Run) -> None:
    other = (*SAID[:3], replace(SAID[3], text="Tomorrow's weather brings heavy rain over both valleys until evening."))
    hear(run, SAID)
    assert kinds(run, kept=True) == []
    hear(run, other, Source.CAPTIONS)
    told = kinds(run, kept=True)
    hear(run, other, Source.CAPTIONS)

    assert told == kinds(run, kept=True) == [(20.0, ["captions"])]
    assert kinds(run) == []  # it is the captions that are shown
    hear(run, SAID, Source.CAPTIONS)
    assert kinds(run, kept=True) == []


def test_a_glossary_corrects_a_transcript_and_search_follows(run: Run) -> None:
    hear(run, SAID)
    changed = correcting.change_glossary(run, "News in Review", add=["Tafolla", "Odile  Renard", "tafolla"])

    assert (changed.names, changed.checked.segments) == (["Tafolla", "Odile Renard"], 2)
    assert [(heard, right, at) for _, heard, right, at in logged(run)] == [
        ("Tofolla", "Tafolla", 0.0),
        ("Tofolla", "Tafolla", 10.0),
    ]
    assert found(run, "tafolla")
    assert not found(run, "tofolla")
    correcting.change_glossary(run, "News in Review", remove=["TAFOLLA"])
    assert texts(run) == [one.text for one in SAID]
    assert logged(run) == []


def test_words_that_come_later_are_corrected_as_they_come_and_captions_of_people_are_not(run: Run) -> None:
    correcting.change_glossary(run, "1", add=["Tafolla"])
    hear(run, SAID)
    hear(run, SAID, Source.CAPTIONS)

    assert "Tafolla" in texts(run)[0]
    assert texts(run, Source.CAPTIONS)[0] == SAID[0].text


def test_an_undone_correction_stays_undone_through_another_transcription(run: Run) -> None:
    hear(run, SAID)
    correcting.change_glossary(run, "1", add=["Tafolla"])
    first = logged(run)[0][0] or 0
    correcting.undo(run, [first])
    assert ("Tofolla" in texts(run)[0], "Tafolla" in texts(run)[2]) == (True, True)

    hear(run, tuple(replace(one, start=one.start + 0.7, end=one.end + 0.7) for one in SAID))

    assert ("Tofolla" in texts(run)[0], "Tafolla" in texts(run)[2]) == (True, True)
    assert check_all(run).segments == 0
    with pytest.raises(NotFound):
        correcting.undo(run, [first, 999])


def test_a_correction_by_hand_survives_another_transcription_where_it_applies(run: Run) -> None:
    hear(run, SAID)
    made = correcting.correct(run, "ep1", "crossing", "Crossing", at=12.0)
    everywhere = correcting.correct(run, "ep1", "ferry", "night ferry")
    hear(run, (SAID[0], replace(SAID[1], start=6.1, end=11.0), Segment(40.0, 44.0, "The crossing, and no more.")))

    assert (made.moments, everywhere.moments) == ((5.0,), (20.0,))
    assert [text for text in texts(run) if "rossing" in text] == [
        SAID[1].text.replace("crossing", "Crossing"),
        "The crossing, and no more.",
    ]
    correcting.undo(run, [made.id])
    assert texts(run)[1] == SAID[1].text
    assert correcting.correct(run, "ep1", "crossing", "Crossing").moments == (6.1, 40.0)
    with reading(run.database) as session:
        assert list(index.differences(session)) == []


@pytest.mark.parametrize(
    ("heard", "right", "at", "error"),
    [("", "x", None, Usage), ("a", " ", None, Usage), ("a", "a", None, Usage), ("zebra", "x", None, WordsNotFound)],
)
def test_what_cannot_be_corrected_is_reported(
    run: Run, heard: str, right: str, at: float, error: type[Exception]
) -> None:
    hear(run, SAID)

    with pytest.raises(error):
        correcting.correct(run, "ep1", heard, right, at)
    with pytest.raises(WordsNotFound, match="0:20"):
        correcting.correct(run, "ep1", "ferry", "barge", at=300.0)
    assert logged(run) == []


def test_words_that_somebody_wrote_so_are_no_slips(run: Run) -> None:
    hear(run, SAID)
    with writing(run.database) as session:
        page = ArticleText("https://harbour.example/a", "The council", (ParagraphText("Anna Tofolla has left."),))
        row, _ = articles.put(session, page, now=NOW)
        index.index_article(session, row.id or 0)

    assert correcting.change_glossary(run, "1", add=["Tafolla"]).checked.segments == 0


def test_the_prompt_has_the_glossary_first_then_what_is_written_about_the_episode(run: Run) -> None:
    told: list[str] = []

    class Asked(FakeEngine):
        def transcribe(self, jobs: Callable[[], Job]) -> Step:  # type: ignore[override]
            for job in jobs:  # type: ignore[attr-defined]
                told.append(job.options.prompt)
                yield from super().transcribe([job])

    info = fake(1, identity="fake:1", key="ep1", description="With us is Odile Renard of the Harbour Trust.")
    with writing(run.database) as session:
        show = shows.find(session, "1")
        episode, _ = episodes.put(session, info, now=NOW, show=show)
        from episodes.pipeline.transcription_queue import enqueue

        enqueue(session, episode, run)
    correcting.change_glossary(run, "1", add=["Tafolla"])
    run.load_engine = lambda _: Asked()

    assert [outcome.state for outcome in transcribe_due(run)] == ["done"]
    assert told == ["Tafolla, Odile Renard, Harbour Trust."]
    with reading(run.database) as session:
        assert prompt_for(session, session.get_one(Episode, 1)) == told[0]


def test_imported_episodes_are_of_the_followed_show_with_their_shows_title(run: Run) -> None:
    with writing(run.database) as session:
        info = EpisodeInfo("file:2", "ep2", "Episode 2", show="news in review")
        row, _ = episodes.put(session, info, now=NOW)
        transcripts.put(session, row.id or 0, Transcript(SAID), now=NOW)

    assert correcting.change_glossary(run, "1", add=["Tafolla"]).checked == (1, 2)


@pytest.mark.parametrize("name", ["", "2026", "x" * 81])
def test_what_is_no_name_is_refused(run: Run, name: str) -> None:
    with pytest.raises(Usage):
        correcting.change_glossary(run, "1", add=["Tafolla", name])
    assert correcting.glossary_of(run, "1").names == []


def test_a_show_that_is_left_takes_its_names_along(run: Run) -> None:
    hear(run, SAID)
    correcting.change_glossary(run, "1", add=["Tafolla"])
    with writing(run.database) as session:
        shows.remove(session, shows.find(session, "1"))
    check_all(run)

    assert texts(run) == [one.text for one in SAID]
