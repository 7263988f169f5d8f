"""Sound into files: mono, 16 kHz, 16 bits, as all tests and measurements write it."""

from __future__ import annotations

import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE = 16_000

Sound = npt.NDArray[np.float32]


def write_wav(path: Path, *pieces: Sound) -> Path:
    """A WAV file of these pieces, one after the other; samples are from -1 to 1."""
    return write_long_wav(path, pieces)


def write_long_wav(path: Path, pieces: Iterable[Sound]) -> Path:
    """The same from pieces that come one by one, so that hours need no memory."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for piece in pieces:
            file.writeframesraw((piece * 32767).astype("<i2").tobytes())
    return path
