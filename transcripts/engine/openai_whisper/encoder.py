"""Whisper's encoder, one window at a time.

One window fits into a CPU's cache, and its result cannot depend on other windows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from transcripts.engine.openai_whisper.layers import (
    LayerNorm,
    fused_linear,
    gelu,
    layer_norm,
    release_weights,
    scaled_query,
)
from transcripts.engine.openai_whisper.linear import L, MakeLinear

if TYPE_CHECKING:
    import torch
    from whisper.model import ResidualAttentionBlock, Whisper


@dataclass(frozen=True, slots=True)
class Layer(Generic[L]):
    """A block of the encoder."""

    self_norm: LayerNorm
    self_qkv: L
    self_out: L
    mlp_norm: LayerNorm
    mlp_in: L
    mlp_out: L


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution over time with a kernel of three frames."""

    weight: torch.Tensor
    bias: torch.Tensor
    stride: int

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Convolve [channels, frames] to [channels, frames / stride]."""
        from torch.nn.functional import conv1d

        return conv1d(x, self.weight, self.bias, stride=self.stride, padding=1)


class Encoder(Generic[L]):
    """The encoder's weights as a function."""

    def __init__(self, model: Whisper, make: MakeLinear[L], dtype: torch.dtype, *, keep: bool = False) -> None:
        """Frees the model's own weights as they are copied, unless ``keep``."""
        encoder = model.encoder
        self._heads = model.dims.n_audio_head
        self._dtype = dtype
        self._first = _convolution(encoder.conv1, dtype)
        self._second = _convolution(encoder.conv2, dtype)
        self._positions = encoder.positional_embedding.to(dtype)
        self._layers = [release_weights(_layer(block, make, dtype), block, keep=keep) for block in encoder.blocks]
        self._norm = layer_norm(encoder.ln_post, dtype)

    def __call__(self, mel: torch.Tensor) -> torch.Tensor:
        """Return the features [frames / 2, state] of one window's log-mel [n_mels, frames]."""
        x = gelu(self._second(gelu(self._first(mel.to(self._dtype))))).T.contiguous()
        x += self._positions[: len(x)]
        for layer in self._layers:
            self._add_block(layer, x)
        return self._norm(x)

    def _add_block(self, layer: Layer[L], x: torch.Tensor) -> None:
        """Add the output of a block to x [times, state]."""
        x += layer.self_out(self._attention(layer.self_qkv(layer.self_norm(x))))
        x += layer.mlp_out(gelu(layer.mlp_in(layer.mlp_norm(x))))

    def _attention(self, qkv: torch.Tensor) -> torch.Tensor:
        from torch.nn.functional import scaled_dot_product_attention

        frames = len(qkv)
        query, key, value = qkv.view(frames, 3, self._heads, -1).permute(1, 2, 0, 3)[:, None]
        attended = scaled_dot_product_attention(query, key, value, scale=1.0)
        return attended[0].transpose(0, 1).reshape(frames, -1)


def _convolution(module: torch.nn.Conv1d, dtype: torch.dtype) -> Convolution:
    return Convolution(module.weight.detach().to(dtype), module.bias.detach().to(dtype), module.stride[0])


def _layer(block: ResidualAttentionBlock, make: MakeLinear[L], dtype: torch.dtype) -> Layer[L]:
    attention = block.attn
    return Layer(
        layer_norm(block.attn_ln, dtype),
        fused_linear([scaled_query(attention), attention.key, attention.value], make, dtype),
        fused_linear([attention.out], make, dtype),
        layer_norm(block.mlp_ln, dtype),
        fused_linear([block.mlp[0]], make, dtype),
        fused_linear([block.mlp[2]], make, dtype),
    )
