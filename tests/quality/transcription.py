"""What windows by voice, padding and precision cost in words, with floors: ``python -m tests.quality.transcription [MINUTES]``.

Gives 1 when a floor is broken. *truth*: words replaced, left out or added, as a share of what was said. *one stripe*: the same
against what the model hears in float32 with one stripe and whisper's padding, which must be what ``whisper.transcribe`` hears, to the
word and the hundredth of a second; it is high where the model errs, since it errs elsewhere when a window begins elsewhere, so the
floor is on the truth. *cuts*, and those of them inside a sentence. *x*: times real time, of one run on this machine.

The talk is the sample's sound, its sentences in another order with pauses of other lengths. Only the sample's voice is measured: a
model 64 wide that knows two voices and sixty sentences. What it says of the official models is that the way of hearing loses no
words; what int8 costs their weights must be measured where these are.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from episodes.sample.server import HERE, said
from episodes.sample.voice import unpack_voice
from tests.sounds import RATE, Sound, write_wav
from tests.word_errors import errors, words
from transcripts.engine import Options, load, transcribe
from transcripts.engine.openai_whisper import vad
from transcripts.engine.vad_chunking import plan_chunks
from transcripts.spool import spool
from transcripts.words import Transcript


@dataclass(frozen=True)
class Talk:
    """Sound with what is said in it: (start, end, text) in seconds."""

    path: Path
    seconds: float
    said: tuple[tuple[float, float, str], ...]

    @property
    def words(self) -> list[str]:
        return words(" ".join(text for _, _, text in self.said))


@dataclass(frozen=True)
class Way:
    """A way of hearing: options, and the engine's precision."""

    options: Options
    precision: str = "float32"


@dataclass(frozen=True)
class Figures:
    """What one way heard: errors against the truth and against one stripe, cuts in all and in sentences, and its speed."""

    truth: float
    reference: float
    cuts: int
    inside: int
    speed: float


@dataclass(frozen=True)
class Floor:
    """The most errors that will do, in all and more than one stripe has. Lowering is free, raising needs a reason in the commit."""

    truth: float
    more: float


ONE = Way(Options(parallel_chunks=1))
WAYS = {
    "one stripe": ONE,
    "one stripe, silence": Way(Options(parallel_chunks=1, padding="silence")),
    "windows": Way(Options()),
    "windows, zeros": Way(Options(padding="zeros")),
    "one stripe, int8": Way(Options(parallel_chunks=1), precision="int8"),
    "windows, int8": Way(Options(), precision="int8"),
}
FLOORS = {
    "one stripe": Floor(truth=0.04, more=0.0),
    "one stripe, silence": Floor(truth=0.04, more=0.005),
    "windows": Floor(truth=0.02, more=0.005),
    "windows, zeros": Floor(truth=0.02, more=0.005),
    "one stripe, int8": Floor(truth=0.04, more=0.005),
    "windows, int8": Floor(truth=0.02, more=0.005),
}
INSIDE = 0.1
"""Share of the cuts that may lie inside a sentence: people do not always pause where they are wanted to."""


def sentences() -> Iterator[tuple[Sound, str]]:
    """Every sentence of the sample with its sound."""
    for path in sorted((HERE / "media").iterdir()):
        with spool(path) as sound:
            for one in said(path.stem):
                start = round((one["start"] - 0.05) * RATE)
                yield sound.read(start, round((one["end"] + 0.1) * RATE) - start), one["text"]


def talk(path: Path, minutes: float, seed: int = 1) -> Talk:
    """Write a talk of about so many minutes to ``path``, a WAV file."""
    chance = random.Random(seed)
    known, pieces, spoken, at = list(sentences()), [], [], 0
    while at < minutes * 60 * RATE:
        sound, text = chance.choice(known)
        pause = round(chance.choice((0.25, 0.4, 0.6, 1.2)) * RATE)
        spoken.append((at / RATE, (at + len(sound)) / RATE, text))
        pieces += [sound, np.zeros(pause, np.float32)]
        at += len(sound) + pause
    return Talk(write_wav(path, *pieces), at / RATE, tuple(spoken))


def hear(model: str, way: Way, path: Path) -> Transcript:
    """The talk in one way."""
    return transcribe(load(model, precision=way.precision), path, way.options)


def whisper_hears(model: str, path: Path) -> list[tuple[float, float, str]]:
    """Segments of ``whisper.transcribe`` without conditioning on previous text."""
    import whisper

    with spool(path) as sound:
        samples = sound.read(0, sound.samples)
    heard = whisper.load_model(model, device="cpu").transcribe(
        samples, condition_on_previous_text=False, language="en", fp16=False
    )
    return [(s["start"], s["end"], s["text"].strip()) for s in heard["segments"] if s["text"]]


def cuts(path: Path, way: Way) -> list[float]:
    """Where windows begin, in seconds; whisper's own follow from what it hears, and none is told."""
    if way.options.faithful:
        return []
    with spool(path) as sound:
        voice = vad.detect_speech(sound)
        return [one.start / 100 for one in plan_chunks(voice.speech, voice.levels, sound.samples // 160)[1:]]


def measured(model: str, subject: Talk, names: Iterable[str] = WAYS) -> dict[str, Figures]:
    """Ways of hearing one talk, by name."""
    truth, reference, found = subject.words, None, {}
    for name in names:
        begun = time.perf_counter()
        heard = words(hear(model, WAYS[name], subject.path).text)
        speed = subject.seconds / (time.perf_counter() - begun)
        reference = reference or heard
        where = cuts(subject.path, WAYS[name])
        inside = sum(any(start + 0.1 < cut < end - 0.1 for start, end, _ in subject.said) for cut in where)
        found[name] = Figures(
            errors(truth, heard) / len(truth), errors(reference, heard) / len(truth), len(where), inside, speed
        )
    return found


def differences(model: str, path: Path) -> list[str]:
    """Where one stripe is not what ``whisper.transcribe`` hears, to the word and 10 ms."""
    ours = [(s.start, s.end, s.text) for s in hear(model, ONE, path).segments if s.text]
    theirs = [(round(start, 3), round(end, 3), text) for start, end, text in whisper_hears(model, path)]
    return [f"{mine} is {other} in whisper" for mine, other in zip(ours, theirs, strict=False) if mine != other] + (
        [] if len(ours) == len(theirs) else [f"{len(ours)} segments, {len(theirs)} in whisper"]
    )


def broken(found: dict[str, Figures]) -> list[str]:
    """The floors that do not hold."""
    told, least = [], found["one stripe"].truth
    for name, one in found.items():
        floor = FLOORS[name]
        if one.truth > floor.truth:
            told.append(f"{name}: {one.truth:.2%} errors, {floor.truth:.2%} allowed")
        if one.truth - least > floor.more:
            told.append(f"{name}: {one.truth - least:.2%} more errors than one stripe, {floor.more:.2%} allowed")
        if one.inside > INSIDE * one.cuts:
            told.append(f"{name}: {one.inside} of {one.cuts} cuts are inside a sentence")
    return told


def main(minutes: float) -> int:
    """Print the table; 1 if a floor is broken."""
    with tempfile.TemporaryDirectory() as folder:
        model = str(unpack_voice(Path(folder)))
        subject = talk(Path(folder, "talk.wav"), minutes)
        found = measured(model, subject)
        media = sorted((HERE / "media").iterdir())
        unlike = [line for path in (subject.path, *media) for line in differences(model, path)]
    print(
        f"{subject.seconds / 60:.1f} minutes, {len(subject.words)} words, heard by the sample's voice only (see the module)"
    )
    print(f"{'':26} {'truth':>7} {'one stripe':>11} {'cuts':>5} {'in a sentence':>14} {'x':>6}")
    for name, one in found.items():
        print(f"{name:26} {one.truth:7.2%} {one.reference:11.2%} {one.cuts:5} {one.inside:14} {one.speed:6.0f}")
    told = broken(found) + unlike
    print("\n".join(told) or "every floor holds; one stripe is what whisper.transcribe hears, to the word and 10 ms")
    return bool(told)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if sys.argv[1:] else 20))
