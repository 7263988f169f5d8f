"""Sound and media files made on the spot, and Whisper checkpoints of random weights: real files, real decoders, no download."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from tests.sounds import Sound, write_wav

if TYPE_CHECKING:
    from whisper.model import Whisper
    from whisper.tokenizer import Tokenizer


@dataclass(frozen=True)
class Recording:
    """A media file to be made: a tone of ``hertz``, with a hole of ``gap`` = (at, seconds) in its time stamps, or late by ``offset``."""

    seconds: float = 3.0
    codec: str = "pcm_s16le"
    rate: int = 16000
    hertz: float = 440.0
    gap: tuple[float, float] | None = None
    offset: float = 0.0
    video: bool = False

    @property
    def sound(self) -> Sound:
        return tone(self.seconds, self.rate, self.hertz)


@pytest.fixture(scope="session", autouse=True)
def _vocabularies() -> None:
    """Whisper leaves its vocabularies' files open when it reads them first; it keeps what it read."""
    from whisper.tokenizer import get_tokenizer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for languages in (99, 100):
            get_tokenizer(multilingual=False, num_languages=languages)
            get_tokenizer(multilingual=True, num_languages=languages)


def tone(seconds: float, rate: int = 16000, hertz: float = 440.0) -> Sound:
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def _write(path: Path, recording: Recording) -> None:
    with av.open(str(path), "w") as container:
        sound = container.add_stream(recording.codec, rate=recording.rate, layout="mono")
        picture = container.add_stream("mpeg4", rate=10) if recording.video else None
        if picture is not None:
            picture.width = picture.height = 32
            picture.pix_fmt = "yuv420p"
            for number in range(round(recording.seconds * 10)):
                frame = av.VideoFrame(32, 32, "yuv420p")
                frame.pts = number
                container.mux(picture.encode(frame))
            container.mux(picture.encode(None))
        for audio in _frames(recording, sound):
            container.mux(sound.encode(audio))
        container.mux(sound.encode(None))


def _frames(recording: Recording, stream: av.AudioStream) -> Iterator[av.AudioFrame]:
    size = stream.codec_context.frame_size or 1024
    kind = stream.codec_context.format.name
    whole = np.dtype(f"int{kind[1:3]}") if kind.startswith(("s16", "s32")) else None
    sound = recording.sound
    for at in range(0, len(sound), size):
        piece = sound[None, at : at + size]
        samples = piece if whole is None else (piece * np.iinfo(whole).max).astype(whole)
        frame = av.AudioFrame.from_ndarray(samples, format=kind, layout="mono")
        hole = recording.gap[1] if recording.gap and at / recording.rate >= recording.gap[0] else 0.0
        frame.sample_rate = recording.rate
        frame.pts = at + round((recording.offset + hole) * recording.rate)
        yield frame


Record = Callable[..., Path]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """Make a media file by name: ``record("a.m4a", codec="aac", seconds=5)``."""

    def record(name: str, **settings: object) -> Path:
        path = tmp_path / name
        _write(path, Recording(**settings))  # type: ignore[arg-type]  # the fields of Recording
        return path

    return record


@pytest.fixture
def keep(tmp_path: Path) -> Callable[[Sound], Path]:
    """Make a WAV file of 16 kHz sound."""
    numbers = count()

    def keep(sound: Sound) -> Path:
        return write_wav(tmp_path / f"sound{next(numbers)}.wav", sound)

    return keep


def tokenizer(*, multilingual: bool = False) -> Tokenizer:
    """Whisper's tokenizer. It leaves the vocabulary's file open the first time, which tests are told as an error."""
    from whisper.tokenizer import get_tokenizer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        return get_tokenizer(multilingual, num_languages=99, language="en", task="transcribe")


def random_model(*, vocabulary: int = 51864, seed: int = 1) -> Whisper:
    """Whisper of the smallest shape that its code runs, with random weights: it babbles, but in the right form."""
    import torch
    from whisper.model import ModelDimensions, Whisper

    dims = ModelDimensions(
        n_mels=80,
        n_audio_ctx=1500,
        n_audio_state=8,
        n_audio_head=1,
        n_audio_layer=1,
        n_vocab=vocabulary,
        n_text_ctx=32,
        n_text_state=8,
        n_text_head=1,
        n_text_layer=1,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = Whisper(dims)
        torch.nn.init.normal_(model.decoder.positional_embedding)  # made without values
    return model


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An English-only checkpoint of random weights."""
    return save(random_model(), tmp_path_factory.mktemp("model") / "babble.en.pt")


@pytest.fixture(scope="session")
def multilingual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A multilingual checkpoint of random weights."""
    return save(random_model(vocabulary=51865), tmp_path_factory.mktemp("model") / "babble.pt")


def save(model: Whisper, path: Path) -> Path:
    import torch

    torch.save({"dims": vars(model.dims), "model_state_dict": model.state_dict()}, path)
    return path
