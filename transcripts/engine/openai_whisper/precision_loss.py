"""Measure how much accuracy a model loses in a fast precision, on two windows of real speech.

The text is given (the decoder reads it in one forward pass), so the test takes one pass of each encoder and decoder per
window. It also works for models that would write something else, in another language or nothing: only the change in the
probabilities of all tokens at each position counts.

The recordings and their text are in spoken/, with their sources and licences.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transcripts.engine.openai_whisper.encoder import Encoder
from transcripts.engine.openai_whisper.protocols import TextDecoder

if TYPE_CHECKING:
    import torch
    from whisper.model import Whisper
    from whisper.tokenizer import Tokenizer

SPOKEN = Path(__file__).parent / "spoken"


@dataclass(frozen=True, slots=True)
class PrecisionLoss:
    """The accuracy lost in a precision.

    ``nats`` is the average divergence of a token's probabilities from those in float32 (Kullback-Leibler).
    ``relative_error`` is the error of features and logits, relative to their variation between moments and tokens.
    """

    nats: float
    relative_error: float


def measure_loss(model: Whisper, encoder: Encoder[Any], decoder: TextDecoder[Any]) -> PrecisionLoss:
    """Compare encoder and decoder in another precision with the model they were made from."""
    import torch

    nats, errors = [], [0.0]
    for mel, tokens, start in _windows(model):
        features = model.encoder(mel[None])[0]
        logits = model.decoder(torch.tensor([tokens], device=mel.device), features[None])[0, start:]
        found = encoder(mel)
        likely = _expected_logits(decoder, found, tokens)[start:]
        errors += [_difference(found, features), _difference(likely, logits)]
        nats.append(_divergence(likely, logits))
    return PrecisionLoss(float(torch.cat(nats).mean()), max(errors))


def _expected_logits(decoder: TextDecoder[Any], features: torch.Tensor, tokens: list[int]) -> torch.Tensor:
    """Return the logits after each of the tokens [tokens, vocabulary]."""
    cache = decoder.new_cache(1, len(tokens))
    decoder.set_audio(cache, 0, features)
    return decoder.logits(decoder.forward(cache, 0, [tokens]))[0]


def _difference(found: torch.Tensor, right: torch.Tensor) -> float:
    """Return the norm of the error, relative to the variation of the exact values between rows."""
    return float((found.float() - right).norm() / (right - right.mean(0)).norm())


def _divergence(found: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Return the KL divergence of the probabilities for each row of logits [tokens, vocabulary]."""
    expected = right.log_softmax(-1)
    return (expected.exp() * (expected - found.log_softmax(-1))).sum(-1)


def _windows(model: Whisper) -> Iterator[tuple[torch.Tensor, list[int], int]]:
    """Yield the log-mel [n_mels, 3000] of each window, its tokens, and the position from which text is expected."""
    from whisper.audio import N_SAMPLES, log_mel_spectrogram, pad_or_trim
    from whisper.tokenizer import get_tokenizer

    from transcripts.audio import open_audio

    english = get_tokenizer(model.is_multilingual, num_languages=model.num_languages, language="en")
    for one in json.loads((SPOKEN / "spoken.json").read_text(encoding="utf-8")):
        with open_audio(SPOKEN / one["file"]) as audio:
            sound = pad_or_trim(audio.read(0, 30), N_SAMPLES)
        tokens = _tokens(english, one["text"])[: model.dims.n_text_ctx]
        mel = log_mel_spectrogram(sound, model.dims.n_mels, device=model.device)
        yield mel, tokens, len(english.sot_sequence)


def _tokens(tokenizer: Tokenizer, text: str) -> list[int]:
    """Return a transcript that starts at 0 seconds."""
    return [*tokenizer.sot_sequence, tokenizer.timestamp_begin, *tokenizer.encoding.encode_ordinary(f" {text}")]
