"""``nir import``: everything readable is stored once; what is not is reported and stops nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from episodes import testing
from episodes.catalog import episodes, transcripts
from episodes.config import Settings
from episodes.database import reading
from episodes.pipeline.importing import import_paths
from episodes.pipeline.run import Run
from episodes.search.find import find
from episodes.values import Outcome, State

NOW = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Run:
    from episodes.sources.ytdlp import YtDlp

    return Run(
        engine,
        Settings.of_home(tmp_path / "home"),
        now=lambda: NOW,
        load_engine=testing.FakeEngine.load,
        custom_source=YtDlp(allow_private=True),
    )


def line(number: int, **more: Any) -> dict[str, Any]:
    segments = [
        {"start": 0.0, "end": 4.0, "text": f"Welcome to programme {number}.", "speaker": "Host"},
        {"start": 4.0, "end": 9.5, "text": "The ferry is late again."},
    ]
    value = {"id": f"ep-{number}", "title": f"News in Review – Episode {number}", "date": f"2026-01-{number:02}"}
    return {**value, "show": "News in Review", "segments": segments, **more}


def jsonl(path: Path, *lines: object) -> Path:
    texts = [one if isinstance(one, str) else json.dumps(one) for one in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def done(run: Run, *paths: Path) -> list[Outcome]:
    return list(import_paths(run, paths))


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/embed/videoseries?list=PLharbour{}",
        "https://www.youtube.com/playlist?list=PLharbour{}",
        "https://www.youtube.com/embed/live_stream?channel=UCharbour{}",
    ],
)
def test_lines_that_name_playlists_are_episodes_of_their_own(run: Run, tmp_path: Path, address: str) -> None:
    outcomes = done(run, jsonl(tmp_path / "a.jsonl", *(line(number, url=address.format(number)) for number in (1, 2))))

    assert [outcome.state for outcome in outcomes] == [State.DONE, State.DONE]
    with reading(run.database) as session:
        assert {row.key for row in episodes.newest_first(session)} == {"ep-1", "ep-2"}


def test_lines_become_episodes_with_words_that_are_found(run: Run, tmp_path: Path) -> None:
    outcomes = done(run, jsonl(tmp_path / "a.jsonl", line(1), line(2)))

    assert [outcome.state for outcome in outcomes] == [State.DONE, State.DONE]
    with reading(run.database) as session:
        row = episodes.find(session, "ep-2")
        assert (row.number, row.published, row.show_title) == (2, date(2026, 1, 2), "News in Review")
        hits = find(session, '"ferry is late"').hits
        assert {(hit.episode, hit.start) for hit in hits} == {("ep-1", 4.0), ("ep-2", 4.0)}


def test_the_same_file_again_changes_nothing(run: Run, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "a.jsonl", *(line(number) for number in range(1, 25)))
    done(run, file)
    with reading(run.database) as session:
        before = [(row.key, row.updated_at) for row in episodes.newest_first(session)]
    again = done(run, file)

    assert {outcome.state for outcome in again} == {State.UNCHANGED}
    with reading(run.database) as session:
        assert [(row.key, row.updated_at) for row in episodes.newest_first(session)] == before


def test_bad_lines_are_named_and_the_others_are_in(run: Run, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "a.jsonl", line(1), "{not json", {"title": "no id"}, line(2, date="yesterday"), line(5))
    outcomes = done(run, file)

    failed = {outcome.item: outcome.reason for outcome in outcomes if outcome.state is State.FAILED}
    assert [item.rsplit(":", 1)[1] for item in failed] == ["2", "3", "4"]
    assert "id" in failed[f"{file}:3"]
    assert "yesterday" in failed[f"{file}:4"]
    with reading(run.database) as session:
        assert [row.number for row in episodes.newest_first(session)] == [5, 1]


def test_a_changed_line_is_imported_and_the_old_words_are_removed(run: Run, tmp_path: Path) -> None:
    done(run, jsonl(tmp_path / "a.jsonl", line(1)))
    corrected = [{"start": 0, "end": 4, "text": "The boat is late again."}]
    done(run, jsonl(tmp_path / "a.jsonl", line(1, title="News in Review – Episode 1: Boats", segments=corrected)))

    with reading(run.database) as session:
        assert episodes.find(session, "ep-1").title.endswith("Boats")
        assert find(session, "ferry").hits == ()
        assert len(find(session, "boat").hits) == 1


def test_a_table_without_a_needed_column(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "episodes.csv"
    table.write_text("title,date\nHarbour,2026-01-01\n")
    (outcome,) = done(run, table)

    assert outcome.state is State.FAILED
    assert "id" in outcome.reason
    assert "title" in outcome.reason


def info_json(folder: Path, name: str, **more: Any) -> None:
    info = {
        "id": name,
        "title": f"News in Review – Episode 7 {name}",
        "extractor_key": "Youtube",
        "upload_date": "20260105",
    }
    (folder / f"{name}.info.json").write_text(
        json.dumps({**info, "webpage_url": f"https://www.youtube.com/watch?v={name}", **more})
    )


def test_a_folder_of_info_json_with_what_lies_beside_it(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    (folder / "deeper").mkdir(parents=True)
    info_json(folder, "NiRcaptions1")
    (folder / "NiRcaptions1.en.vtt").write_text(testing.VTT.format("the folder"))
    info_json(folder / "deeper", "NiRsound001")
    (folder / "deeper" / "NiRsound001.opus").write_bytes(b"sound")
    (folder / "broken.info.json").write_text("{half")
    outcomes = done(run, folder)

    assert sorted((outcome.step, str(outcome.state)) for outcome in outcomes) == [
        ("hear", "done"),
        ("import", "done"),
        ("import", "done"),
        ("import", "failed"),
    ]
    with reading(run.database) as session:
        sources = transcripts.shown_sources(session)
        assert {row.key: sources[row.id or 0] for row in episodes.newest_first(session)} == {
            "NiRcaptions1": "captions",
            "NiRsound001": "whisper",
        }


def test_a_path_that_is_not_there(run: Run, tmp_path: Path) -> None:
    (outcome,) = done(run, tmp_path / "nowhere.jsonl")

    assert outcome.state is State.FAILED
    assert "nowhere.jsonl" in outcome.item


def test_an_episode_known_from_a_channel_gets_its_words_from_a_file(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    info_json(folder, "NiRsample12")
    done(run, folder)
    url = "https://www.youtube.com/watch?v=NiRsample12"
    done(run, jsonl(tmp_path / "words.jsonl", line(7, id="NiRsample12", url=url)))

    with reading(run.database) as session:
        (row,) = episodes.newest_first(session)
        assert transcripts.shown_sources(session) == {row.id: "import"}


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 100, b'[]\n5\nnull\n"x"\n'])
def test_files_of_nonsense_end_in_outcomes(run: Run, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "odd.jsonl"
    file.write_bytes(content)

    assert {outcome.state for outcome in done(run, file)} <= {State.FAILED, State.SKIPPED}


def remember(collected: list[str]) -> Callable[[Any], None]:
    return lambda progress: collected.append(progress.stage)


def test_progress_is_reported(run: Run, tmp_path: Path) -> None:
    stages: list[str] = []
    run.report = remember(stages)
    done(run, jsonl(tmp_path / "a.jsonl", *(line(number) for number in range(1, 25))))

    assert stages == ["import", "import"]
