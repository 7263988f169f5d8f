"""faster-whisper's form of Whisper weights (a folder with CTranslate2's ``model.bin``) as what ``whisper.load_model`` takes."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import torch

#: CTranslate2's numbers for the kinds of values.
_KINDS = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
#: Parts of a layer: CTranslate2's name -> whisper's, in CTranslate2's order where several stand in one.
_LINEAR = {
    "self_attention/linear_0": ("attn.query", "attn.key", "attn.value"),
    "self_attention/linear_1": ("attn.out",),
    "attention/linear_0": ("cross_attn.query",),
    "attention/linear_1": ("cross_attn.key", "cross_attn.value"),
    "attention/linear_2": ("cross_attn.out",),
    "ffn/linear_0": ("mlp.0",),
    "ffn/linear_1": ("mlp.2",),
}
_NORMS = {"self_attention": "attn_ln", "attention": "cross_attn_ln", "ffn": "mlp_ln"}
_OUTSIDE = {
    "encoder/conv1/weight": "encoder.conv1.weight",
    "encoder/conv1/bias": "encoder.conv1.bias",
    "encoder/conv2/weight": "encoder.conv2.weight",
    "encoder/conv2/bias": "encoder.conv2.bias",
    "encoder/position_encodings/encodings": "encoder.positional_embedding",
    "encoder/layer_norm/gamma": "encoder.ln_post.weight",
    "encoder/layer_norm/beta": "encoder.ln_post.bias",
    "decoder/position_encodings/encodings": "decoder.positional_embedding",
    "decoder/embeddings/weight": "decoder.token_embedding.weight",
    "decoder/layer_norm/gamma": "decoder.ln.weight",
    "decoder/layer_norm/beta": "decoder.ln.bias",
}

Values = dict[str, npt.NDArray[Any]]


def checkpoint(folder: Path) -> dict[str, Any]:
    """``{"dims", "model_state_dict"}`` in half precision, as openai publishes it."""
    import torch

    with (folder / "model.bin").open("rb") as file:
        values = _values(file)
    state = {name: torch.from_numpy(np.array(value, np.float16)).squeeze(0) if value.ndim == 3 and value.shape[0] == 1
             else torch.from_numpy(np.array(value, np.float16)) for name, value in _named(values)}  # fmt: skip
    return {"dims": _dims(state), "model_state_dict": state, "alignment_heads": _heads(folder)}


def _heads(folder: Path) -> list[list[int]]:
    found: list[list[int]] = json.loads((folder / "config.json").read_text(encoding="utf-8"))["alignment_heads"]
    return found


def _values(file: BinaryIO) -> Values:
    """All of ``model.bin``: version, the model's kind, revision, then the values, then other names of some."""

    def number(form: str) -> int:
        return int(struct.unpack(f"<{form}", file.read(struct.calcsize(form)))[0])

    def name() -> str:
        return file.read(number("H")).rstrip(b"\0").decode()

    number("I"), name(), number("I")
    values: Values = {}
    for _ in range(number("I")):
        key = name()
        shape = [number("I") for _ in range(number("B"))]
        kind = _KINDS[number("B")]
        values[key] = np.frombuffer(file.read(number("I")), kind).reshape(shape)
    for _ in range(number("I")):
        other = name()
        values[other] = values[name()]
    return values


def _named(values: Values) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """Everything by whisper's names; keys have no bias there."""
    for source, target in _OUTSIDE.items():
        yield target, values[source]
    layers = sorted(
        {tuple(key.split("/")[:2]) for key in values if "/layer_" in key and "layer_norm" not in key.split("/")[1]}
    )
    for side, layer in layers:
        block = f"{side}.blocks.{layer.removeprefix('layer_')}"
        for part, norm in _NORMS.items():
            if (gamma := values.get(f"{side}/{layer}/{part}/layer_norm/gamma")) is not None:
                yield f"{block}.{norm}.weight", gamma
                yield f"{block}.{norm}.bias", values[f"{side}/{layer}/{part}/layer_norm/beta"]
        for part, names in _LINEAR.items():
            if (weight := values.get(f"{side}/{layer}/{part}/weight")) is not None:
                yield from _linear(block, names, weight, values[f"{side}/{layer}/{part}/bias"])


def _linear(
    block: str, names: tuple[str, ...], weight: npt.NDArray[Any], bias: npt.NDArray[Any]
) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    parts = zip(names, np.split(weight, len(names)), np.split(bias, len(names)), strict=True)
    for name, own_weight, own_bias in parts:
        yield f"{block}.{name}.weight", own_weight
        if not name.endswith(".key"):
            yield f"{block}.{name}.bias", own_bias


def _dims(state: dict[str, torch.Tensor]) -> dict[str, int]:
    width, mels = state["encoder.conv1.weight"].shape[:2]
    blocks = {
        side: len({name.split(".")[2] for name in state if name.startswith(f"{side}.blocks.")})
        for side in ("encoder", "decoder")
    }
    heads = width // 64
    return {
        "n_mels": mels, "n_audio_ctx": state["encoder.positional_embedding"].shape[0], "n_audio_state": width,
        "n_audio_head": heads, "n_audio_layer": blocks["encoder"],
        "n_vocab": state["decoder.token_embedding.weight"].shape[0],
        "n_text_ctx": state["decoder.positional_embedding"].shape[0], "n_text_state": width,
        "n_text_head": heads, "n_text_layer": blocks["decoder"],
    }  # fmt: skip
