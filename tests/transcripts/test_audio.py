"""Any media file becomes 16 kHz audio in which every moment keeps its second; files without audio are refused."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from transcripts.audio import RATE, open_audio
from transcripts.errors import MediaError

KINDS = {
    "a.wav": {"codec": "pcm_s16le"},
    "a.float.wav": {"codec": "pcm_f32le", "rate": 48000},
    "a.flac": {"codec": "flac", "rate": 44100},
    "a.opus": {"codec": "libopus", "rate": 48000},
    "a.webm": {"codec": "libopus", "rate": 48000},
    "a.m4a": {"codec": "aac", "rate": 44100},
    "a.ts": {"codec": "aac", "rate": 48000},
    "video.mp4": {"codec": "aac", "rate": 44100, "video": True},
}


def hear(path: Path) -> np.ndarray:
    with open_audio(path) as audio:
        return audio.read(0, 3600)


def loud(sound: np.ndarray) -> list[tuple[float, float]]:
    """Return stretches of audio in seconds, bridging silence of a tenth of a second or less."""
    at = np.flatnonzero(np.abs(sound) > 0.1) / RATE
    breaks = np.flatnonzero(np.diff(at) > 0.1)
    return list(zip(at[[0, *(breaks + 1)]], at[[*breaks, -1]], strict=True))


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_file(record, name):
    path = record(name, **KINDS[name])
    with open_audio(path) as audio:
        assert audio.duration == pytest.approx(3, abs=0.05)
        sound = audio.read(0, 100)
    assert sound.dtype == np.float32
    assert loud(sound) == [(pytest.approx(0, abs=0.03), pytest.approx(3, abs=0.03))]
    middle = sound[RATE : 2 * RATE]
    assert np.argmax(np.abs(np.fft.rfft(middle))) == 440  # hertz: the speed is right
    assert np.abs(middle).max() == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("gap.mka", {"codec": "libopus", "rate": 48000}),
        ("gap.mp4", {"codec": "aac", "rate": 44100, "video": True}),
    ],
)
def test_a_gap_in_the_timestamps_is_silence(record, name, settings):
    sound = hear(record(name, gap=(1.0, 1.5), **settings))
    assert loud(sound) == [
        (pytest.approx(0, abs=0.03), pytest.approx(1, abs=0.05)),
        (pytest.approx(2.5, abs=0.05), pytest.approx(4.5, abs=0.03)),
    ]


def test_audio_that_begins_after_the_video_keeps_its_second(record):
    sound = hear(record("late.mkv", codec="aac", rate=44100, video=True, offset=0.75))
    assert loud(sound) == [(pytest.approx(0.75, abs=0.03), pytest.approx(3.75, abs=0.03))]


def test_a_file_whose_clock_begins_late_begins_at_zero(record):
    sound = hear(record("late.mka", codec="libopus", rate=48000, offset=5.0))
    assert loud(sound)[0][0] == pytest.approx(0, abs=0.03)


def test_joined_recordings_with_a_new_clock_continue(record, tmp_path):
    parts = [record(f"{number}.ts", codec="aac", rate=48000, hertz=hertz) for number, hertz in enumerate((440, 880))]
    joined = tmp_path / "joined.ts"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    sound = hear(joined)
    assert len(sound) / RATE == pytest.approx(6, abs=0.2)
    assert np.argmax(np.abs(np.fft.rfft(sound[-2 * RATE : -RATE]))) == 880


def test_reading_in_pieces_equals_reading_at_once(record):
    path = record("a.opus", codec="libopus", rate=48000)
    whole = hear(path)
    with open_audio(path) as audio:
        assert np.array_equal(audio.read(0.25, 0.5), whole[4000:12000])
        assert np.array_equal(audio.read(0.5, 0.5), whole[8000:16000])
        assert np.array_equal(audio.read(0.5, 0.125), whole[8000:10000])
        assert np.array_equal(audio.read(2.0, 10), whole[32000:])
        assert len(audio.read(60, 10)) == 0
        with pytest.raises(ValueError, match="forward"):
            audio.read(0.25, 1)


def test_an_unstated_duration_is_known_at_the_end(record, tmp_path):
    streamed = tmp_path / "streamed.mkv"
    content = record("a.mka", codec="libopus", rate=48000).read_bytes()
    # 0x4489 is Matroska's Duration, 0xEC marks its bytes as void: so it looks while it is being recorded.
    at = content.index(b"\x44\x89\x88")
    streamed.write_bytes(content[:at] + b"\xec\x89" + bytes(9) + content[at + 11 :])
    with open_audio(streamed) as audio:
        assert audio.duration is None
        audio.read(0, 100)
        assert audio.duration == pytest.approx(3, abs=0.05)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("a.flac", {"codec": "flac"}),
        ("a.mp3", {"codec": "libmp3lame", "rate": 44100}),
        ("a.opus", {"codec": "libopus", "rate": 48000}),
    ],
)
def test_the_rest_of_a_truncated_file_is_read(record, name, settings):
    path = record(name, seconds=6, **settings)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with open_audio(path) as audio:
        seconds = len(audio.read(0, 100)) / RATE
    assert 1 < seconds < 5


def test_a_file_shorter_than_stated_is_reported(record):
    path = record("a.mp3", codec="libmp3lame", rate=44100, seconds=6)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with open_audio(path) as audio:
        assert audio.flaws == ()
        audio.read(0, 100)
        assert "cut off" in audio.flaws[0]
        assert audio.duration == pytest.approx(6, abs=0.1)


def test_damaged_packets_are_skipped_and_nothing_moves(record):
    path = record("a.ts", codec="aac", rate=48000, seconds=8)
    content, chance = bytearray(path.read_bytes()), random.Random(4)
    for _ in range(8):
        at = chance.randrange(len(content) // 4, len(content) // 2)
        content[at : at + 60] = chance.randbytes(60)
    path.write_bytes(content)
    with open_audio(path) as audio:
        sound = audio.read(0, 100)
        assert "skipped" in audio.flaws[0]
    assert len(sound) / RATE == pytest.approx(8, abs=0.1)
    assert loud(sound)[-1][1] == pytest.approx(8, abs=0.1)


@pytest.mark.parametrize(
    ("name", "content", "detail"),
    [
        ("empty.mp3", b"", "empty"),
        ("text.txt", b"Good evening, this is no sound.\n" * 50, "no audio stream"),
        ("text.mp3", b"Good evening, this is no sound.\n" * 50, "not a media file"),
        ("random.mp3", random.Random(1).randbytes(100_000), "decoded"),
        ("random.wav", random.Random(2).randbytes(100_000), "not a media file"),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n", "not a media file"),
    ],
)
def test_files_without_audio_are_refused(tmp_path, name, content, detail):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(MediaError, match=detail) as refused:
        open_audio(path)
    assert refused.value.item == str(path)


def test_a_truncated_mp4_without_its_index_is_refused(record):
    path = record("a.m4a", codec="aac", rate=44100)
    path.write_bytes(path.read_bytes()[:20000])
    with pytest.raises(MediaError):
        open_audio(path)


def test_a_silent_film_is_refused(record, tmp_path):
    import av

    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        container.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        container.mux(stream.encode(None))
    with pytest.raises(MediaError, match="no audio stream"):
        open_audio(path)


def test_a_missing_file_a_folder_and_a_url_are_refused(tmp_path):
    with pytest.raises(MediaError, match="no such file"):
        open_audio(tmp_path / "nothing.mp3")
    with pytest.raises(MediaError, match="folder"):
        open_audio(tmp_path)
    with pytest.raises(MediaError, match="no such file"):
        open_audio("http://127.0.0.1:9/a.mp3")
