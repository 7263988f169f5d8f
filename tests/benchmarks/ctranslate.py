"""The weights of a whisper model as CTranslate2 keeps them, so that faster-whisper's core does the same work in the benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from ctranslate2.specs import whisper_spec
from whisper.model import Whisper
from whisper.tokenizer import Tokenizer

Numbers = npt.NDArray[np.float32]
Spec = Any  # ctranslate2 publishes no types

#: CTranslate2's name for a part of a layer, and whisper's for what is joined in it.
PARTS = {
    "self_attention.linear_0": ("attn.query", "attn.key", "attn.value"),
    "self_attention.linear_1": ("attn.out",),
    "self_attention.layer_norm": ("attn_ln",),
    "attention.linear_0": ("cross_attn.query",),
    "attention.linear_1": ("cross_attn.key", "cross_attn.value"),
    "attention.linear_2": ("cross_attn.out",),
    "attention.layer_norm": ("cross_attn_ln",),
    "ffn.linear_0": ("mlp.0",),
    "ffn.linear_1": ("mlp.2",),
    "ffn.layer_norm": ("mlp_ln",),
}


def write(model: Whisper, tokenizer: Tokenizer, folder: Path) -> None:
    """Write a CTranslate2 model of the same weights into an empty folder. Words of the vocabulary are stand-ins."""
    dims = model.dims
    spec = whisper_spec.WhisperSpec(dims.n_audio_layer, dims.n_audio_head, dims.n_text_layer, dims.n_text_head)
    numbers = {name: value.float().numpy() for name, value in model.state_dict().items()}
    for side, layers in (("encoder", dims.n_audio_layer), ("decoder", dims.n_text_layer)):
        for number in range(layers):
            _layer(getattr(spec, side).layer[number], numbers, f"{side}.blocks.{number}", side)
        getattr(spec, side).position_encodings.encodings = numbers[f"{side}.positional_embedding"]
    for name in ("conv1", "conv2"):
        _fill(getattr(spec.encoder, name), numbers, (f"encoder.{name}",))
    _fill(spec.encoder.layer_norm, numbers, ("encoder.ln_post",))
    _fill(spec.decoder.layer_norm, numbers, ("decoder.ln",))
    spec.decoder.embeddings.weight = spec.decoder.projection.weight = numbers["decoder.token_embedding.weight"]
    spec.register_vocabulary(vocabulary(tokenizer, dims.n_vocab))
    spec.config.suppress_ids = spec.config.suppress_ids_begin = spec.config.lang_ids = []
    spec.config.alignment_heads = [[dims.n_text_layer - 1, 0]]
    spec.validate()
    spec.optimize(quantization=None)
    spec.save(str(folder))


def vocabulary(tokenizer: Tokenizer, size: int) -> list[str]:
    """Names by number; those that CTranslate2 looks for are right."""
    names = [f"word{number}" for number in range(size)]
    for name, number in tokenizer.special_tokens.items():
        names[number] = "<|nocaptions|>" if name == "<|nospeech|>" else name
    return names


def _layer(target: Spec, numbers: dict[str, Numbers], name: str, side: str) -> None:
    for part, sources in PARTS.items():
        if side == "decoder" or not part.startswith("attention"):
            _fill(_find(target, part), numbers, tuple(f"{name}.{source}" for source in sources))


def _find(target: Spec, part: str) -> Spec:
    for step in part.split("."):
        name, _, number = step.partition("_")
        target = target.linear[int(number)] if name == "linear" and "ffn" not in part else getattr(target, step)
    return target


def _fill(target: Spec, numbers: dict[str, Numbers], sources: tuple[str, ...]) -> None:
    """Weight and bias of one or several joined modules; whisper's keys have no bias."""
    weight = np.concatenate([numbers[f"{source}.weight"] for source in sources])
    none = np.zeros(len(weight) // len(sources), np.float32)
    bias = np.concatenate([numbers.get(f"{source}.bias", none) for source in sources])
    if hasattr(target, "gamma"):
        target.gamma, target.beta = weight, bias
    else:
        target.weight, target.bias = weight, bias
