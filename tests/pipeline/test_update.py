"""``nir update``: only what is missing, one outcome per item, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from episodes import testing
from episodes.catalog import episodes, outcomes, shows, transcripts
from episodes.config import Settings
from episodes.database import reading, writing
from episodes.errors import NotFound, RateLimited, SourceError
from episodes.pipeline import update as pipeline
from episodes.pipeline.run import Run
from episodes.search.find import find
from episodes.testing import FakeSource, captions, episode
from episodes.values import Outcome, State
from tests import engines
from transcripts.errors import ModelError

NOW = datetime(2026, 5, 4, tzinfo=UTC)
SHOW = "https://video.example/@harbour"


@pytest.fixture
def following(engine: Engine, tmp_path: Path) -> Callable[..., Run]:
    """A run over a catalog that follows one show whose world is this source."""

    def follow(source: FakeSource, *, match: str = "", load: Callable[..., object] = testing.FakeEngine.load) -> Run:
        with writing(engine) as session:
            shows.add(session, SHOW, title="", match=match, now=NOW)
        return Run(engine, Settings.of_home(tmp_path), now=lambda: NOW, load_engine=load, custom_source=source)

    return follow


def update(run: Run) -> dict[tuple[str, str], Outcome]:
    return {(outcome.step, outcome.item): outcome for outcome in pipeline.update(run)}


def states(run: Run) -> dict[str, str]:
    """What update makes of each item, by step and item in one word."""
    return {f"{step} {item}": str(outcome.state) for (step, item), outcome in update(run).items()}


def at(run: Run, moment: datetime) -> Run:
    run.now = lambda: moment
    return run


def test_new_episodes_are_read_transcribed_and_found(following: Callable[..., Run]) -> None:
    source = FakeSource({1: episode(1), 2: episode(2, captions=captions(2))})
    run = following(source)

    assert states(run) == {
        f"list {SHOW}": "done",
        "update fake:1": "done",
        "hear fake:1": "done",
        "update fake:2": "done",
        "hear fake:2": "done",
    }
    with reading(run.database) as session:
        assert [(row.key, row.show_title) for row in episodes.newest_first(session)] == [
            ("ep2", "News in Review"),
            ("ep1", "News in Review"),
        ]
        assert [hit.episode for hit in find(session, "captions bridge").hits] == ["ep2"]
        assert [(hit.episode, hit.start) for hit in find(session, "quiet harbour").hits] == [("ep1", 31.0)]
    assert "audio fake:2" not in source.calls


def test_a_second_run_lists_and_does_nothing_else(following: Callable[..., Run]) -> None:
    source = FakeSource({1: episode(1), 2: episode(2)})
    run = following(source)
    update(run)
    source.calls.clear()

    assert states(run) == {}
    assert source.calls == [f"list {SHOW}"]


def test_what_appears_later_is_all_that_a_later_run_reads(following: Callable[..., Run]) -> None:
    source = FakeSource({1: episode(1)})
    run = following(source)
    update(run)
    source.episodes[2] = episode(2)
    source.calls.clear()
    update(run)

    assert source.calls == [f"list {SHOW}", "read fake:2", "audio fake:2"]


def test_a_long_listing_is_not_read_to_its_end_again(following: Callable[..., Run]) -> None:
    source = FakeSource({number: episode(1) for number in range(1, 101)})
    for number in source.episodes:
        source.episodes[number] = SourceError("down")
    run = following(source)
    update(run)
    taken: list[int] = []
    run.report = lambda progress: taken.append(int(progress.done)) if progress.stage == "list" else None
    update(run)

    assert max(taken) == pipeline.KNOWN_IN_A_ROW


def test_one_bad_episode_stops_nothing_and_is_tried_again(following: Callable[..., Run]) -> None:
    source = FakeSource({1: episode(1), 2: SourceError("fake:2", "page answers 500"), 3: ValueError("a bug somewhere")})
    run = following(source)
    first = update(run)
    source.episodes[2] = episode(2)

    assert first["update", "fake:1"].state is State.DONE
    assert first["update", "fake:2"].state is State.FAILED
    assert "page answers 500" in first["update", "fake:2"].reason
    assert "a bug somewhere" in first["update", "fake:3"].reason
    again = states(run)
    assert again["update fake:2"] == again["hear fake:2"] == "done"


def test_retry_tries_what_was_given_up(following: Callable[..., Run]) -> None:
    source = FakeSource({1: SourceError("down")})
    run = following(source)
    moment = NOW
    for _ in range(outcomes.MAX_TRIES):
        update(at(run, moment))
        moment += timedelta(days=1)
    assert states(at(run, moment)) == {}
    source.episodes[1] = episode(1)

    assert [outcome.state for outcome in pipeline.retry(at(run, moment))] == [State.DONE, State.DONE]


def test_a_premiere_waits_for_its_hour(following: Callable[..., Run]) -> None:
    premiere = NOW + timedelta(hours=5)
    source = FakeSource({1: episode(1, live_status="is_upcoming", release_at=premiere)})
    run = following(source)

    waiting = update(run)["update", "fake:1"]
    assert (waiting.state, waiting.until) == (State.WAITING, premiere)
    assert states(at(run, premiere - timedelta(minutes=1))) == {}
    source.episodes[1] = episode(1)
    assert states(at(run, premiere))["hear fake:1"] == "done"


def test_members_only_is_skipped_and_remembered(following: Callable[..., Run]) -> None:
    source = FakeSource({1: episode(1, availability="subscriber_only")})
    run = following(source)

    skipped = update(run)["update", "fake:1"]
    assert (skipped.state, "members" in skipped.reason) == (State.SKIPPED, True)
    source.calls.clear()
    assert states(at(run, NOW + timedelta(days=30))) == {}
    assert source.calls == [f"list {SHOW}"]


def test_other_videos_of_the_channel_are_kept_apart(following: Callable[..., Run]) -> None:
    source = FakeSource({1: episode(1), 2: episode(2, title="Cooking with fish")})
    run = following(source, match="news in review")

    assert {key: state for key, state in states(run).items() if "update" in key} == {
        "update fake:1": "done",
        "update fake:2": "skipped",
    }
    with reading(run.database) as session:
        assert [row.number for row in episodes.newest_first(session)] == [1]


def test_a_site_that_wants_to_be_left_alone_is(following: Callable[..., Run]) -> None:
    until = NOW + timedelta(hours=1)
    source = FakeSource({1: episode(1), 2: RateLimited("fake:2", "try again later", until), 3: episode(3)})
    run = following(source)

    first = update(run)
    assert first["update", "fake:3"].state is State.DONE
    assert (first["update", "fake:2"].state, first["update", "fake:2"].until) == (State.WAITING, until)
    assert first["update", "video.example"].until == until
    assert "read fake:1" not in source.calls
    source.calls.clear()
    update(at(run, until - timedelta(seconds=1)))
    assert source.calls == []
    source.episodes[2] = episode(2)
    update(at(run, until))
    with reading(run.database) as session:
        assert [row.number for row in episodes.newest_first(session)] == [3, 2, 1]


def test_captions_that_cannot_be_read_give_way_to_the_next_and_at_last_to_the_sound(
    following: Callable[..., Run],
) -> None:
    tracks = captions(1, automatic=True) + captions(2)
    broken = {
        "https://video.example/captions/2": SourceError("captions", "404"),
        "https://video.example/captions/3": "not captions",
    }
    source = FakeSource({1: episode(1, captions=tracks), 3: episode(3, captions=captions(3))}, captions=broken)
    run = following(source)
    update(run)

    with reading(run.database) as session:
        sources = transcripts.shown_sources(session)
        heard = {row.number: sources[row.id or 0] for row in episodes.newest_first(session)}
    assert heard == {1: "auto-captions", 3: "whisper"}


def test_without_a_model_what_has_captions_is_done_and_the_rest_waits(following: Callable[..., Run]) -> None:
    source = FakeSource({1: episode(1), 2: episode(2, captions=captions(2))})
    run = following(source, load=engines.no_model)

    result = states(run)
    assert result["hear fake:2"] == "done"
    assert result["hear fake:1"] == "waiting"
    assert result[f"hear {run.settings.model}"] == "failed"
    assert "audio fake:1" not in source.calls
    run.model_error, run.load_engine = None, testing.FakeEngine.load
    run.__dict__.pop("engine", None)
    assert states(run) == {"hear fake:1": "done"}


def test_without_a_model_and_nothing_else_to_do_the_command_says_so(following: Callable[..., Run]) -> None:
    run = following(FakeSource({}), load=engines.no_model)
    update(run)
    run = following(FakeSource({1: episode(1)}), load=engines.no_model)
    with writing(run.database) as session:
        row, _ = episodes.put(session, episode(1), now=NOW)
        pipeline.transcription_queue.enqueue(session, row, run)
        outcomes.record(session, "update", Outcome("fake:1", State.DONE), now=NOW)

    with pytest.raises(ModelError, match="not on this machine"):
        update(run)


def test_a_show_that_nobody_follows(following: Callable[..., Run]) -> None:
    with pytest.raises(NotFound, match="Weather"):
        list(pipeline.update(following(FakeSource({})), "Weather"))


def test_only_the_show_named_is_updated(following: Callable[..., Run]) -> None:
    source = FakeSource({1: episode(1)})
    run = following(source)
    with writing(run.database) as session:
        shows.add(session, "https://other.example/feed", title="Weather", match="", now=NOW)
    list(pipeline.update(run, "Weather"))

    assert source.calls[0] == "list https://other.example/feed"
    assert f"list {SHOW}" not in source.calls
