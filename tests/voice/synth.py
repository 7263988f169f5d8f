"""Speak the script with espeak-ng: the sample's media, captions and ground truth, and the clips for the training.

    python -m tests.voice.synth [--clips FILE.npz]

The episodes are spoken with settings *between* those of the training clips, so the voice never heard these recordings.
Clips come in three colours, plain and once through each codec of the sample files: low bit rates change the spectrum
enough to be worth learning. Needs `espeak-ng` on the path.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import subprocess
import wave
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import numpy.typing as npt

from tests.voice.script import EPISODES, SENTENCES, Line, Speaker

Samples = npt.NDArray[np.float32]
"""Mono sound between -1 and 1; the rate is said beside it."""

SAMPLE = Path(__file__).parents[2] / "episodes" / "sample"
ESPEAK_RATE = 22050
MEDIA_RATE = 24000
HEARD_RATE = 16000
BIT_RATE = 24000


class Setting(NamedTuple):
    """One way of speaking: an espeak-ng voice, its pitch (0-99) and its speed (words a minute)."""

    voice: str
    pitch: int
    speed: int


class Codec(NamedTuple):
    """A way of storing sound: file suffix, container and codec as FFmpeg calls them."""

    suffix: str
    container: str
    codec: str


OPUS = Codec(".opus", "ogg", "libopus")
AAC = Codec(".m4a", "mp4", "aac")
MEDIA: dict[str, Codec] = {"NiRsample12": OPUS, "NiRsample13": AAC, "NiRsample14": OPUS, "NiRsample15": OPUS}
CAPTIONED = ("NiRsample14",)

SHOWN: dict[Speaker, Setting] = {"host": Setting("en-us+m3", 45, 150), "editor": Setting("en-gb+f3", 55, 153)}
TAUGHT: tuple[Setting, ...] = (
    *(Setting("en-us+m3", pitch, speed) for pitch in (42, 48) for speed in (145, 155)),
    *(Setting("en-gb+f3", pitch, speed) for pitch in (52, 58) for speed in (148, 158)),
)
"""The first half are the host's, the second half the editor's."""


@dataclass(frozen=True)
class Said:
    """Ground truth: who said what from `start` to `end` (seconds from the beginning of the file)."""

    speaker: Speaker
    start: float
    end: float
    text: str


def say(text: str, setting: Setting) -> Samples:
    """Speak one sentence: samples at `ESPEAK_RATE`, without the silence around it."""
    command = ["espeak-ng", "-v", setting.voice, "-p", str(setting.pitch), "-s", str(setting.speed), "--stdout", text]
    spoken = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(spoken)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / np.float32(32768)
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[max(0, loud[0] - 440) : loud[-1] + 660]


def _frames(samples: Samples, rate: int) -> Iterator[av.AudioFrame]:
    pcm = (samples.clip(-1, 1) * 32767).astype(np.int16)
    for at in range(0, len(pcm), rate):
        frame = av.AudioFrame.from_ndarray(pcm[None, at : at + rate], format="s16", layout="mono")
        frame.sample_rate, frame.pts = rate, at
        yield frame


def resample(samples: Samples, rate: int, to: int) -> Samples:
    """The same sound at another rate."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=to)
    parts = [part.to_ndarray()[0] for frame in [*_frames(samples, rate), None] for part in resampler.resample(frame)]
    return np.concatenate(parts).astype(np.float32)


def encode(samples: Samples, codec: Codec, title: str = "") -> bytes:
    """Store sound of `MEDIA_RATE` at `BIT_RATE` bits a second; returns the file."""
    file = io.BytesIO()
    with av.open(file, "w", format=codec.container, container_options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream(codec.codec, rate=MEDIA_RATE, layout="mono")
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = BIT_RATE
        if title:
            container.metadata["title"] = title
        for frame in _frames(samples, MEDIA_RATE):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def decode(file: bytes, rate: int) -> Samples:
    """Read any sound file: mono samples at `rate`."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    with av.open(io.BytesIO(file), "r") as container:
        frames = [*container.decode(audio=0), None]
    return np.concatenate([part.to_ndarray()[0] for frame in frames for part in resampler.resample(frame)])


def make_clips() -> dict[str, npt.NDArray[np.int16]]:
    """Speak every sentence in every taught setting, plain and through each codec: {"colour-setting-sentence": 16 kHz}."""
    clips: dict[str, npt.NDArray[np.int16]] = {}
    for number, setting in enumerate(TAUGHT):
        spoken = [resample(say(text, setting), ESPEAK_RATE, MEDIA_RATE) for text in SENTENCES]
        for colour, heard in enumerate(_colours(spoken)):
            for sentence, samples in enumerate(heard):
                clips[f"{colour}-{number}-{sentence}"] = (samples.clip(-1, 1) * 32767).astype(np.int16)
    return clips


def _colours(spoken: list[Samples]) -> Iterator[list[Samples]]:
    """The same clips plain and through each codec, at `HEARD_RATE`; one long file a codec, cut again: that is faster."""
    pause = np.zeros(MEDIA_RATE // 4, np.float32)
    whole = np.concatenate([part for clip in spoken for part in (pause, clip)])
    ends = np.cumsum([len(pause) + len(clip) for clip in spoken])
    spans = [(end - len(clip), end) for end, clip in zip(ends, spoken, strict=True)]
    scale = HEARD_RATE / MEDIA_RATE
    for sound in (
        resample(whole, MEDIA_RATE, HEARD_RATE),
        *(decode(encode(whole, c), HEARD_RATE) for c in (OPUS, AAC)),
    ):
        yield [sound[round(start * scale) : round(end * scale)] for start, end in spans]


def speak(lines: tuple[Line, ...], seed: str) -> tuple[Samples, list[Said]]:
    """Speak an episode with pauses of 0.2-0.7 s: samples at `MEDIA_RATE`, and who said what when."""
    chance, at, parts, said = random.Random(seed), 0.4, [np.zeros(round(0.4 * MEDIA_RATE), np.float32)], []
    for line in lines:
        clip = resample(say(line.text, SHOWN[line.speaker]), ESPEAK_RATE, MEDIA_RATE)
        pause = round(chance.uniform(0.2, 0.7) * MEDIA_RATE)
        parts += [clip, np.zeros(pause, np.float32)]
        said.append(Said(line.speaker, round(at, 2), round(at + len(clip) / MEDIA_RATE, 2), line.text))
        at += (len(clip) + pause) / MEDIA_RATE
    return np.concatenate(parts) * 0.8, said


def halves(said: Said) -> list[Said]:
    """One cue, or two where a comma parts a sentence of more than 4 s (the time is shared by letters)."""
    before, comma, after = said.text.partition(", ")
    if not comma or said.end - said.start < 4:
        return [said]
    middle = round(said.start + (said.end - said.start) * len(before) / len(said.text), 2)
    return [Said(said.speaker, said.start, middle, before + ","), Said(said.speaker, middle, said.end, after)]


def vtt(said: list[Said]) -> str:
    """Captions as a publisher would write them: WebVTT, a cue for a sentence or half of one."""
    cues = [cue for sentence in said for cue in halves(sentence)]
    return "WEBVTT\n\n" + "\n".join(f"{_clock(cue.start)} --> {_clock(cue.end)}\n{cue.text}\n" for cue in cues)


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600):02}:{int(seconds // 60) % 60:02}:{seconds % 60:06.3f}"


def write_sample(folder: Path = SAMPLE) -> None:
    """Write the sample's media, captions and ground truth (`said.json`) into `folder`."""
    truth: dict[str, list[dict[str, object]]] = {}
    for episode, lines in EPISODES.items():
        samples, said = speak(lines, episode)
        codec = MEDIA[episode]
        _write(folder / "media" / f"{episode}{codec.suffix}", encode(samples, codec))
        if episode in CAPTIONED:
            _write(folder / "captions" / f"{episode}.en.vtt", vtt(said).encode())
        truth[episode] = [asdict(sentence) for sentence in said]
    rows = ",\n".join(
        f'  "{episode}": [\n    ' + ",\n    ".join(json.dumps(row) for row in said) + "\n  ]"
        for episode, said in truth.items()
    )
    _write(folder / "said.json", f"{{\n{rows}\n}}\n".encode())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="speak the sample show, and the clips that its voice is trained on")
    parser.add_argument("--clips", type=Path, help="also write the training clips to this .npz")
    arguments = parser.parse_args()
    write_sample()
    if arguments.clips:
        np.savez(arguments.clips, **make_clips())  # type: ignore[arg-type]  # numpy's stub reads names as options


if __name__ == "__main__":
    main()
