"""The engine: sound cut into windows, encoded, decoded, judged, and gone on with.

It does what ``whisper.transcribe`` does without conditioning on previous text, but for these:
- sound is streamed and its mel computed a window at a time, so hours cost no more memory than a minute; the dynamic range is
  therefore cut relative to the window's loudest moment, not the file's;
- the last window is filled up with silence as sound. ``transcribe`` fills up with zeros in mel space, which is a murmur;
- a window is encoded once, and every temperature decodes from that;
- windows without any sound are passed over, not decoded;
- the prompt (names and words to expect) stands before every window, not only the first;
- times never lie behind the sound's end.

Temperature 0 is deterministic by itself. Higher ones draw from a generator seeded by the window's position, so a run repeated, or
resumed, gives the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from transcripts.engine.interface import Ended, Heard, Job, Options, Step, Window
from transcripts.engine.openai_whisper import checkpoint
from transcripts.engine.openai_whisper.decoding import Decoded, Decoder, Row
from transcripts.engine.timestamps import Piece, cut
from transcripts.errors import LanguageError, MediaError
from transcripts.words import Segment

if TYPE_CHECKING:
    import torch
    from whisper.model import Whisper
    from whisper.tokenizer import Tokenizer

    from transcripts.audio import Audio, Samples

WINDOW = 30.0
"""Seconds that Whisper hears at once."""

FRAME = 160
"""Samples of one mel frame; 100 frames a second."""

SILENCE = 1e-4
"""A window whose samples all stay below this (-80 dB) holds no speech: three steps of a 16-bit file."""

LONGEST_PROMPT = 170
"""Tokens. Whisper cuts a prompt of more than 223 at its head, unasked; ours is cut at its end, and early enough."""


def load(model: str, *, device: str | None = None, progress: bool = False, precision: str = "auto") -> WhisperEngine:
    """Load a Whisper model as an engine; the arguments and errors are those of ``checkpoint.read`` and ``Decoder``."""
    return WhisperEngine(*checkpoint.read(model, device=device, progress=progress), precision)


class WhisperEngine:
    """A loaded Whisper model; made by ``load``. It is not for several threads at once."""

    def __init__(self, name: str, model: Whisper, precision: str = "auto") -> None:
        self.name = name
        self._model = model
        self._decoder = Decoder(model, precision)

    @property
    def signature(self) -> str:
        """See ``Engine.signature``."""
        return f"{self.name} {self._decoder.precision}"

    def hear(self, jobs: Iterable[Job]) -> Iterator[Step]:
        """See ``Engine.hear``."""
        for job in jobs:
            try:
                for window in self._windows(job):
                    yield Step((Heard(job.key, window),))
            except (MediaError, LanguageError) as error:
                yield Step(ended=(Ended(job.key, error),))
            else:
                yield Step(ended=(Ended(job.key),))

    def _windows(self, job: Job) -> Iterator[Window]:
        from transcripts.audio import open_audio

        found = next((window.language for window in job.done if window.language), None)
        options = replace(job.options, language=self._language(job.options.language or found))
        with open_audio(job.path) as audio:
            yield from self._heard(audio, options, reached(job.done))

    def _heard(self, audio: Audio, options: Options, seek: int) -> Iterator[Window]:
        while frames := len(sound := audio.read(seek / 100, WINDOW)) // FRAME:
            start = seek / 100
            segments: tuple[Segment, ...] = ()
            advance = frames
            if abs(sound).max() >= SILENCE:
                features = self._encode(sound)
                options = replace(options, language=options.language or self._decoder.detect(features))
                segments, advance = self._decode(features, seek, frames, options)
            seek += min(advance, frames)
            yield Window(start, seek / 100, audio.duration, segments, options.language, audio.flaws)

    def _encode(self, sound: Samples) -> torch.Tensor:
        """The encoder's features of one window. Silence is added as sound, before the mel."""
        from whisper.audio import N_SAMPLES, log_mel_spectrogram, pad_or_trim

        model = self._model
        return self._decoder.encode(
            log_mel_spectrogram(pad_or_trim(sound, N_SAMPLES), model.dims.n_mels, device=model.device)
        )

    def _decode(
        self, features: torch.Tensor, seek: int, frames: int, options: Options
    ) -> tuple[tuple[Segment, ...], int]:
        """The segments of one window, and by how many frames to go on."""
        from whisper.tokenizer import get_tokenizer

        model = self._model
        tokenizer = get_tokenizer(model.is_multilingual, num_languages=model.num_languages, language=options.language)
        row = Row(features, options.language, self._prompt(tokenizer, options), seek)
        result = self._attempts(row, options)
        if silent(result, options):
            return (), frames
        found = cut(result.tokens, tokenizer.timestamp_begin, frames)
        texts = [tokenizer.decode([token for token in piece.tokens if token < tokenizer.eot]) for piece in found.pieces]
        return tuple(_segments(found.pieces, texts, seek, frames, result)), found.frames

    def _prompt(self, tokenizer: Tokenizer, options: Options) -> tuple[int, ...]:
        room = min(LONGEST_PROMPT, self._model.dims.n_text_ctx // 2 - 1)
        names = options.prompt.strip()
        return tuple(tokenizer.encoding.encode(f" {names}", disallowed_special=())[:room]) if names else ()

    def _attempts(self, row: Row, options: Options) -> Decoded:
        """Decode at one temperature after another until the result is good enough; the last one stands."""
        for temperature in options.temperatures or (0.0,):
            result = self._decoder.decode([row], temperature)[0]
            if good_enough(result, options):
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


def reached(done: Iterable[Window]) -> int:
    """The mel frame up to which windows follow each other without a gap from the file's beginning."""
    at = 0
    for window in sorted(done, key=lambda window: window.start):
        if round(window.start * 100) == at:
            at = round(window.end * 100)
    return at


def unlikely(result: Decoded, options: Options) -> bool:
    """The model does not believe its own words."""
    return result.avg_logprob is not None and result.avg_logprob < options.avg_logprob


def silent(result: Decoded, options: Options) -> bool:
    """Nobody speaks: the model says so, and does not believe its own words."""
    nobody = result.no_speech_prob is not None and result.no_speech_prob > options.no_speech_prob
    return nobody and (unlikely(result, options) or result.avg_logprob == options.avg_logprob)


def good_enough(result: Decoded, options: Options) -> bool:
    """Neither repetitive nor unlikely; or unlikely because nobody speaks, which no temperature mends."""
    if silent(result, options):
        return True
    return not unlikely(result, options) and not result.compression_ratio > options.compression_ratio


def _segments(
    pieces: tuple[Piece, ...], texts: list[str], seek: int, frames: int, result: Decoded
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
                avg_logprob=result.avg_logprob,
                compression_ratio=result.compression_ratio,
                no_speech_prob=result.no_speech_prob,
                temperature=result.temperature,
            )
