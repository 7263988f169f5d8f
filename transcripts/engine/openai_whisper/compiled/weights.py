"""A decoder's weights as arrays for the kernels: the same layers of all blocks stacked, in 8 bits or float32."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.openai_whisper.compiled.arrays import (
    INT8_MAX,
    TINY,
    DecoderWeights,
    Floats,
    StackedLinear,
    StackedNorms,
)
from transcripts.engine.openai_whisper.layers import LinearWeights, fuse_weights, release_weights, scaled_query

if TYPE_CHECKING:
    import torch
    from whisper.model import TextDecoder


def decoder_weights(decoder: TextDecoder, *, exact: bool = False, keep: bool = False) -> DecoderWeights:
    """Convert Whisper's decoder to 8 bits, or to float32 if ``exact``.

    Embeddings stay the decoder's own; the output layer and the layers of the cross-attention keys and values are left
    out. Exact weights are freed in the decoder as they are copied, unless ``keep``: they may not fit into memory twice.
    """
    blocks = decoder.blocks

    def stacked(
        layers: Sequence[Sequence[torch.nn.Linear | LinearWeights]], *sources: torch.nn.Module
    ) -> StackedLinear:
        made = _unquantized(layers) if exact else _quantized(layers)
        for source in sources if exact else ():
            release_weights(None, source, keep=keep)
        return made

    return DecoderWeights(
        _floats(decoder.token_embedding.weight),
        _floats(decoder.positional_embedding),
        _norms([block.attn_ln for block in blocks]),
        stacked([[scaled_query(block.attn), block.attn.key, block.attn.value] for block in blocks],
                *(one for block in blocks for one in (block.attn.query, block.attn.key, block.attn.value))),
        stacked([[block.attn.out] for block in blocks], *(block.attn.out for block in blocks)),
        _norms([block.cross_attn_ln for block in blocks]),
        stacked([[scaled_query(block.cross_attn)] for block in blocks], *(block.cross_attn.query for block in blocks)),
        stacked([[block.cross_attn.out] for block in blocks], *(block.cross_attn.out for block in blocks)),
        _norms([block.mlp_ln for block in blocks]),
        stacked([[block.mlp[0]] for block in blocks], *(block.mlp[0] for block in blocks)),
        stacked([[block.mlp[2]] for block in blocks], *(block.mlp[2] for block in blocks)),
        _norms([decoder.ln]),
    )  # fmt: skip


def _norms(modules: Sequence[torch.nn.LayerNorm]) -> StackedNorms:
    return StackedNorms(
        np.stack([_floats(module.weight) for module in modules]), np.stack([_floats(module.bias) for module in modules])
    )


def _quantized(layers: Sequence[Sequence[torch.nn.Linear | LinearWeights]]) -> StackedLinear:
    """Quantize one layer of all blocks. The layers of one block that have the same input are fused."""
    made = [_quantize(*map(_floats, fuse_weights(together))) for together in layers]
    levels, scales, biases = zip(*made, strict=True)
    return StackedLinear(np.stack(levels), np.stack(scales), np.stack(biases))


def _unquantized(layers: Sequence[Sequence[torch.nn.Linear | LinearWeights]]) -> StackedLinear:
    """Stack one layer of all blocks in float32, with a scale of 1."""
    weights, biases = zip(*(map(_floats, fuse_weights(together)) for together in layers), strict=True)
    whole = np.stack(weights)
    return StackedLinear(whole, np.ones(whole.shape[:2], np.float32), np.stack(biases))


def _quantize(weight: Floats, bias: Floats) -> tuple[np.ndarray, Floats, Floats]:
    """Quantize a weight [out, in] per channel: return levels, a scale for each output, and the bias."""
    scales = np.maximum(np.abs(weight).max(axis=1) / INT8_MAX, TINY)
    return np.rint(weight / scales[:, None]).astype(np.int8), scales.astype(np.float32), bias


def _floats(tensor: torch.Tensor) -> Floats:
    """Return the tensor's own memory if it is float32."""
    numbers: Floats = np.ascontiguousarray(tensor.detach().float().numpy())
    return numbers
