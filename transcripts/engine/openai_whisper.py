"""openai-whisper as an engine. The only file that knows whisper and torch, and loads them with the first model only.

It drives whisper's public parts (log-mel, encoder, ``decode``) with a loop of its own, which does what ``whisper.transcribe``
does without conditioning on previous text, but for these:
- sound is streamed and its mel computed a window at a time, so hours cost no more memory than a minute; the dynamic range is
  therefore cut relative to the window's loudest moment, not the file's;
- the last window is filled up with silence as sound. ``transcribe`` fills up with zeros in mel space, which is a murmur;
- a window is encoded once, and every temperature decodes from that;
- windows without any sound are passed over, not decoded;
- the prompt (names and words to expect) stands before every window, not only the first;
- times never lie behind the sound's end.

Temperature 0 is deterministic by itself. Higher ones draw from torch's global generator (``decode`` accepts no other): it is seeded
by the window's position and put back afterwards, so a run repeated, or resumed, gives the same words.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import warnings
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

from transcripts.engine.interface import Options, Window
from transcripts.engine.timestamps import Piece, cut
from transcripts.errors import LanguageError, ModelError
from transcripts.words import Segment

if TYPE_CHECKING:
    import torch
    from whisper.decoding import DecodingResult
    from whisper.model import Whisper

    from transcripts.audio import Audio, Samples

WINDOW = 30.0
"""Seconds that Whisper hears at once."""

FRAME = 160
"""Samples of one mel frame; 100 frames a second."""

SILENCE = 1e-4
"""A window whose samples all stay below this (-80 dB) holds no speech: three steps of a 16-bit file."""

NARROW = 256
"""A model narrower than this (official ones begin at 384) spends more time handing work to threads than working: `nir demo`, 64
wide, takes a third of the processor time with OMP_NUM_THREADS=1."""

LONGEST_PROMPT = 170
"""Tokens. Whisper cuts a prompt of more than 223 at its head, unasked; ours is cut at its end, and early enough."""


def load(model: str, *, device: str | None = None, progress: bool = False) -> WhisperEngine:
    """Load a Whisper model: an official name, which whisper downloads once into the user's cache, or a checkpoint's path.

    ``device`` is torch's name, by default a GPU where there is one; ``progress`` shows whisper's download bar on stderr.

    Raises:
        ModelError: no such name or file, a file that is no checkpoint, or a model that is not here and cannot be downloaded.
    """
    with warnings.catch_warnings():
        # Whisper warns of a broken download, which it then mends by itself, and leaves its vocabulary's file open.
        warnings.simplefilter("ignore")
        import whisper
        from whisper.tokenizer import get_tokenizer

        path = Path(model).expanduser()
        official = model in whisper.available_models()
        loaded = _download(model, device, progress) if official else _read_checkpoint(model, path, device)
        get_tokenizer(loaded.is_multilingual, num_languages=loaded.num_languages)
    return WhisperEngine(model if official else path.name, loaded)


def find(model: str) -> Path | None:
    """The checkpoint's file, if ``load`` would need no download: the path given, or whisper's cached one (not looked into)."""
    from whisper import _MODELS  # nothing public tells where a model is kept

    if model not in _MODELS:
        path = Path(model).expanduser()
        return path if path.is_file() else None
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"), "whisper")
    kept = cache / _MODELS[model].rpartition("/")[2]
    return kept if kept.is_file() else None


def _download(model: str, device: str | None, progress: bool) -> Whisper:
    """An official model. Whisper compares the cached file with its hash on every load, so a part of a download never counts."""
    import whisper

    bar = contextlib.nullcontext() if progress else contextlib.redirect_stderr(io.StringIO())
    try:
        with bar:
            return whisper.load_model(model, device=device)
    except (
        OSError,
        HTTPException,
        TypeError,
    ) as error:  # TypeError: a login page, without Content-Length, answers instead
        cause = getattr(error, "reason", None) or error
        way_out = "connect once, or give a checkpoint by --model PATH"
        raise ModelError(model, f"it is not on this machine and cannot be downloaded: {cause}; {way_out}") from error
    except RuntimeError as error:
        raise ModelError(model, f"its download broke off or is damaged, run the command again: {error}") from error


def _read_checkpoint(model: str, path: Path, device: str | None) -> Whisper:
    import whisper

    try:
        _look(model, path)
        loaded = whisper.load_model(str(path), device=device)
    except (ModelError, MemoryError):
        raise
    except OSError as error:
        raise ModelError(model, error.strerror or error) from error
    except Exception as error:  # what torch raises on a foreign file depends on its first bytes
        raise ModelError(model, "the file is no Whisper checkpoint, which holds dims and model_state_dict") from error
    dims = loaded.dims
    if dims.n_audio_ctx != WINDOW * 50 or dims.n_mels not in (80, 128) or loaded.num_languages < 0:
        raise ModelError(model, f"Whisper's own code cannot run these dimensions: {dims}")
    return loaded


def _look(model: str, path: Path) -> None:
    import whisper

    if path.is_dir():
        raise ModelError(model, "it is a folder, not a checkpoint file")
    if not path.exists():
        raise ModelError(
            model, f"no file and no model has this name; models are {', '.join(whisper.available_models())}"
        )
    if path.is_file() and path.stat().st_size == 0:
        raise ModelError(model, "the file is empty")


class WhisperEngine:
    """A loaded Whisper model; made by ``load``. It hears one file at a time, and is not for several threads at once."""

    def __init__(self, name: str, model: Whisper) -> None:
        self.name = name
        self._model = model
        self._fp16 = model.device.type == "cuda"

    def hear(self, path: Path, options: Options | None = None) -> Iterator[Window]:
        """See ``Engine.hear``."""
        from transcripts.audio import open_audio

        options = options or Options()
        options = replace(options, language=self._language(options.language))
        with open_audio(path) as audio:
            yield from self._windows(audio, options)

    def _windows(self, audio: Audio, options: Options) -> Iterator[Window]:
        seek = round(max(options.start, 0.0) * 100)  # mel frames, as whisper counts
        while frames := len(sound := audio.read(seek / 100, WINDOW)) // FRAME:
            start = seek / 100
            segments: tuple[Segment, ...] = ()
            advance = frames
            if abs(sound).max() >= SILENCE:
                with self._few_threads():
                    features = self._encode(sound)
                    options = replace(options, language=options.language or self._detect(features))
                    segments, advance = self._decode(features, seek, frames, options)
            seek += min(advance, frames)
            yield Window(start, seek / 100, audio.duration, segments, options.language, audio.flaws)

    @contextlib.contextmanager
    def _few_threads(self) -> Iterator[None]:
        """One thread for a narrow model, as many as there were for every other."""
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(1 if self._model.dims.n_text_state < NARROW else before)
        try:
            yield
        finally:
            torch.set_num_threads(before)

    def _encode(self, sound: Samples) -> torch.Tensor:
        """The encoder's features of one window: [1500, state]. Silence is added as sound, before the mel."""
        import torch
        from whisper.audio import N_SAMPLES, log_mel_spectrogram, pad_or_trim

        mel = log_mel_spectrogram(pad_or_trim(sound, N_SAMPLES), self._model.dims.n_mels, device=self._model.device)
        with torch.no_grad():
            return self._model.encoder((mel.half() if self._fp16 else mel)[None])[0]

    def _detect(self, features: torch.Tensor) -> str:
        if not self._model.is_multilingual:
            return "en"
        _, probabilities = self._model.detect_language(features)
        return str(max(probabilities, key=probabilities.__getitem__))

    def _decode(
        self, features: torch.Tensor, seek: int, frames: int, options: Options
    ) -> tuple[tuple[Segment, ...], int]:
        """The segments of one window, and by how many frames to go on."""
        from whisper.tokenizer import get_tokenizer

        model = self._model
        tokenizer = get_tokenizer(model.is_multilingual, num_languages=model.num_languages, language=options.language)
        room = min(LONGEST_PROMPT, model.dims.n_text_ctx // 2 - 1)
        names = options.prompt.strip()
        prompt = tokenizer.encoding.encode(f" {names}", disallowed_special=()) if names else []
        result = self._attempts(features, prompt[:room], seek, options)
        if result.no_speech_prob > options.no_speech_prob and result.avg_logprob <= options.avg_logprob:
            return (), frames
        found = cut(result.tokens, tokenizer.timestamp_begin, frames)
        texts = [tokenizer.decode([token for token in piece.tokens if token < tokenizer.eot]) for piece in found.pieces]
        return tuple(_segments(found.pieces, texts, seek, frames, result)), found.frames

    def _attempts(self, features: torch.Tensor, prompt: list[int], seek: int, options: Options) -> DecodingResult:
        """Decode at one temperature after another until the result is good enough; the last one stands."""
        import torch
        from whisper.decoding import DecodingOptions, decode

        on_gpu = [self._model.device] if self._fp16 else []
        for temperature in options.temperatures or (0.0,):
            asked = DecodingOptions(
                language=options.language, temperature=temperature, prompt=list(prompt), fp16=self._fp16
            )
            with torch.random.fork_rng(devices=on_gpu):
                torch.manual_seed(seek)
                result = decode(self._model, features, asked)
            if _good_enough(result, options):
                break
        return result

    def _language(self, asked: str | None) -> str | None:
        """The code that the model knows for it; None where it is to be detected."""
        from whisper.tokenizer import LANGUAGES, TO_LANGUAGE_CODE

        if asked is None:
            return None if self._model.is_multilingual else "en"
        name = asked.strip().lower()
        code = TO_LANGUAGE_CODE.get(name) or name.replace("_", "-").split("-")[0]
        if code not in list(LANGUAGES)[: self._model.num_languages if self._model.is_multilingual else None]:
            raise LanguageError(self.name, f"{asked!r} is none of its languages")
        if not self._model.is_multilingual and code != "en":
            raise LanguageError(
                self.name, f"it hears English only, not {LANGUAGES[code]}; models without .en hear more"
            )
        return code


def _good_enough(result: DecodingResult, options: Options) -> bool:
    """Neither repetitive nor unlikely; or unlikely because nobody speaks, which no temperature mends."""
    unlikely = result.avg_logprob < options.avg_logprob
    if unlikely and result.no_speech_prob > options.no_speech_prob:
        return True
    return not unlikely and not result.compression_ratio > options.compression_ratio


def _segments(
    pieces: tuple[Piece, ...], texts: list[str], seek: int, frames: int, result: DecodingResult
) -> Iterator[Segment]:
    """Pieces on the media's clock, ended where the sound ends; those without text or time are left out."""
    for piece, text in zip(pieces, texts, strict=True):
        start = round(seek / 100 + piece.start, 3)
        end = round(seek / 100 + min(piece.end, frames / 100), 3)
        if text.strip() and start < end:
            yield Segment(
                start,
                end,
                text.strip(),
                avg_logprob=_figure(result.avg_logprob),
                compression_ratio=_figure(result.compression_ratio),
                no_speech_prob=_figure(result.no_speech_prob),
                temperature=float(result.temperature),
            )


def _figure(value: float) -> float | None:
    """A plain float; None for what is no number (a vocabulary without the no-speech token gives that)."""
    return float(value) if math.isfinite(value) else None
