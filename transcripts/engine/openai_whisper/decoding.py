"""Windows into tokens: the encoder one window at a time, the decoder on many rows at once.

A row's outcome does not depend on the rows beside it.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from whisper.decoding import DecodingResult
    from whisper.model import Whisper

NARROW = 256
"""A model narrower than this (official ones begin at 384) spends more time handing work to threads than working: `nir demo`, 64
wide, takes a third of the processor time with OMP_NUM_THREADS=1."""


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
    """A model as two functions, ``encode`` and ``decode``. It cuts no sound, and judges no text."""

    def __init__(self, model: Whisper) -> None:
        self.model = model
        self._fp16 = model.device.type == "cuda"

    def encode(self, mel: torch.Tensor) -> torch.Tensor:
        """The features [1500, state] of one window's log-mel [n_mels, 3000]."""
        import torch

        with torch.no_grad(), self._few_threads():
            return self.model.encoder((mel.half() if self._fp16 else mel)[None])[0]

    def detect(self, features: torch.Tensor) -> str:
        """The likeliest language's code."""
        if not self.model.is_multilingual:
            return "en"
        with self._few_threads():
            _, probabilities = self.model.detect_language(features)
        return str(max(probabilities, key=probabilities.__getitem__))

    def decode(self, rows: Sequence[Row], temperature: float = 0.0) -> list[Decoded]:
        """Decode all rows with timestamps, without text of earlier windows: greedily at 0, else drawing at this temperature."""
        with self._few_threads():
            return [_decoded(self._one(row, temperature)) for row in rows]

    def _one(self, row: Row, temperature: float) -> DecodingResult:
        import torch
        from whisper.decoding import DecodingOptions, decode

        asked = DecodingOptions(
            language=row.language, temperature=temperature, prompt=list(row.prompt), fp16=self._fp16
        )
        # `decode` draws from torch's global generator: it is put back afterwards.
        with torch.random.fork_rng(devices=[self.model.device] if self._fp16 else []):
            torch.manual_seed(row.seed)
            return decode(self.model, row.features, asked)

    @contextlib.contextmanager
    def _few_threads(self) -> Iterator[None]:
        """One thread for a narrow model, as many as there were for every other."""
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(1 if self.model.dims.n_text_state < NARROW else before)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def _decoded(result: DecodingResult) -> Decoded:
    return Decoded(
        tuple(result.tokens),
        _figure(result.avg_logprob),
        float(result.compression_ratio),
        _figure(result.no_speech_prob),
        float(result.temperature),
    )


def _figure(value: float) -> float | None:
    """A plain float; None for what is no number (a vocabulary without the no-speech token gives that)."""
    return float(value) if math.isfinite(value) else None
