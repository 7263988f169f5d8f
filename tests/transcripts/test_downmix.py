"""Downmix two channels without cancelling them out."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from transcripts.audio.downmix import FADE, Downmixer
from transcripts.spool import spool

RATE = 16_000
rng = np.random.default_rng(5)


def talk(seconds: float) -> np.ndarray:
    """Return noise with the envelope of speech."""
    time = np.arange(round(seconds * RATE)) / RATE
    return (rng.standard_normal(len(time)) * (np.sin(2 * np.pi * 3 * time) > 0) * 0.1).astype(np.float32)


def heard(left: np.ndarray, right: np.ndarray, folder: Path) -> np.ndarray:
    """Return what the engine gets from a file with these channels."""
    path = folder / "two.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.stack([left, right], 1) * 32767).astype("<i2").tobytes())
    with spool(path, folder) as sound:
        return sound.read(0, sound.samples)


def loudness(sound: np.ndarray) -> float:
    return float(np.sqrt(np.square(sound).mean()))


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_an_inverted_channel_does_not_cancel_the_other(tmp_path: Path, noise: float):
    voice = talk(6)
    other = -voice + noise * rng.standard_normal(len(voice)).astype(np.float32)
    assert loudness(heard(voice, other, tmp_path)) == pytest.approx(loudness(voice), rel=0.05)


def test_a_speaker_on_one_channel_only_is_kept(tmp_path: Path):
    first, second = talk(4), talk(4)
    silence = np.zeros(4 * RATE, np.float32)
    found = heard(np.concatenate([first, silence]), np.concatenate([silence, second]), tmp_path)
    assert np.allclose(found, np.concatenate([first, second]) / 2, atol=2e-4)


def test_stereo_is_averaged(tmp_path: Path):
    voice, left, right = talk(4), talk(4), talk(4)
    found = heard(voice + left / 2, voice + right / 2, tmp_path)
    assert np.allclose(found, voice + (left + right) / 4, atol=2e-4)


def test_a_channel_inverted_midway_loses_no_second_and_does_not_click():
    voice = talk(8)
    blocks = voice.reshape(8, -1)
    mixer = Downmixer()
    mixed = [mixer.mix(np.stack([one, one if at < 4 else -one])) for at, one in enumerate(blocks)]
    assert np.allclose(np.concatenate(mixed[:4]), voice[: 4 * RATE])
    assert np.allclose(mixed[4][FADE:], blocks[4][FADE:])
    assert np.allclose(np.concatenate(mixed[5:]), voice[5 * RATE :])
    assert np.allclose(mixer.mix(np.stack([blocks[0], blocks[0]]))[FADE:], blocks[0][FADE:])


def test_silence_and_short_blocks_are_mixed_like_the_block_before():
    voice = talk(1)
    mixer = Downmixer()
    mixer.mix(np.stack([voice, -voice]))
    assert not mixer.mix(np.zeros((2, RATE), np.float32)).any()
    assert np.allclose(mixer.mix(np.stack([voice[:800], -voice[:800]])), voice[:800])
    assert np.allclose(mixer.mix(voice[None]), voice)
