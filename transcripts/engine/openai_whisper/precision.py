"""How exactly a model computes: int8 on a processor, float16 on a GPU, where a check says that the model bears it, else float32.

The check is part of loading, always comes out the same on the same machine (so a run that is gone on with hears as it did), and takes
as long as two windows: made-up sound goes through the model in both precisions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from transcripts.engine.openai_whisper import linear
from transcripts.engine.openai_whisper.contract import Network
from transcripts.engine.openai_whisper.encoder import Encoder
from transcripts.engine.openai_whisper.network import TorchNetwork
from transcripts.engine.openai_whisper.parts import forget
from transcripts.errors import PrecisionError

if TYPE_CHECKING:
    import torch
    from whisper.model import Whisper

PRECISIONS = ("auto", "int8", "float32", "float16")

NARROW = 256
"""A model narrower than this (official ones begin at 384) has so small layers that int8 gains nothing."""

BOUND = 0.1
"""By how much, relative to what varies in them, features and the first logits may differ from float32. Random weights of tiny, base and
small differ by 0.03 to 0.04, the sample's trained voice too; one whose numbers do not fit into 8 bits differs by far more."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A model in the precision that was chosen, and why in a sentence."""

    precision: str
    why: str
    encoder: Encoder[Any]
    network: Network[Any]


def choose(model: Whisper, asked: str = "auto") -> Weights:
    """Put a model, as whisper loads it, into a precision. The model's own weights are let go.

    Raises:
        PrecisionError: no such precision, or one that this device has no arithmetic for.
    """
    device = model.device.type
    _possible(asked, device)
    if asked != "auto":
        return _made(model, asked, "it was asked for")
    wanted = "float16" if device == "cuda" else "int8"
    if refusal := _refusal(model, wanted):
        return _made(model, "float32", refusal)
    return _checked(model, wanted)


def _possible(asked: str, device: str) -> None:
    if asked not in PRECISIONS:
        raise PrecisionError(asked, "there is no such precision")
    if asked == "int8" and (device != "cpu" or not linear.supported()):
        raise PrecisionError(asked, f"this {device} has no int8 arithmetic for it")
    if asked == "float16" and device == "cpu":
        raise PrecisionError(asked, "a processor computes in it more slowly than in float32")


def _refusal(model: Whisper, wanted: str) -> str:
    """Why the fast precision is out of the question, if it is."""
    if wanted == "int8" and not linear.supported():
        return "this processor has no int8 arithmetic that torch uses"
    if wanted == "int8" and model.dims.n_text_state < NARROW:
        return f"the model is {model.dims.n_text_state} wide, too narrow to gain by int8"
    return ""


def _made(model: Whisper, precision: str, why: str, *, keep: bool = False) -> Weights:
    import torch

    if precision == "int8":
        from transcripts.engine.openai_whisper.compiled.encoder import CompiledEncoder  # loads numba
        from transcripts.engine.openai_whisper.compiled.network import CompiledNetwork

        return Weights(precision, why, CompiledEncoder(model, keep=keep), CompiledNetwork(model, keep=keep))
    make, dtype = linear.FloatLinear, torch.float16 if precision == "float16" else torch.float32
    return Weights(precision, why, Encoder(model, make, dtype, keep=keep), TorchNetwork(model, make, dtype, keep=keep))


def _checked(model: Whisper, wanted: str) -> Weights:
    """The fast precision, or float32 if the model does not bear it."""
    import torch

    mel = _sound(model)
    tokens = _tokens(model)
    features = model.encoder(mel[None])[0]
    logits = model.decoder(torch.tensor([tokens], device=mel.device), features[None])[0, -1]
    fast = _made(model, wanted, "", keep=True)
    off = max(_difference(fast.encoder(mel), features), _difference(_logits(fast.network, features, tokens), logits))
    if off <= BOUND:
        forget(fast, model.encoder.blocks, keep=False)
        forget(fast, model.decoder, keep=False)
        return replace(fast, why=f"it differs from float32 by {off:.1%} on a test sound")
    return _made(model, "float32", f"{wanted} would differ from it by {off:.0%} on a test sound")


def _logits(network: Network[Any], features: torch.Tensor, tokens: list[int]) -> torch.Tensor:
    """What a network expects behind the tokens."""
    slots = network.slots(1, len(tokens))
    network.listen(slots, 0, features)
    return network.logits(network.read(slots, 0, [tokens])[:, -1])[0]


def _difference(found: torch.Tensor, right: torch.Tensor) -> float:
    """The size of the difference by the size of what varies in the right one: from moment to moment, or from token to token."""
    return float((found.float() - right).norm() / (right - right.mean(0)).norm())


def _sound(model: Whisper) -> torch.Tensor:
    """The log-mel of half a minute in which a voice-like tone glides, and stops, over a murmur."""
    import numpy as np
    from whisper.audio import N_SAMPLES, SAMPLE_RATE, log_mel_spectrogram

    at = np.arange(N_SAMPLES) / SAMPLE_RATE
    pitch = np.cumsum(140 + 40 * np.sin(at * 1.7)) / SAMPLE_RATE
    voice = sum(np.sin(2 * np.pi * n * pitch) / n for n in range(1, 12)) * (np.sin(at * 5) > -0.3) * (at % 7 < 5)
    murmur = np.random.default_rng(1).standard_normal(N_SAMPLES)
    sound = (0.1 * voice + 0.01 * murmur).astype(np.float32)
    return log_mel_spectrogram(sound, model.dims.n_mels, device=model.device)


def _tokens(model: Whisper) -> list[int]:
    """How a transcript begins."""
    from whisper.tokenizer import get_tokenizer

    english = get_tokenizer(model.is_multilingual, num_languages=model.num_languages, language="en")
    return [*english.sot_sequence, english.timestamp_begin]
