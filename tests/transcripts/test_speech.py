"""Voice detection on the sample's sound, of which it is known when somebody speaks."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from episodes.sample.server import HERE, said
from transcripts.engine.openai_whisper import speech
from transcripts.spool import Spool, spool

PATH = min((HERE / "media").iterdir())


@pytest.fixture(scope="module")
def sound() -> Iterator[Spool]:
    with spool(PATH) as opened:
        yield opened


def spoken(at: float) -> bool:
    return any(one["start"] <= at <= one["end"] for one in said(PATH.stem))


def test_it_knows_speech_from_pauses(sound):
    chunks = sound.samples // 512
    found = speech.probabilities(sound.read(0, chunks * 512)[None])[0]
    right = sum((found[at] >= 0.3) == spoken((at + 0.5) * 0.032) for at in range(chunks))
    assert right / chunks > 0.95


def test_rows_are_heard_as_if_alone(sound):
    rows = np.stack([sound.read(start * 16_000, 100 * 512) for start in (0, 7, 21)])
    together = speech.probabilities(rows)
    for row in range(3):
        assert np.allclose(together[row], speech.probabilities(rows[row : row + 1])[0], atol=1e-5)


def test_cuts_are_in_pauses_near_where_they_are_wanted(sound):
    wanted = list(range(700, 7000, 450))
    found = speech.cuts(sound, wanted)
    assert all(abs(cut - place) <= 600 for cut, place in zip(found, wanted, strict=True))
    assert not [cut for cut in found if spoken(cut / 100)]
    assert speech.cuts(sound, []) == []


def test_seconds_of_speech(sound):
    truth = sum(
        min(one["end"], 60) - max(one["start"], 20) for one in said(PATH.stem) if one["end"] > 20 and one["start"] < 60
    )
    assert speech.seconds(sound, 2000, 6000) == pytest.approx(truth, rel=0.1)
    assert speech.seconds(sound, 0, 20) == 0


def test_torch_keeps_its_threads_and_the_package_is_not_loaded(sound):
    before, loaded = torch.get_num_threads(), "silero_vad" in sys.modules
    speech.seconds(sound, 0, 100)
    assert torch.get_num_threads() == before
    assert ("silero_vad" in sys.modules) == loaded
