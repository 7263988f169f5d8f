"""Layers of encoder and decoder, made from whisper's modules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from transcripts.engine.openai_whisper.linear import L, MakeLinear

if TYPE_CHECKING:
    import torch
    from whisper.model import MultiHeadAttention

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LayerNorm:
    """Layer normalization."""

    weight: torch.Tensor
    bias: torch.Tensor

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Normalize each row to mean 0 and variance 1, then apply weight and bias."""
        from torch.nn.functional import layer_norm

        return layer_norm(x, self.weight.shape, self.weight, self.bias)


@dataclass(frozen=True, slots=True)
class LinearWeights:
    """The weight [out, in] and bias [out] of a linear layer."""

    weight: torch.Tensor
    bias: torch.Tensor | None


def layer_norm(module: torch.nn.LayerNorm, dtype: torch.dtype) -> LayerNorm:
    """Copy a module's layer normalization, in a dtype."""
    return LayerNorm(module.weight.detach().to(dtype), module.bias.detach().to(dtype))


def scaled_query(attention: MultiHeadAttention) -> LinearWeights:
    """Return the query layer with the attention scale folded into its weights."""
    layer = attention.query
    scale = (layer.out_features // attention.n_head) ** -0.5
    return LinearWeights(layer.weight.detach() * scale, layer.bias.detach() * scale)


def fused_linear(layers: Sequence[torch.nn.Linear | LinearWeights], make: MakeLinear[L], dtype: torch.dtype) -> L:
    """Fuse layers with the same input into one."""
    weight, bias = fuse_weights(layers)
    return make(weight.to(dtype), bias.to(dtype))


def fuse_weights(layers: Sequence[torch.nn.Linear | LinearWeights]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the weight and bias of fused layers. A layer without bias (Whisper's keys) gets zeros."""
    import torch

    biases = [layer.weight.new_zeros(len(layer.weight)) if layer.bias is None else layer.bias for layer in layers]
    return torch.cat([layer.weight for layer in layers]).detach(), torch.cat(biases).detach()


def release_weights(made: T, source: torch.nn.Module, *, keep: bool) -> T:
    """Return ``made``, after freeing the weights of the module it was made from, unless ``keep``."""
    if not keep:
        for module in source.modules():
            for name in [name for name, _ in module.named_parameters(recurse=False)]:
                setattr(module, name, None)
    return made


def gelu(x: torch.Tensor) -> torch.Tensor:
    """Apply exact GELU in place, as whisper does: allocating new memory would cost more than the computation."""
    import torch

    return torch.ops.aten.gelu_(x)
