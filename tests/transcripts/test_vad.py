"""Voice activity detection on the sample's sound, whose speech times are known."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from episodes.sample.server import HERE, said
from transcripts.engine.openai_whisper import vad
from transcripts.spool import Spool, spool

PATH = min((HERE / "media").iterdir())


@pytest.fixture(scope="module")
def sound() -> Iterator[Spool]:
    with spool(PATH) as opened:
        yield opened


def spoken(at: float) -> bool:
    return any(one["start"] <= at <= one["end"] for one in said(PATH.stem))


@pytest.fixture(scope="module")
def voice(sound) -> vad.VoiceActivity:
    return vad.detect_speech(sound)


def test_it_knows_speech_from_pauses(voice):
    right = sum((found >= 0.3) == spoken((at + 0.5) * 0.032) for at, found in enumerate(voice.speech.tolist()))
    assert right / len(voice.speech) > 0.95


def test_parts_may_be_analysed_in_parallel_which_changes_nothing(sound, voice, monkeypatch):
    monkeypatch.setattr(vad, "ROWS", 1)
    parts = vad.detect_speech(sound, lambda work, items: [work(item) for item in reversed(items)][::-1])
    assert len(range(0, len(voice.speech), vad.ROW_FRAMES)) > 2
    assert np.allclose(parts.speech, voice.speech, atol=1e-5)
    assert np.array_equal(parts.levels, voice.levels)


def test_a_file_is_analysed_to_its_last_sample(keep):
    for samples in (1, 511, 512, 513, 625 * 512, 625 * 512 + 1):
        with spool(keep(np.full(samples, 0.1, np.float32))) as short:
            found = vad.detect_speech(short)
        assert len(found.speech) == len(found.levels) == -(-samples // 512)


def test_seconds_of_speech(voice):
    truth = sum(
        min(one["end"], 60) - max(one["start"], 20) for one in said(PATH.stem) if one["end"] > 20 and one["start"] < 60
    )
    assert voice.seconds(2000, 6000) == pytest.approx(truth, rel=0.1)
    assert voice.seconds(0, 20) == 0


def test_steps_are_the_moments_of_speech_with_a_margin(voice):
    steps = voice.steps(2000, 6000)
    assert len(steps) == 2000
    spoken_ones = [spoken(20 + (at + 0.5) * 0.02) for at in range(2000)]
    assert sum(a and not b for a, b in zip(spoken_ones, steps, strict=True)) < 0.02 * 2000
    assert sum(steps) < sum(spoken_ones) + 0.2 * 2000


def test_the_longest_pause_is_found(voice):
    at = voice.longest_pause(2000, 6000)
    assert 2000 < at < 6000
    assert not any(spoken(at / 100 + off) for off in (-0.1, 0.0, 0.1))
    assert vad.VoiceActivity(np.ones(100, np.float32), np.ones(100, np.float32)).longest_pause(0, 300) is None


def test_torch_keeps_its_threads_and_the_package_is_not_loaded(sound):
    before, loaded = torch.get_num_threads(), "silero_vad" in sys.modules
    vad.detect_speech(sound)
    assert torch.get_num_threads() == before
    assert ("silero_vad" in sys.modules) == loaded
