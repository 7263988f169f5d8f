"""Choose the precision: int8 on a CPU or float16 on a GPU if a test shows that the model bears it, else float32.

The test (``precision_loss.py``) is part of loading and deterministic on the same machine, so a resumed run gives the
same words. Its result is cached (``precision_cache.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from transcripts.engine.openai_whisper import linear, precision_cache
from transcripts.engine.openai_whisper.encoder import Encoder
from transcripts.engine.openai_whisper.layers import release_weights
from transcripts.engine.openai_whisper.precision_loss import PrecisionLoss, measure_loss
from transcripts.engine.openai_whisper.protocols import TextDecoder
from transcripts.engine.openai_whisper.text_decoder import TorchTextDecoder
from transcripts.errors import PrecisionError

if TYPE_CHECKING:
    from pathlib import Path

    from whisper.model import Whisper

PRECISIONS = ("auto", "int8", "float32", "float16")

NARROW = 256
"""A model narrower than this (official ones start at 384) has layers so small that int8 gains nothing."""

MAX_DIVERGENCE = 0.005
"""Maximum divergence from float32 on the test windows in nats a token. Official `tiny.en` and `base` diverge by 0.0006
(AVX2, 63 levels). Before rows were rotated to spread outliers it was 0.003 and 0.0145, and `base` transcribed 1.7
words in a hundred worse than float32."""

MAX_ERROR = 0.5
"""Maximum relative error of features and logits. It is for weights that were never trained, whose probabilities are
flat whatever they compute. Random ones of tiny, base and small dimensions differ by 0.09, 0.10 and 0.19 (more with
more layers), official ones by 0.05 to 0.08, and by 5 and more if a few weights are so large that 8 bits leave
nothing of the others."""


@dataclass(frozen=True, slots=True)
class PreparedModel:
    """A model in the chosen precision, and the reason as a sentence."""

    precision: str
    reason: str
    encoder: Encoder[Any]
    decoder: TextDecoder[Any]


def choose(model: Whisper, requested: str = "auto") -> PreparedModel:
    """Convert a model to a precision. Frees the model's own weights.

    Raises:
        PrecisionError: unknown precision, or one that this device does not support.
    """
    device = model.device.type
    _check_available(requested, device)
    if requested != "auto":
        return _build(model, requested, "as requested")
    wanted = "float16" if device == "cuda" else "int8"
    if refusal := _unsuitable(model, wanted):
        return _build(model, "float32", refusal)
    return _build_if_accurate(model, wanted)


def _check_available(requested: str, device: str) -> None:
    if requested not in PRECISIONS:
        raise PrecisionError(requested, "unknown precision")
    if requested == "int8" and (device != "cpu" or not linear.int8_supported()):
        raise PrecisionError(requested, f"this {device} does not support int8")
    if requested == "float16" and device == "cpu":
        raise PrecisionError(requested, "on a CPU it is slower than float32")


def _unsuitable(model: Whisper, wanted: str) -> str:
    """Return why the fast precision is out of the question, or ""."""
    if wanted == "int8" and not linear.int8_supported():
        return "torch has no int8 kernels for this processor"
    if wanted == "int8" and model.dims.n_text_state < NARROW:
        return f"the model is {model.dims.n_text_state} wide, too narrow to gain from int8"
    return ""


def _build(model: Whisper, precision: str, reason: str, *, keep: bool = False) -> PreparedModel:
    import torch

    if precision == "int8":
        from transcripts.engine.openai_whisper.compiled.encoder import CompiledEncoder  # loads numba
        from transcripts.engine.openai_whisper.compiled.text_decoder import CompiledTextDecoder

        return PreparedModel(
            precision, reason, CompiledEncoder(model, keep=keep), CompiledTextDecoder(model, keep=keep)
        )
    if precision == "float32" and model.device.type == "cpu" and model.dims.n_text_state >= NARROW:
        from transcripts.engine.openai_whisper.compiled.text_decoder import CompiledFloatTextDecoder

        return PreparedModel(
            precision,
            reason,
            Encoder(model, linear.FloatLinear, torch.float32, keep=keep),
            CompiledFloatTextDecoder(model, keep=keep),
        )
    make, dtype = linear.FloatLinear, torch.float16 if precision == "float16" else torch.float32
    return PreparedModel(
        precision, reason, Encoder(model, make, dtype, keep=keep), TorchTextDecoder(model, make, dtype, keep=keep)
    )


def _build_if_accurate(model: Whisper, wanted: str) -> PreparedModel:
    """Return the model in the fast precision, or in float32 if it loses too much."""
    folder, key = _cache_entry(model, wanted)
    found = precision_cache.load(folder, key)
    if found and not _is_accurate(found):
        return _fallback(model, wanted, found)
    fast = _build(model, wanted, "", keep=not found)
    if not found:
        found = measure_loss(model, fast.encoder, fast.decoder)
        precision_cache.save(folder, key, found)
        if not _is_accurate(found):
            return _fallback(model, wanted, found)
        release_weights(fast, model.encoder.blocks, keep=False)
        release_weights(fast, model.decoder, keep=False)
    return replace(fast, reason=f"it differs from float32 by {_described(found)}")


def _fallback(model: Whisper, wanted: str, found: PrecisionLoss) -> PreparedModel:
    return _build(model, "float32", f"{wanted} would differ from it by {_described(found)}")


def _cache_entry(model: Whisper, wanted: str) -> tuple[Path | None, str]:
    """Return the cache folder and key. On a GPU the test takes no time and is not cached."""
    if wanted != "int8":
        return None, ""
    from transcripts.engine.openai_whisper.compiled.quantize import cache_folder  # loads numba

    return (place, precision_cache.cache_key(model)) if (place := cache_folder()) else (None, "")


def _is_accurate(found: PrecisionLoss) -> bool:
    return found.nats <= MAX_DIVERGENCE and found.relative_error <= MAX_ERROR  # both are False for NaN


def _described(found: PrecisionLoss) -> str:
    return f"{found.nats:.4f} nats a token on two windows of speech, by {found.relative_error:.0%} in its features"
