"""Many episodes in one stream of audio: each batch is stored, each episode has its own outcome, a stopped run resumes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from episodes.catalog import episodes, outcomes, partial_transcripts, resuming, shows, transcripts
from episodes.catalog.overview import overview
from episodes.config import Settings
from episodes.database import reading, writing
from episodes.errors import RateLimited, SourceError
from episodes.pipeline import transcription, update
from episodes.pipeline.run import Run
from episodes.search.find import find
from episodes.testing import FakeSource, captions, episode
from episodes.values import Progress, State, Transcribe
from transcripts.engine import Ended, Job, Step, Transcribed, Window
from transcripts.errors import MediaError, ModelError
from transcripts.words import Segment

NOW = datetime(2026, 5, 4, tzinfo=UTC)
SHOW = "https://video.example/@harbour"


class Power(Exception):
    """Somebody pulled the plug."""


@dataclass
class Slow:
    """Hears all files side by side, a window of each in every step; ``stop`` pulls the plug after so many steps."""

    stop: int = 1000
    windows: int = 4
    name: str = "slow"
    signature: str = "slow, of random weights"
    broken: tuple[str, ...] = ()
    jobs: list[Job] = field(default_factory=list)

    def transcribe(self, jobs: Iterable[Job]) -> Iterator[Step]:
        self.jobs = list(jobs)
        left = {job.key: job for job in self.jobs}
        steps = 0
        for at in range(self.windows):
            step = Step(
                tuple(Transcribed(job.key, self.window(job, at)) for job in left.values() if not self.has(job, at))
            )
            if step.transcribed:
                yield step
                steps += 1
            if steps >= self.stop:
                raise Power
            for job in [job for job in left.values() if job.key in self.broken]:
                del left[job.key]
                yield Step(ended=(Ended(job.key, MediaError(job.path, "torn")),))
        yield Step(ended=tuple(Ended(job.key) for job in left.values()))

    def window(self, job: Job, at: int) -> Window:
        said = Segment(at * 30 + 0.1, at * 30 + 7.3, f"Part {at} of {job.path.stem}, {job.options.language or 'en'}.")
        return Window(at * 30, at * 30 + 30, self.windows * 30, (said,), "en")

    def has(self, job: Job, at: int) -> bool:
        return any(window.start == at * 30 for window in job.done)


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Run:
    with writing(engine) as session:
        shows.add(session, SHOW, title="", match="", now=NOW)
    source = FakeSource({1: episode(1, duration=120.0), 2: episode(2, duration=120.0)})
    return Run(engine, Settings.of_home(tmp_path), now=lambda: NOW, custom_source=source)


def again(run: Run, engine: Slow, **more: object) -> Run:
    """The next run over the same catalog, with this engine."""
    return replace(run, load_engine=lambda _: engine, model_error=None, **more)  # type: ignore[arg-type]


def updated(run: Run) -> dict[str, str]:
    return {outcome.item: str(outcome.state) for outcome in update.update(run) if outcome.step == "hear"}


def said(run: Run) -> dict[int, str]:
    """The shown words of each episode."""
    with reading(run.database) as session:
        return transcripts.texts(session)


def kept(run: Run) -> int:
    with reading(run.database) as session:
        return sum(round(one.seconds / 30) for one in partial_transcripts.listed(session))


def test_a_run_that_was_stopped_goes_on_behind_the_last_batch(run: Run) -> None:
    whole = Slow()
    with pytest.raises(Power):
        updated(again(run, Slow(stop=3)))
    assert kept(run) == 6
    assert said(run) == {}
    assert updated(again(run, whole)) == {"fake:1": "done", "fake:2": "done"}

    assert [[window.start for window in job.done] for job in whole.jobs] == [[0, 30, 60]] * 2
    assert sorted(said(run).values()) == [" ".join(f"Part {at} of ep{n}, en." for at in range(4)) for n in (1, 2)]
    assert kept(run) == 0


def test_windows_of_other_options_are_not_resumed(run: Run) -> None:
    with pytest.raises(Power):
        updated(again(run, Slow(stop=2, signature="slow, int8")))
    other = Slow()
    updated(again(run, other))

    assert [job.done for job in other.jobs] == [(), ()]
    assert kept(run) == 0


@pytest.mark.parametrize("change", ["language", "sound"])
def test_other_options_or_other_sound_begin_anew(run: Run, tmp_path: Path, change: str) -> None:
    with pytest.raises(Power):
        updated(again(run, Slow(stop=2)))
    other = Slow()
    source = run.source
    if change == "sound":
        fetch = source.fetch_audio

        def longer(*args: object) -> Path:
            file = fetch(*args)  # type: ignore[arg-type]
            file.write_bytes(b"another sound")
            return file

        source.fetch_audio = longer  # type: ignore[method-assign]
    updated(again(run, other, language="de" if change == "language" else ""))

    assert [job.done for job in other.jobs] == [(), ()]


def test_windows_that_nobody_went_on_with_are_given_up(run: Run) -> None:
    with pytest.raises(Power):
        updated(again(run, Slow(stop=2)))
    late = replace(again(run, Slow()), now=lambda: NOW + resuming.STALE_AFTER + timedelta(days=1))
    updated(late)

    assert [job.done for job in late.engine.jobs] == [(), ()]  # type: ignore[attr-defined]


def test_status_reports_how_far_an_episode_is_transcribed(run: Run) -> None:
    with pytest.raises(Power):
        updated(again(run, Slow(stop=2)))
    with reading(run.database) as session:
        _, troubles = overview(session)

    assert [one.reason for one in troubles if one.step == "hear"] == [
        "transcribed 1 of 2 min; queued for a transcript"
    ] * 2


def test_a_broken_file_and_one_that_cannot_be_fetched_are_their_own_outcomes(run: Run) -> None:
    source = FakeSource({number: episode(number) for number in (1, 2, 3, 4)})
    source.episodes[3] = episode(3, media="")
    fetch = source.fetch_audio

    def some(info, *more):  # type: ignore[no-untyped-def]
        if info.identity == "fake:4":
            raise SourceError(info.url, "gone")
        return fetch(info, *more)

    source.fetch_audio = some  # type: ignore[method-assign]
    engine = Slow(broken=("fake:1",))
    assert updated(again(replace(run, custom_source=source), engine)) == {
        "fake:4": "failed",
        "fake:1": "failed",
        "fake:2": "done",
    }
    assert [job.key for job in engine.jobs] == ["fake:2", "fake:1"]
    with reading(run.database) as session:
        troubles = {one.item: one.reason for one in overview(session)[1] if one.step == "hear"}
    assert "torn" in troubles["fake:1"]
    assert "gone" in troubles["fake:4"]


def test_a_site_that_asks_for_a_pause_is_asked_for_no_more_sound(run: Run) -> None:
    source = FakeSource({number: episode(number) for number in (1, 2, 3)})
    until = NOW + timedelta(hours=1)

    def limited(info, *_):  # type: ignore[no-untyped-def]
        source.calls.append(f"audio {info.identity}")
        raise RateLimited(info.url, "429", until)

    source.fetch_audio = limited  # type: ignore[method-assign]
    found = [one for one in update.update(again(replace(run, custom_source=source), Slow())) if one.step == "hear"]

    assert [(one.state, one.until) for one in found] == [(State.WAITING, until)] * 3
    assert [call for call in source.calls if call.startswith("audio")] == ["audio fake:3"]


def test_captions_of_a_site_that_asks_for_a_pause_are_waited_for(run: Run) -> None:
    until = NOW + timedelta(hours=1)
    source = FakeSource(
        {1: episode(1, captions=captions(1))}, {captions(1)[0].location: RateLimited("x", "429", until)}
    )
    engine = Slow()

    assert updated(again(replace(run, custom_source=source), engine)) == {"fake:1": "waiting"}
    assert engine.jobs == []


def test_a_model_that_goes_missing_midway_leaves_the_rest_waiting(run: Run) -> None:
    class Gone(Slow):
        def transcribe(self, jobs: Iterable[Job]) -> Iterator[Step]:
            yield Step((Transcribed("fake:2", self.window(next(iter(jobs)), 0)),))
            raise ModelError("slow", "it is gone")

    assert updated(again(run, Gone())) == {"fake:1": "waiting", "fake:2": "waiting", "base.en": "failed"}
    assert kept(run) == 1


@pytest.mark.parametrize(
    ("mode", "heard_first", "heard_then"),
    [("missing", ["fake:1"], []), ("always", ["fake:1", "fake:2"], []), ("never", [], ["fake:1"])],
)
def test_which_episodes_are_transcribed(run: Run, mode: str, heard_first: list[str], heard_then: list[str]) -> None:
    """The first run as asked, a second one by default. Captions are taken in any case, and shown."""
    run = replace(run, custom_source=FakeSource({1: episode(1), 2: episode(2, captions=captions(2))}))
    first, then = Slow(), Slow()
    updated(again(run, first, transcribe=Transcribe(mode)))
    with reading(run.database) as session:
        assert [hit.episode for hit in find(session, "captions bridge").hits] == ["ep2"]
    updated(again(run, then))

    assert sorted(job.key for job in first.jobs) == heard_first
    assert sorted(job.key for job in then.jobs) == heard_then


def test_always_transcribes_episodes_with_captions_and_keeps_both(run: Run) -> None:
    run = replace(run, custom_source=FakeSource({2: episode(2, captions=captions(2))}))
    updated(again(run, Slow()))
    later = Slow()
    assert updated(again(run, later, transcribe=Transcribe.ALWAYS)) == {"fake:2": "done"}
    assert updated(again(run, Slow(), transcribe=Transcribe.ALWAYS)) == {}
    with reading(run.database) as session:
        rows = transcripts.of_episode(session, episodes.find(session, "ep2").id or 0)
        assert [(row.source, row.shown) for row in rows] == [("captions", True), ("whisper", False)]


def test_an_episode_is_transcribed_on_request_whatever_transcripts_it_has(run: Run) -> None:
    run = replace(run, custom_source=FakeSource({2: episode(2, captions=captions(2))}))
    updated(again(run, Slow()))
    for name in ("small.en", "small.en", "turbo"):
        found = list(transcription.transcribe_episodes(again(run, Slow(name=name)), ["ep2"]))
        assert [one.state for one in found] == [State.DONE]
    with reading(run.database) as session:
        rows = transcripts.of_episode(session, episodes.find(session, "ep2").id or 0)
        assert [row.model for row in rows] == ["", "turbo", "small.en"]


def test_a_stopped_request_is_resumed_by_the_next_update(run: Run) -> None:
    run = replace(run, custom_source=FakeSource({2: episode(2, captions=captions(2))}))
    updated(again(run, Slow()))
    with pytest.raises(Power):
        list(transcription.transcribe_episodes(again(run, Slow(stop=2)), ["ep2"]))
    later = Slow()
    updated(again(run, later))

    assert [len(job.done) for job in later.jobs] == [2]
    with reading(run.database) as session:
        assert outcomes.unfinished(session, "hear") == set()


def test_a_model_that_is_not_there_leaves_no_wish_behind(run: Run) -> None:
    run = replace(run, custom_source=FakeSource({2: episode(2, captions=captions(2))}))
    updated(again(run, Slow()))

    def load(name: str) -> Slow:
        raise ModelError(name, "no such name")

    with pytest.raises(ModelError, match="no such name"):
        list(transcription.transcribe_episodes(replace(run, load_engine=load, model_error=None), ["ep2"]))
    with reading(run.database) as session:
        assert outcomes.unfinished(session, "hear") == set()


def test_each_episode_is_transcribed_in_its_own_language_unless_one_is_given(run: Run) -> None:
    known = {1: "en-GB", 2: "de", 3: "", 4: "und"}
    source = FakeSource({number: episode(number, language=code) for number, code in known.items()})
    first = Slow()
    updated(again(replace(run, custom_source=source), first))
    assert {job.key: job.options.language for job in first.jobs} == {
        "fake:1": "en-GB",
        "fake:2": "de",
        "fake:3": None,
        "fake:4": None,
    }
    second = Slow()
    list(
        transcription.transcribe_episodes(
            again(replace(run, custom_source=source), second, language="fr", words=True), ["ep2"]
        )
    )
    assert [(job.options.language, job.options.words) for job in second.jobs] == [("fr", True)]


def test_progress_counts_the_sound_of_each_episode_and_of_the_run(run: Run) -> None:
    with pytest.raises(Power):
        updated(again(run, Slow(stop=1)))
    told: list[Progress] = []
    updated(again(run, Slow(), report=told.append))

    of_run = [(one.done, one.total) for one in told if one.stage == "run"]
    assert of_run[0] == (0, 240 - 30)
    assert of_run[-1] == (180, 180)
    assert [done for done, _ in of_run] == sorted(done for done, _ in of_run)
    one = [(far.done, far.total) for far in told if far.stage == "hear" and far.title.endswith("Episode 1")]
    assert one == [(30, 120), (60, 120), (90, 120), (120, 120)]
