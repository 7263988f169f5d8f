"""The encoder in int8: torch's products and attention, and kernels that pass over the data as rarely as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.openai_whisper.compiled import activations, quantize
from transcripts.engine.openai_whisper.compiled.arrays import Floats
from transcripts.engine.openai_whisper.compiled.int8_linear import Int8Linear
from transcripts.engine.openai_whisper.encoder import Encoder, Layer

if TYPE_CHECKING:
    import torch
    from whisper.model import Whisper

    from transcripts.engine.openai_whisper.layers import LayerNorm


class CompiledEncoder(Encoder[Int8Linear]):
    """An ``Encoder`` in int8 on a CPU."""

    def __init__(self, model: Whisper, *, keep: bool = False) -> None:
        """Frees the model's own weights as they are copied, unless ``keep``."""
        import torch

        super().__init__(model, Int8Linear, torch.float32, keep=keep)

    def _add_block(self, layer: Layer[Int8Linear], x: torch.Tensor) -> None:
        """See ``Encoder._add_block``."""
        scales = np.empty(len(x), np.float32)
        made = _multiplied(layer.self_qkv, _normalized(x, layer.self_norm), scales)
        _add_product(x, layer.self_out, self._attention(made), scales)
        inner = _multiplied(layer.mlp_in, _normalized(x, layer.mlp_norm), scales)
        activations.gelu(inner.numpy())
        _add_product(x, layer.mlp_out, inner, scales)


def _normalized(x: torch.Tensor, norm: LayerNorm) -> torch.Tensor:
    import torch

    y = torch.empty_like(x)
    activations.layer_norm(x.numpy(), norm.weight.numpy(), norm.bias.numpy(), y.numpy())
    return y


def _multiplied(product: Int8Linear, x: torch.Tensor, scales: Floats) -> torch.Tensor:
    """Return the output of a layer. Overwrites x."""
    y = _matmul(product, x, scales)
    quantize.rescale(y.numpy(), scales, product.bias.numpy())
    return y


def _add_product(sums: torch.Tensor, product: Int8Linear, x: torch.Tensor, scales: Floats) -> None:
    """Add the output of a layer to the sums. Overwrites x."""
    quantize.add_rescaled(sums.numpy(), _matmul(product, x, scales).numpy(), scales, product.bias.numpy())


def _matmul(product: Int8Linear, x: torch.Tensor, scales: Floats) -> torch.Tensor:
    product.rotate_and_scale(x, scales)
    return product.matmul(x)
