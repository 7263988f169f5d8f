"""How exactly a model computes: int8 on a processor, float16 on a GPU, where a trial says that the model bears it, else float32.

The trial (precision_loss.py) is part of loading and always comes out the same on the same machine, so a run that is gone on with hears as
it did. What it found is kept (precision_cache.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from transcripts.engine.openai_whisper import linear, precision_cache
from transcripts.engine.openai_whisper.encoder import Encoder
from transcripts.engine.openai_whisper.layers import forget
from transcripts.engine.openai_whisper.precision_loss import Loss, loss
from transcripts.engine.openai_whisper.protocols import Network
from transcripts.engine.openai_whisper.text_decoder import TorchNetwork
from transcripts.errors import PrecisionError

if TYPE_CHECKING:
    from pathlib import Path

    from whisper.model import Whisper

PRECISIONS = ("auto", "int8", "float32", "float16")

NARROW = 256
"""A model narrower than this (official ones begin at 384) has so small layers that int8 gains nothing."""

NATS = 0.005
"""By how many nats a token the likelihoods may diverge from float32 on the trial's windows. Official `tiny.en` and `base` diverge by 0.0006
(AVX2, 63 levels). Before outliers were spread it was 0.003 and 0.0145, and `base` wrote 1.7 words in a hundred worse than float32."""

OFF = 0.5
"""By how much features and logits may differ, relative to what varies in them: for weights that know no speech, whose likelihoods are flat
whatever they compute. Random ones of tiny, base and small dimensions differ by 0.09, 0.10 and 0.19 (the more layers, the more), official
ones by 0.05 to 0.08, and by 5 and more where a few weights are so great that 8 bits leave nothing of the others."""


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
        from transcripts.engine.openai_whisper.compiled.text_decoder import CompiledNetwork

        return Weights(precision, why, CompiledEncoder(model, keep=keep), CompiledNetwork(model, keep=keep))
    if precision == "float32" and model.device.type == "cpu" and model.dims.n_text_state >= NARROW:
        from transcripts.engine.openai_whisper.compiled.text_decoder import CompiledFloatNetwork

        return Weights(
            precision,
            why,
            Encoder(model, linear.FloatLinear, torch.float32, keep=keep),
            CompiledFloatNetwork(model, keep=keep),
        )
    make, dtype = linear.FloatLinear, torch.float16 if precision == "float16" else torch.float32
    return Weights(precision, why, Encoder(model, make, dtype, keep=keep), TorchNetwork(model, make, dtype, keep=keep))


def _checked(model: Whisper, wanted: str) -> Weights:
    """The fast precision, or float32 if the model does not bear it."""
    folder, key = _kept(model, wanted)
    found = precision_cache.known(folder, key)
    if found and not _bearable(found):
        return _unbearable(model, wanted, found)
    fast = _made(model, wanted, "", keep=not found)
    if not found:
        found = loss(model, fast.encoder, fast.network)
        precision_cache.keep(folder, key, found)
        if not _bearable(found):
            return _unbearable(model, wanted, found)
        forget(fast, model.encoder.blocks, keep=False)
        forget(fast, model.decoder, keep=False)
    return replace(fast, why=f"it differs from float32 by {_told(found)}")


def _unbearable(model: Whisper, wanted: str, found: Loss) -> Weights:
    return _made(model, "float32", f"{wanted} would differ from it by {_told(found)}")


def _kept(model: Whisper, wanted: str) -> tuple[Path | None, str]:
    """Where findings are kept, and under what; on a GPU, where a trial takes no time, they are not."""
    if wanted != "int8":
        return None, ""
    from transcripts.engine.openai_whisper.compiled.kernels import folder  # loads numba

    return (place, precision_cache.key(model)) if (place := folder()) else (None, "")


def _bearable(found: Loss) -> bool:
    return found.nats <= NATS and found.off <= OFF  # neither is true of NaN


def _told(found: Loss) -> str:
    return f"{found.nats:.4f} nats a token on two windows of speech, by {found.off:.0%} in its features"
