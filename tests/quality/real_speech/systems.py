"""What is measured side by side: a way to hear, opened once with its model, then asked for one file after the other.

A name is a family and its way, as ``nir-int8``. Each gives segments as the judge wants them. The peers run as their manuals have them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

#: ``{"segments": […]}`` of a file.
Hear = Callable[[Path], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Model:
    """One model in both forms: a checkpoint for openai-whisper, a folder for faster-whisper."""

    name: str
    checkpoint: Path
    folder: Path


def nir(model: Model, precision: str = "int8", parallel_chunks: int | None = None, language: str | None = "en") -> Hear:
    """Ours, in this process, each word with its time; without a language it is found out."""
    from transcripts.engine import Options, transcribe
    from transcripts.engine.factory import load_in_process
    from transcripts.engine_options import EngineOptions, Precision

    engine = load_in_process(EngineOptions(str(model.checkpoint), precision=Precision(precision)))
    options = Options(language=language, words=True, parallel_chunks=parallel_chunks)
    return lambda path: {"segments": [_segment(one) for one in transcribe(engine, path, options).segments]}


def _segment(one: Any) -> dict[str, Any]:
    text = {"start": one.start, "end": one.end, "text": one.text}
    words = [
        {"start": word.start, "end": word.end, "text": getattr(word, "text", None) or word.word}
        for word in one.words or ()
    ]
    return {**text, "words": words} if words else text


def whisper(model: Model, *, words: bool = False, language: str | None = "en") -> Hear:
    """openai-whisper's own ``transcribe``: greedy at first, float32, not conditioned on earlier text."""
    import whisper as library

    loaded = library.load_model(str(model.checkpoint), device="cpu")

    def hear(path: Path) -> dict[str, Any]:
        sound = str(path)
        found = loaded.transcribe(
            sound_of(sound), language=language, fp16=False, condition_on_previous_text=False, word_timestamps=words
        )
        for one in found["segments"]:
            one["words"] = [{**word, "text": word["word"]} for word in one.get("words") or ()]
        return found

    return hear


def sound_of(path: str) -> Any:
    """As whisper's own loader gives it, which needs an ffmpeg program."""
    from faster_whisper import decode_audio

    return decode_audio(path)


def faster_whisper(model: Model, *, batched: bool = False, **options: object) -> Hear:
    """faster-whisper in int8."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    loaded = WhisperModel(str(model.folder), device="cpu", compute_type="int8")
    call = BatchedInferencePipeline(loaded).transcribe if batched else loaded.transcribe
    asked: dict[str, Any] = {"language": "en", **options}
    return lambda path: {"segments": [_segment(one) for one in call(str(path), **asked)[0]]}


SYSTEMS: dict[str, Callable[[Model], Hear]] = {
    "nir-int8": nir,
    "nir-int8-auto": partial(nir, language=None),
    "nir-float32": partial(nir, precision="float32"),
    "nir-float32-one-stripe": partial(nir, precision="float32", parallel_chunks=1),
    "whisper": whisper,
    "whisper-words": partial(whisper, words=True),
    "faster-greedy": partial(faster_whisper, beam_size=1, condition_on_previous_text=False),
    "faster": faster_whisper,
    "faster-words": partial(faster_whisper, word_timestamps=True),
    "faster-vad": partial(faster_whisper, vad_filter=True),
    "faster-batched": partial(faster_whisper, batched=True, beam_size=1, batch_size=8),
    "faster-batched-beams": partial(faster_whisper, batched=True, batch_size=8),
}


def chosen(names: Iterable[str]) -> dict[str, Callable[[Model], Hear]]:
    """Those of these names; all where none is named.

    Raises:
        KeyError: there is none of a name.
    """
    return {name: SYSTEMS[name] for name in names} or SYSTEMS
