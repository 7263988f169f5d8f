"""faster-whisper as an engine, on its own models: the only module that imports faster_whisper and ctranslate2.

It transcribes one file at a time, with the defaults its users know (beam size 5, its thresholds and temperatures),
except for three things. Sound is streamed and encoded a window at a time, so hours need no more memory than a minute.
No window is conditioned on the text before it, so a file can be resumed at any window. And the prompt precedes every
window.

Its models are folders made by CTranslate2's converter, or names (base.en, small, turbo) that it downloads from its hub.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from transcripts.engine.clamp_words import clamp_words
from transcripts.engine.interface import AUTO, Ended, Job, Options, Step, Transcribed, Window
from transcripts.engine.timestamps import Piece, parse_timestamps
from transcripts.engine_options import Precision
from transcripts.errors import LanguageError, MediaError, ModelError
from transcripts.words import Segment, Word

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer
    from faster_whisper.transcribe import TranscriptionOptions

    from transcripts.audio import Audio, Samples

Features: TypeAlias = Any
"""The encoder's output for one window; ctranslate2 has no types."""

WINDOW = 30
"""Seconds of a Whisper window."""

RATE, FRAME = 16000, 160
"""Samples a second, and samples of one mel frame."""

SILENCE = 1e-4
"""Windows whose samples all stay below this (-80 dB) are skipped, as in the other engine."""

BEAM = 5
"""faster-whisper's default beam size."""

LONGEST_PROMPT = 170

NOT_INSTALLED = "faster-whisper is not installed: pip install 'news-in-review[faster]', or leave out --engine"
NEEDED = ("model.bin", "tokenizer.json")


def load(model: str, precision: Precision = Precision.AUTO) -> FasterWhisper:
    """Load a model as an engine: a folder, or a name that is downloaded on first use.

    Raises:
        ModelError: faster-whisper is not installed; unknown name or folder; a folder without a model; no network for a
        download.
    """
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise ModelError(model, NOT_INSTALLED) from error
    folder = Path(model).expanduser()
    named = str(folder) if folder.exists() else model
    _look(model, folder)
    try:
        loaded = WhisperModel(named, compute_type=str(precision))
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(model, f"faster-whisper cannot load it: {_first_line(error)}") from error
    return FasterWhisper(folder.name if folder.exists() else model, loaded)


def locate(model: str) -> Path | None:
    """Return the model's folder: the given path or the hub's download folder. None if its first use downloads it.

    Raises:
        ModelError: as ``load``, except for errors that only loading reveals.
    """
    try:
        from faster_whisper import download_model
    except ImportError as error:
        raise ModelError(model, NOT_INSTALLED) from error
    folder = Path(model).expanduser()
    _look(model, folder)
    try:
        return folder if folder.is_dir() else Path(download_model(model, local_files_only=True))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ModelError(model, f"faster-whisper has no such model: {_first_line(error)}") from error


def _look(model: str, folder: Path) -> None:
    """Report what is wrong with a path before the library looks for it on its hub."""
    if folder.is_dir():
        if missing := [name for name in NEEDED if not (folder / name).is_file()]:
            raise ModelError(
                model, f"{' and '.join(missing)} missing: ct2-transformers-converter did not make this folder"
            )
    elif folder.is_file():
        raise ModelError(
            model, "faster-whisper takes the folder of a converted model; checkpoints are for openai-whisper"
        )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class FasterWhisper:
    """A loaded faster-whisper model; created by ``load``. Transcribes one file after another."""

    def __init__(self, name: str, model: WhisperModel) -> None:
        self.name = f"faster-whisper {name}"
        self._model = model

    @property
    def signature(self) -> str:
        """See ``Engine.signature``."""
        return f"{self.name} {version('faster-whisper')} {self._model.model.compute_type} beam {BEAM}"

    @property
    def remark(self) -> str:
        """See ``Engine.remark``."""
        core = self._model.model
        return f"{core.compute_type}: CTranslate2's own choice or yours; one window at a time, beam of {BEAM}, on {core.device}"

    def transcribe(self, jobs: Iterable[Job]) -> Iterator[Step]:
        """See ``Engine.transcribe``."""
        for job in jobs:
            try:
                for window in self._windows(job):
                    yield Step((Transcribed(job.key, window),))
            except (MediaError, LanguageError) as error:
                yield Step(ended=(Ended(job.key, error),))
            else:
                yield Step(ended=(Ended(job.key),))

    def _windows(self, job: Job) -> Iterator[Window]:
        from transcripts.audio import open_audio

        found = next((window.language for window in job.done if window.language), None)
        options = replace(job.options, language=self._language(job.options.language or found))
        with open_audio(job.path) as audio:
            yield from self._heard(audio, options, contiguous_end(job.done))

    def _heard(self, audio: Audio, options: Options, seek: int) -> Iterator[Window]:
        while frames := len(sound := audio.read(seek / 100, WINDOW)) // FRAME:
            start = seek / 100
            segments: tuple[Segment, ...] = ()
            advance = frames
            if abs(sound).max() >= SILENCE:
                features = self._encode(sound)
                options = replace(options, language=options.language or self._detect(features))
                segments, advance = self._decode(features, seek, frames, options)
            seek += min(advance, frames)
            yield Window(start, seek / 100, audio.duration, segments, options.language, audio.flaws)

    def _encode(self, sound: Samples) -> Features:
        """Return the features of one window. Pads the samples with silence, before the mel."""
        import numpy as np

        whole = np.pad(sound, (0, WINDOW * RATE - len(sound)))
        return self._model.encode(self._model.feature_extractor(whole)[:, : WINDOW * 100])

    def _detect(self, features: Features) -> str:
        likeliest, _ = self._model.model.detect_language(features)[0][0]
        return str(likeliest).strip("<|>")

    def _decode(self, features: Features, seek: int, frames: int, options: Options) -> tuple[tuple[Segment, ...], int]:
        """Return the segments of one window, and the number of frames to advance."""
        import ctranslate2

        tokenizer = self._tokenizer(options.language)
        names = tokenizer.encode(f" {options.prompt.strip()}")[:LONGEST_PROMPT] if options.prompt.strip() else []
        prompt = self._model.get_prompt(tokenizer, names)
        ctranslate2.set_random_seed(seek + 1)  # temperatures above 0 sample from it: the same for the same window
        result, logprob, temperature, ratio = self._model.generate_with_fallback(
            features, prompt, tokenizer, _settings(options, tokenizer)
        )
        if result.no_speech_prob > options.no_speech_prob and not logprob > options.avg_logprob:
            return (), frames
        found = parse_timestamps(result.sequences_ids[0], tokenizer.timestamp_begin, frames)
        plain = Segment(
            0, 0, "", None, (), float(logprob), float(ratio), float(result.no_speech_prob), float(temperature)
        )
        words = self._words(found.pieces, features, seek, frames, tokenizer) if options.words else {}
        return tuple(_segments(found.pieces, tokenizer, seek, frames, plain, words)), found.frames

    def _words(
        self,
        pieces: tuple[Piece, ...],
        features: Features,
        seek: int,
        frames: int,
        tokenizer: Tokenizer,
    ) -> dict[int, tuple[Word, ...]]:
        """Return the words of each piece, by its index, from features that are already computed."""
        start = seek / 100
        parts: list[dict[str, Any]] = [
            {"seek": seek, "start": start + piece.start, "end": start + piece.end, "tokens": list(piece.tokens)}
            for piece in pieces
        ]
        if not any(piece.tokens for piece in pieces):
            return {}
        settings = _settings(Options(), tokenizer)
        self._model.add_word_timestamps(
            [parts], tokenizer, features, frames, settings.prepend_punctuations, settings.append_punctuations, start
        )
        return {at: tuple(_word(word) for word in part["words"]) for at, part in enumerate(parts)}

    def _tokenizer(self, language: str | None) -> Tokenizer:
        from faster_whisper.tokenizer import Tokenizer

        model = self._model
        return Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language)

    def _language(self, asked: str | None) -> str | None:
        """Return the model's code for a language, or None if it is to be detected."""
        model = self._model
        known: list[str] = model.supported_languages if model.model.is_multilingual else ["en"]
        word = (asked or AUTO).strip().lower()
        if word == AUTO:
            return None if len(known) > 1 else "en"
        code = word.replace("_", "-").split("-")[0]
        code = {"english": "en"}.get(code, code)
        if code not in known:
            raise LanguageError(self.name, f"{asked!r} is not one of its languages: {', '.join(known)}")
        return code


def contiguous_end(done: Iterable[Window]) -> int:
    """Return the mel frame up to which windows cover the file from its start without a gap."""
    at = 0
    for window in sorted(done, key=lambda window: window.start):
        if round(window.start * 100) == at:
            at = round(window.end * 100)
    return at


def _settings(options: Options, tokenizer: Tokenizer) -> TranscriptionOptions:
    from faster_whisper.transcribe import TranscriptionOptions, get_suppressed_tokens

    return TranscriptionOptions(
        beam_size=BEAM,
        best_of=BEAM,
        patience=1,
        length_penalty=1,
        repetition_penalty=1,
        no_repeat_ngram_size=0,
        log_prob_threshold=options.avg_logprob,
        no_speech_threshold=options.no_speech_prob,
        compression_ratio_threshold=options.compression_ratio,
        condition_on_previous_text=False,
        prompt_reset_on_temperature=0.5,
        temperatures=list(options.temperatures),
        initial_prompt=None,
        prefix=None,
        suppress_blank=True,
        suppress_tokens=list(get_suppressed_tokens(tokenizer, [-1])),
        without_timestamps=False,
        max_initial_timestamp=1.0,
        word_timestamps=options.words,
        prepend_punctuations="\"'“¿([{-",
        append_punctuations="\"'.。,，!！?？:：”)]}、",
        multilingual=False,
        max_new_tokens=None,
        clip_timestamps="0",
        hallucination_silence_threshold=None,
        hotwords=None,
    )


def _segments(
    pieces: tuple[Piece, ...],
    tokenizer: Tokenizer,
    seek: int,
    frames: int,
    plain: Segment,
    words: dict[int, tuple[Word, ...]],
) -> Iterator[Segment]:
    """Convert pieces to media time, cut them where the sound ends, and drop those without text or duration."""
    for at, piece in enumerate(pieces):
        start = round(seek / 100 + piece.start, 3)
        end = round(seek / 100 + min(piece.end, frames / 100), 3)
        text = tokenizer.decode(list(piece.tokens)).strip()
        if text and start < end:
            yield clamp_words(replace(plain, start=start, end=end, text=text, words=words.get(at, ())))


def _word(word: dict[str, Any]) -> Word:
    return Word(
        round(float(word["start"]), 3), round(float(word["end"]), 3), word["word"].strip(), float(word["probability"])
    )
