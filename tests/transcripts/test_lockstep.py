"""Chunks of several files in parallel: batches, outcomes and resumed runs. The model babbles."""

from __future__ import annotations

import io
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from tests.threads import one_thread
from transcripts.engine import Job, Options, Step, Window, collect, load
from transcripts.engine.chunks import Chunk
from transcripts.engine.openai_whisper import engine as engine_module
from transcripts.engine.openai_whisper import window_transcriber
from transcripts.engine.openai_whisper.decoding import Decoder
from transcripts.engine.openai_whisper.engine import WhisperEngine
from transcripts.engine.openai_whisper.job_state import WindowTask
from transcripts.errors import LanguageError, MediaError, SpoolError
from transcripts.formats import write

Keep = Callable[[npt.NDArray[np.float32]], Path]

BATCH = 2
QUICK = Options(temperatures=(0.0, 1.0))
GREEDY = Options(temperatures=(0.0,), avg_logprob=-1e9, compression_ratio=1e9, no_speech_prob=2.0)


@pytest.fixture(autouse=True)
def _cut_in_three(monkeypatch) -> Iterator[None]:
    """The VAD finds no speech in noise, so every 20 seconds make a chunk."""
    monkeypatch.setattr(engine_module, "plan_chunks", every_20_seconds)
    monkeypatch.setattr(WindowTask, "spoken", True)
    with one_thread():
        yield


def every_20_seconds(_speech, _levels, frames: int) -> tuple[Chunk, ...]:
    parts = max(1, frames // 2000)
    return tuple(Chunk(frames * part // parts, frames * (part + 1) // parts) for part in range(parts))


@pytest.fixture(scope="module")
def engine(multilingual: Path) -> WhisperEngine:
    return load(str(multilingual), precision="float32", batch=BATCH)


def noise(seconds: float, seed: int = 7) -> npt.NDArray[np.float32]:
    return (0.2 * np.random.default_rng(seed).standard_normal(round(seconds * 16000))).clip(-1, 1).astype(np.float32)


@pytest.fixture
def jobs(keep: Keep) -> list[Job]:
    """Three, three and one chunks; one job is silent for a while, one detects its language, one has a prompt."""
    pause = np.concatenate([noise(10, 1), np.zeros(34 * 16000, np.float32), noise(18, 2)])
    return [
        Job("a", keep(noise(62)), QUICK),
        Job("b", keep(pause), replace(QUICK, language=None)),
        Job("c", keep(noise(33, 3)), replace(QUICK, prompt="Oakes, Harbour Lane")),
    ]


def done(steps: list[Step]) -> dict[str, tuple[Window, ...]]:
    found: dict[str, tuple[Window, ...]] = {}
    for heard in itertools.chain.from_iterable(step.transcribed for step in steps):
        found[heard.key] = (*found.get(heard.key, ()), heard.window)
    return found


def ended(steps: list[Step]) -> list[str]:
    return [ended.key for step in steps for ended in step.ended]


def bytes_of(windows: tuple[Window, ...]) -> str:
    file = io.StringIO()
    write(collect("babble", windows), "json", file)
    return file.getvalue()


def test_batches_are_full_and_every_second_of_every_file_is_transcribed_once(engine, jobs):
    steps = list(engine.transcribe(jobs))
    assert [len(step.transcribed) for step in steps[:-3]] == [BATCH] * (len(steps) - 3)
    assert sorted(ended(steps)) == ["a", "b", "c"]
    for key, seconds in [("a", 62), ("b", 62), ("c", 33)]:
        windows = sorted(done(steps)[key], key=lambda window: window.start)
        assert [windows[0].start, windows[-1].end] == [0, seconds]
        assert all(before.end == after.start for before, after in itertools.pairwise(windows))
        assert {window.duration for window in windows} == {seconds}
        assert len({window.language for window in windows}) == 1


def test_the_first_step_transcribes_a_file_in_several_places(engine, jobs):
    first = next(iter(engine.transcribe(jobs)))
    assert [(heard.key, round(heard.window.start, -1)) for heard in first.transcribed] == [("a", 0), ("a", 20)]


def test_a_window_ends_where_its_chunk_ends(engine, jobs):
    windows = sorted(done(list(engine.transcribe(jobs[:1])))["a"], key=lambda window: window.start)
    cuts = {window.end for window in windows} - {62}
    assert any(19 < cut < 22 for cut in cuts)
    for window in windows:
        assert all(window.start <= segment.start < segment.end for segment in window.segments)
        assert all(segment.end <= window.start + 30 for segment in window.segments)


def test_continued_after_any_step_a_run_resumes_with_the_same_steps(engine, jobs):
    steps = list(engine.transcribe(jobs))
    assert len(steps) > 4
    for number in range(1, len(steps)):
        before, gone = done(steps[:number]), set(ended(steps[:number]))
        rest = [replace(job, done=before.get(job.key, ())) for job in jobs if job.key not in gone]
        assert list(engine.transcribe(rest)) == steps[number:]


def test_whatever_was_stored_the_transcripts_have_the_same_bytes(engine, jobs):
    whole = done(list(engine.transcribe(jobs)))
    for seed in range(2):
        kept = {key: tuple(random.Random(seed).sample(windows, len(windows) // 2)) for key, windows in whole.items()}
        heard = done(list(engine.transcribe([replace(job, done=kept[job.key]) for job in jobs])))
        for key, windows in whole.items():
            assert not set(kept[key]) & set(heard[key])
            assert bytes_of(kept[key] + heard[key]) == bytes_of(windows)


def test_what_is_done_is_not_transcribed_again(engine, jobs):
    steps = list(engine.transcribe(jobs))
    again = [replace(job, done=done(steps)[job.key]) for job in jobs]
    assert list(engine.transcribe(again)) == [Step(ended=steps_ended) for steps_ended in _one_by_one("abc")]


def _one_by_one(keys: str) -> list[tuple[object, ...]]:
    from transcripts.engine import Ended

    return [(Ended(key),) for key in keys]


def test_a_file_that_cannot_be_transcribed_ends_alone(engine, jobs, tmp_path, keep):
    text = tmp_path / "text.mp3"
    text.write_text("This is no sound at all. " * 50)
    bad = [Job("absent", tmp_path / "nothing.wav"), Job("text", text), Job("klingon", jobs[0].path, Options("klingon"))]
    steps = list(engine.transcribe([bad[0], jobs[0], bad[1], bad[2], Job("empty", keep(noise(0.004))), jobs[2]]))
    outcomes = {ended.key: type(ended.error) for step in steps for ended in step.ended}
    assert outcomes == {
        "absent": MediaError,
        "a": type(None),
        "text": MediaError,
        "klingon": LanguageError,
        "empty": type(None),
        "c": type(None),
    }
    assert done(steps)["a"] == done(list(engine.transcribe(jobs[:1])))["a"]


def test_a_folder_that_cannot_be_made_ends_the_job(multilingual, jobs, tmp_path):
    (tmp_path / "file").write_text("here")
    engine = load(str(multilingual), folder=tmp_path / "file" / "folder")
    (step,) = engine.transcribe(jobs[:1])
    assert isinstance(step.ended[0].error, SpoolError)


def test_a_job_is_taken_when_there_is_room_for_it(engine, jobs):
    taken: dict[str, int] = {}
    steps = 0

    def coming() -> Iterator[Job]:
        for job in jobs:
            taken[job.key] = steps
            yield job

    for _ in engine.transcribe(coming()):
        steps += 1
    assert taken["a"] == 0 < taken["b"] < taken["c"] < steps


def test_a_run_that_is_left_leaves_nothing_behind(multilingual, jobs, tmp_path):
    engine = load(str(multilingual), batch=2, folder=tmp_path)
    before = sorted(tmp_path.iterdir())
    steps = engine.transcribe(jobs)
    next(steps)
    steps.close()
    assert sorted(tmp_path.iterdir()) == before


def test_only_the_windows_that_failed_are_tried_again_in_parallel(engine, jobs, monkeypatch):
    asked: list[tuple[float, int]] = []
    decode = Decoder.decode

    def watch(self, rows, temperature=0.0):
        asked.append((temperature, len(rows)))
        return [
            replace(found, avg_logprob=-0.3, compression_ratio=1.0, looped=row.seed > 0 and not temperature)
            for row, found in zip(rows, decode(self, rows, temperature), strict=True)
        ]

    monkeypatch.setattr(Decoder, "decode", watch)
    monkeypatch.setattr(window_transcriber, "needs_retry", lambda segments: False)
    step = next(iter(engine.transcribe(jobs)))
    assert asked == [(0.0, 2), (0.0, 2), (1.0, 1)]  # both, then the halves of the one that failed, then that one hotter
    assert [{s.temperature for s in heard.window.segments} for heard in step.transcribed] == [{0.0}, {1.0}]


def test_each_job_keeps_its_own_options(multilingual, jobs, monkeypatch):
    asked: list[tuple[float, list[tuple[int, ...]]]] = []
    decode = Decoder.decode

    def watch(self, rows, temperature=0.0):
        asked.append((temperature, [row.prompt for row in rows]))
        return decode(self, rows, temperature)

    monkeypatch.setattr(Decoder, "decode", watch)
    two = [replace(jobs[0], options=GREEDY), replace(jobs[2], options=Options(temperatures=(0.4, 0.8), prompt="Oakes"))]
    list(load(str(multilingual), batch=4).transcribe(two))
    (cold, without), (warm, prompts) = asked[:2]
    assert (cold, warm) == (0.0, 0.4)
    assert (len(without), len(prompts)) == (3, 1)
    assert not any(without)
    assert all(prompts)
    assert {temperature for temperature, _ in asked} == {0.0, 0.4, 0.8}


def test_torch_keeps_its_threads(engine, jobs):
    torch.set_num_threads(2)
    list(engine.transcribe(jobs[2:]))
    assert torch.get_num_threads() == 2
