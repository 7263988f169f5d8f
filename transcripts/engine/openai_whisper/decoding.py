"""Windows into tokens: the encoder one window at a time, the decoder on many rows at once.

A row's outcome does not depend on the rows beside it: in int8 to the last bit, in float32 but for the rounding of matrix products.

linear.py       layers in int8 and float
parts.py        what encoder and decoder are made of
encoder.py      a window's mel into features
network.py      the decoder, a token at a time, on caches.py
rules.py        which token may follow
loop.py         rows side by side, each leaving when it is done
precision.py    int8, float16 or float32, and why
word_times.py   when each word was said
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transcripts.engine.openai_whisper import precision as precisions
from transcripts.engine.openai_whisper import word_times
from transcripts.engine.openai_whisper.caches import Caches, bytes_of_row
from transcripts.engine.openai_whisper.loop import Begin, Loop, Text
from transcripts.engine.openai_whisper.memory import installed
from transcripts.engine.openai_whisper.rules import Rules
from transcripts.engine.openai_whisper.word_times import Said
from transcripts.words import Word

if TYPE_CHECKING:
    import torch
    from whisper.model import Whisper
    from whisper.tokenizer import Tokenizer

MEMORY = 1_000_000_000
"""Bytes that the rows of a batch may take on a CPU, or an eighth of the memory, if that is less; on a GPU it may be a third."""

ROWS = 32
"""More at once gain nothing on a CPU: reading the keys and values of the sound takes the time then, and each row has its own."""


@dataclass(frozen=True, slots=True)
class Row:
    """One window to decode: its features [1500, state], language code, prompt tokens, and what a temperature above 0 draws from."""

    features: torch.Tensor
    language: str | None
    prompt: tuple[int, ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was written about one window: tokens without the final end-of-text, and Whisper's figures (None: it gave no number)."""

    tokens: tuple[int, ...]
    avg_logprob: float | None
    compression_ratio: float
    no_speech_prob: float | None
    temperature: float


class Decoder:
    """A model as two functions, ``encode`` and ``decode``. It cuts no sound, and judges no text.

    ``precision`` is the one it computes in, and ``why`` says in a sentence why it is that.
    """

    def __init__(self, model: Whisper, precision: str = "auto") -> None:
        """Take over a model as whisper loads it, whose own weights are let go; raises PrecisionError."""
        import torch

        self.model = model
        with torch.inference_mode(), self._few_threads():
            weights = precisions.choose(model, precision)
        self.precision, self.why = weights.precision, weights.why
        self._encoder, self._network = weights.encoder, weights.network
        self._caches: Caches | None = None

    @property
    def best_batch(self) -> int:
        """How many rows at once are fastest and fit into memory."""
        import torch

        row = bytes_of_row(self.model.dims, self.model.dims.n_text_ctx, self._network.embedding.element_size())
        if self.model.device.type == "cuda":
            return max(1, int(torch.cuda.mem_get_info(self.model.device)[1]) // 3 // row)
        return max(1, min(ROWS, min(MEMORY, installed() // 8) // row))

    def encode(self, mel: torch.Tensor) -> torch.Tensor:
        """The features [1500, state] of one window's log-mel [n_mels, 3000]."""
        import torch

        with torch.inference_mode(), self._few_threads():
            return self._encoder(mel)

    def detect(self, features: torch.Tensor) -> str:
        """The likeliest language's code."""
        import torch

        if not self.model.is_multilingual:
            return "en"
        tokenizer = self._tokenizer(None)
        with torch.inference_mode(), self._few_threads():
            caches = Caches(self.model.dims, 1, 1, self._network.embedding)
            self._network.listen(caches, 0, features)
            start = torch.tensor([[tokenizer.sot]], device=features.device)
            logits = self._network.logits(self._network.states(start, caches, caches.first(slice(0, 1), 1)))[0, 0]
            likeliest = int(logits[list(tokenizer.all_language_tokens)].argmax())
        return str(tokenizer.all_language_codes[likeliest])

    def decode(self, rows: Sequence[Row], temperature: float = 0.0, *, exactly: int | None = None) -> list[Decoded]:
        """Decode all rows with timestamps, without text of earlier windows: greedily at 0, else drawing at this temperature.

        They may be any number, of any languages, with prompts of any lengths. ``exactly`` makes each text so many tokens long, end or
        no end: for benchmarks.
        """
        import torch

        tokenizer = self._tokenizer(None)
        begun = [self._begin(number, row, exactly) for number, row in enumerate(rows)]
        capacity = min(self.best_batch, len(begun))
        with torch.inference_mode(), self._few_threads():
            length = max((len(row.tokens) + row.room for row in begun), default=1)
            caches = self._room(capacity, length)
            rules = Rules(tokenizer, self.model.dims, self.model.device, no_end=exactly is not None)
            loop = Loop(self._network, caches, rules, tokenizer.no_speech, temperature)
            done = {text.begin.number: text for text in loop.run(begun, capacity)}
        return [_decoded(done[number], tokenizer, temperature) for number in range(len(begun))]

    def words(
        self,
        features: torch.Tensor,
        segments: Sequence[Said],
        frames: int,
        language: str | None = "en",
        last_speech: float = 0.0,
    ) -> list[tuple[Word, ...]]:
        """The words of each segment of one window with their times, in seconds from the window's start.

        ``features`` are those that ``encode`` gave; a segment is ``Said(piece.tokens, piece.start, piece.end)`` for each piece that
        ``cut`` found, in order; ``frames`` is how much of the window is sound (100 a second); ``last_speech`` is when somebody spoke
        last before it, which is 0 or less. A segment without text has no words.
        """
        import torch

        tokenizer = self._tokenizer(language or self.detect(features))
        with torch.inference_mode(), self._few_threads():
            reader = word_times.Reader(self.model, self._network)
            return word_times.find(reader, tokenizer, features, segments, frames, last_speech)

    def _room(self, capacity: int, length: int) -> Caches:
        """Caches for so many rows: those of the last batch, if they are large enough, since fresh memory costs time."""
        kept = self._caches
        if kept is None or kept.capacity < capacity or kept.length < length:
            self._caches = None  # let go before the next are made
            kept = self._caches = Caches(self.model.dims, capacity, length, self._network.embedding)
        return kept

    def _begin(self, number: int, row: Row, exactly: int | None) -> Begin:
        """A row with the tokens before its text, as whisper puts them, and the room that whisper gives it."""
        tokenizer = self._tokenizer(row.language or self.detect(row.features))
        half = self.model.dims.n_text_ctx // 2
        before = (tokenizer.sot_prev, *row.prompt[-(half - 1) :]) if row.prompt else ()
        tokens = (*before, *tokenizer.sot_sequence)
        room = min(exactly or half, self.model.dims.n_text_ctx + 1 - len(tokens))
        return Begin(number, row.features, tokens, len(before), row.seed, room)

    def _tokenizer(self, language: str | None) -> Tokenizer:
        from whisper.tokenizer import get_tokenizer

        model = self.model
        return get_tokenizer(model.is_multilingual, num_languages=model.num_languages, language=language)

    @contextlib.contextmanager
    def _few_threads(self) -> Iterator[None]:
        """One thread for a narrow model, as many as there were for every other."""
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(1 if self.model.dims.n_text_state < precisions.NARROW else before)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def _decoded(text: Text, tokenizer: Tokenizer, temperature: float) -> Decoded:
    from whisper.utils import compression_ratio

    tokens = text.tokens[:-1] if text.tokens[-1] == tokenizer.eot else text.tokens
    return Decoded(
        tuple(tokens),
        _figure(text.sum_logprobs / (len(tokens) + 1)),
        float(compression_ratio(tokenizer.decode(tokens).strip())),
        _figure(text.no_speech_prob),
        float(temperature),
    )


def _figure(value: float) -> float | None:
    """A plain float; None for what is no number (a vocabulary without the no-speech token gives that)."""
    return float(value) if math.isfinite(value) else None
