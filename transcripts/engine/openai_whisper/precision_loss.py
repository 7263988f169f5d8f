"""How much a model loses in a fast precision: two windows of real speech go through it in both, and what it makes of them is compared.

The words are given (the decoder reads what was said, all at once), so a trial takes one pass of each encoder and decoder a window, and a
model that would write something else, of another language or of none, is tried just as well: what counts is how far the likelihoods
of all words move at each place.

The recordings and their words lie in spoken/, with their sources and licences.
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
    """What a precision costs.

    ``nats`` by which the likelihoods of a token diverge from those in float32 (Kullback and Leibler), on average; ``relative_error`` is how
    much features and logits differ, relative to what varies in them from moment to moment and from token to token.
    """

    nats: float
    relative_error: float


def measure_loss(model: Whisper, encoder: Encoder[Any], decoder: TextDecoder[Any]) -> PrecisionLoss:
    """What encoder and decoder in another precision lose against the model they were made of."""
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
    """What a network expects behind each of the tokens [tokens, vocabulary]."""
    cache = decoder.new_cache(1, len(tokens))
    decoder.set_audio(cache, 0, features)
    return decoder.logits(decoder.forward(cache, 0, [tokens]))[0]


def _difference(found: torch.Tensor, right: torch.Tensor) -> float:
    """The size of the difference by the size of what varies in the right one from row to row."""
    return float((found.float() - right).norm() / (right - right.mean(0)).norm())


def _divergence(found: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Of the likelihoods that logits [tokens, vocabulary] mean, for each token."""
    expected = right.log_softmax(-1)
    return (expected.exp() * (expected - found.log_softmax(-1))).sum(-1)


def _windows(model: Whisper) -> Iterator[tuple[torch.Tensor, list[int], int]]:
    """The log-mel [n_mels, 3000] of each window, its tokens, and at which of these its text begins to be expected."""
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
    """A transcript that begins at once."""
    return [*tokenizer.sot_sequence, tokenizer.timestamp_begin, *tokenizer.encoding.encode_ordinary(f" {text}")]
