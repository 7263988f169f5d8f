"""Recordings of stretches in several languages."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.quality.languages.packages import PACKAGES, RATE, prompts
from tests.quality.real_speech.recordings import recordings
from tests.quality.real_speech.systems import sound_of

LEVEL = 0.08
"""Root mean square of every stretch."""

HISS = 3e-4
"""The same of what is between."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sound at 16 kHz in one language."""

    language: str
    sound: np.ndarray


@dataclass(frozen=True, slots=True)
class Mixed:
    """A recording as a file, and its stretches as files."""

    name: str
    file: Path
    stretches: tuple[tuple[str, Path], ...]


Talk = Callable[[str, float], Stretch]


def mixed(english: Path, cache: Path, folder: Path, seed: int) -> Iterator[Mixed]:
    """All recordings, written into a folder; ``english`` is the folder of English ones."""
    talk = _talker(cache, seed)
    read = {one.name: one for one in recordings(english, ("moby", "jfk", "libri_pauses", "phone_commercial"))}

    def said(name: str, start: float, end: float) -> Stretch:
        return Stretch(
            "en", np.asarray(sound_of(str(read[name].sound)), np.float32)[round(start * RATE) : round(end * RATE)]
        )

    yield _written("news", folder, 0.8, [
        said("moby", 0, 40), talk("fr", 20), said("moby", 40, 75), talk("es", 8), said("jfk", 0, 11), talk("it", 15),
        said("libri_pauses", 11, 45), talk("ru", 12), said("moby", 75, 106),
    ])  # fmt: skip
    yield _written("interview", folder, 0.4, [talk(*one) for _ in range(6) for one in (("en", 5.0), ("ru", 7.0))])
    yield _written("quote", folder, 0.4, [
        said("moby", 0, 22), talk("fr", 4), said("moby", 22, 60), talk("es", 3), said("jfk", 0, 11), talk("it", 5),
        said("phone_commercial", 0, 43),
    ])  # fmt: skip
    yield _written("dutch", folder, 0.5, [talk(*one) for _ in range(4) for one in (("nl", 12.0), ("en", 9.0))])


def _talker(cache: Path, seed: int) -> Talk:
    left = {language: prompts(language, cache, seed) for language in PACKAGES}

    def talk(language: str, seconds: float) -> Stretch:
        """The next sentences in a language, for so many seconds or a little more."""
        parts: list[np.ndarray] = []
        while sum(map(len, parts)) < seconds * RATE:
            parts += [_hiss(0.3), next(left[language])]
        return Stretch(language, np.concatenate(parts[1:]))

    return talk


def _hiss(seconds: float) -> np.ndarray:
    return np.random.default_rng(round(seconds * 1000)).normal(0, HISS, round(seconds * RATE)).astype(np.float32)


def _written(name: str, folder: Path, gap: float, stretches: Sequence[Stretch]) -> Mixed:
    level = [one.sound * (LEVEL / (float(np.sqrt(np.square(one.sound).mean())) + 1e-9)) for one in stretches]
    whole = np.concatenate([part for sound in level for part in (sound, _hiss(gap))])
    files = tuple(
        (one.language, _wave(folder / f"{name}-{at}.wav", np.concatenate([_hiss(0.3), sound, _hiss(0.3)])))
        for at, (one, sound) in enumerate(zip(stretches, level, strict=True))
    )
    return Mixed(name, _wave(folder / f"{name}.wav", whole), files)


def _wave(path: Path, sound: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound.clip(-1, 1) * 32767).astype("<i2").tobytes())
    return path
