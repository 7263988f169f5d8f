"""A decoder's weights as the inner loops want them: the layers of the same place in all blocks together, in 8 bits or as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.openai_whisper.compiled.kernels import HIGHEST, SMALLEST, Floats, Norms, Product, Weights
from transcripts.engine.openai_whisper.layers import Plain, forget, joined, query

if TYPE_CHECKING:
    import torch
    from whisper.model import TextDecoder


def weights_of(decoder: TextDecoder, *, exact: bool = False, keep: bool = False) -> Weights:
    """Whisper's decoder in 8 bits, or ``exact``, but for the vocabulary and the keys and values of the sound.

    Embedding and places are the decoder's own.
    Exact weights are let go in the decoder as they are taken, unless ``keep``: they may not fit twice.
    """
    blocks = decoder.blocks

    def product(layers: Sequence[Sequence[torch.nn.Linear | Plain]], *sources: torch.nn.Module) -> Product:
        made = _exact(layers) if exact else _product(layers)
        for source in sources if exact else ():
            forget(None, source, keep=keep)
        return made

    return Weights(
        _floats(decoder.token_embedding.weight),
        _floats(decoder.positional_embedding),
        _norms([block.attn_ln for block in blocks]),
        product([[query(block.attn), block.attn.key, block.attn.value] for block in blocks],
                *(one for block in blocks for one in (block.attn.query, block.attn.key, block.attn.value))),
        product([[block.attn.out] for block in blocks], *(block.attn.out for block in blocks)),
        _norms([block.cross_attn_ln for block in blocks]),
        product([[query(block.cross_attn)] for block in blocks], *(block.cross_attn.query for block in blocks)),
        product([[block.cross_attn.out] for block in blocks], *(block.cross_attn.out for block in blocks)),
        _norms([block.mlp_ln for block in blocks]),
        product([[block.mlp[0]] for block in blocks], *(block.mlp[0] for block in blocks)),
        product([[block.mlp[2]] for block in blocks], *(block.mlp[2] for block in blocks)),
        _norms([decoder.ln]),
    )  # fmt: skip


def _norms(modules: Sequence[torch.nn.LayerNorm]) -> Norms:
    return Norms(
        np.stack([_floats(module.weight) for module in modules]), np.stack([_floats(module.bias) for module in modules])
    )


def _product(layers: Sequence[Sequence[torch.nn.Linear | Plain]]) -> Product:
    """The layers of all blocks; those of one block have the same input."""
    made = [_quantised(*map(_floats, joined(together))) for together in layers]
    levels, scales, biases = zip(*made, strict=True)
    return Product(np.stack(levels), np.stack(scales), np.stack(biases))


def _exact(layers: Sequence[Sequence[torch.nn.Linear | Plain]]) -> Product:
    """The same with weights as they are for levels: each is multiplied by 1."""
    weights, biases = zip(*(map(_floats, joined(together)) for together in layers), strict=True)
    whole = np.stack(weights)
    return Product(whole, np.ones(whole.shape[:2], np.float32), np.stack(biases))


def _quantised(weight: Floats, bias: Floats) -> tuple[np.ndarray, Floats, Floats]:
    """A weight [out, in] as levels and a scale for each output, with its bias."""
    scales = np.maximum(np.abs(weight).max(axis=1) / HIGHEST, SMALLEST)
    return np.rint(weight / scales[:, None]).astype(np.int8), scales.astype(np.float32), bias


def _floats(tensor: torch.Tensor) -> Floats:
    """The tensor's own numbers, where they are float32 already."""
    numbers: Floats = np.ascontiguousarray(tensor.detach().float().numpy())
    return numbers
