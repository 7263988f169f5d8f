"""Decoded audio on disk: the same as the reader returns, at any position, and no file is left behind."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from transcripts import spool as spooling
from transcripts.audio import open_audio
from transcripts.errors import MediaError, SpoolError
from transcripts.spool import spool

Record = Callable[..., Path]


def test_any_position_can_be_read_and_zeros_follow_the_end(record: Record):
    path = record("a.wav", seconds=25, gap=(5.0, 2.0))
    with open_audio(path) as audio:
        whole = audio.read(0, 100)
        duration = audio.duration
    with spool(path) as sound:
        assert (sound.samples, sound.duration, sound.flaws) == (len(whole), duration, ())
        for first, count in [(200_000, 160_000), (0, 400), (len(whole) - 10, 30), (len(whole) + 5, 7)]:
            expected = np.pad(whole[first : first + count], (0, count - len(whole[first : first + count])))
            read = sound.read(first, count)
            assert read.dtype == np.float32
            assert np.abs(read - expected).max() <= 0.5 / 32768


def test_sixteen_bit_audio_is_unchanged(keep):
    numbers = np.array([-1.0, -0.5, 0, 1 / 32767, 0.25, 1.0], np.float32)
    with spool(keep(np.tile(numbers, 1000))) as sound:
        assert (sound.read(0, 6) * 32768).tolist() == (numbers * 32767).astype("<i2").tolist()


def test_too_loud_audio_is_clipped(record: Record, monkeypatch):
    monkeypatch.setattr(
        "transcripts.audio.Audio.read",
        lambda self, start, seconds: np.array([9, -9][: 2 - round(start * 32000)], np.float32),
    )
    with spool(record("a.wav")) as sound:
        assert sound.read(0, 2).tolist() == [32767 / 32768, -1]


def test_flaws_of_the_file_are_known_at_once(record: Record):
    path = record("a.mp3", codec="libmp3lame", rate=44100, seconds=6)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with spool(path) as sound:
        assert "cut off" in sound.flaws[0]
        assert sound.duration == pytest.approx(6, abs=0.2)


def test_nothing_is_left_in_the_folder(record: Record, tmp_path):
    path = record("a.wav")
    folder = tmp_path / "room"
    folder.mkdir()
    with spool(path, folder) as sound:
        assert sound.samples == 48000
    assert list(folder.iterdir()) == []
    with pytest.raises(MediaError):
        spool(tmp_path / "nothing.wav", folder)
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_reported_with_what_is_needed(record: Record, monkeypatch):
    class Full:
        def __init__(self, file: IO[bytes]) -> None:
            self.file = file

        def write(self, _: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            self.file.close()

    create = spooling._create
    monkeypatch.setattr(spooling, "_create", lambda folder: Full(create(folder)))
    with pytest.raises(SpoolError, match="disk is full after 0 minutes") as raised:
        spool(record("a.wav"))
    assert "115 MB an hour" in str(raised.value)


def test_the_folder_is_created_or_the_failure_reported(record: Record, tmp_path):
    sound = record("a.wav")
    spool(sound, tmp_path / "far" / "absent").close()
    assert list((tmp_path / "far" / "absent").iterdir()) == []
    with pytest.raises(SpoolError, match="File exists") as raised:
        spool(sound, sound)
    assert "NIR_WORK" in str(raised.value)
