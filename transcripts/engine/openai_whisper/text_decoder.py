"""Whisper's text decoder in torch: the forward pass of many rows at once.

The same sums as whisper's, in another order. Query, key and value are one fused product; the attention scale is folded
into the query weights; cross-attention keys and values are computed once and stored as [row, head, width, 1500], the
layout that a CPU reads fastest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transcripts.engine.openai_whisper import kv_cache
from transcripts.engine.openai_whisper.cuda_graphs import GraphedKVCache, cuda_graph_recorder
from transcripts.engine.openai_whisper.kv_cache import Span, TorchKVCache
from transcripts.engine.openai_whisper.layers import (
    LayerNorm,
    fused_linear,
    gelu,
    layer_norm,
    release_weights,
    scaled_query,
)
from transcripts.engine.openai_whisper.linear import Linear, MakeLinear
from transcripts.engine.openai_whisper.sampling import Sampler

if TYPE_CHECKING:
    import torch
    from whisper.model import ResidualAttentionBlock, Whisper
    from whisper.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Layer:
    """A block of the decoder."""

    self_norm: LayerNorm
    self_qkv: Linear
    self_out: Linear
    cross_norm: LayerNorm
    cross_query: Linear
    cross_key: Linear
    cross_value: Linear
    cross_out: Linear
    mlp_norm: LayerNorm
    mlp_in: Linear
    mlp_out: Linear


class TorchTextDecoder:
    """A ``TextDecoder`` in torch, whose operations use all threads."""

    single_threaded = False

    def __init__(self, model: Whisper, make: MakeLinear[Linear], dtype: torch.dtype, *, keep: bool = False) -> None:
        """Frees the model's own weights as they are copied, unless ``keep``: two models may not fit into memory."""
        decoder = model.decoder
        self.dims = model.dims
        self.heads = model.dims.n_text_head
        self._embedding = decoder.token_embedding.weight.detach().to(dtype)
        self._positions = decoder.positional_embedding.detach().to(dtype)
        self._layers = [release_weights(_layer(block, make, dtype), block, keep=keep) for block in decoder.blocks]
        self._norm = layer_norm(decoder.ln, dtype)
        self._output = release_weights(make(self._embedding, None), decoder.token_embedding, keep=keep)
        self._recorder = cuda_graph_recorder if self._embedding.device.type == "cuda" else None

    def new_cache(self, capacity: int, max_tokens: int) -> TorchKVCache:
        """See ``TextDecoder.new_cache``."""
        if self._recorder:
            return GraphedKVCache(self.dims, capacity, max_tokens, self._embedding, self._recorder())
        return TorchKVCache(self.dims, capacity, max_tokens, self._embedding)

    def bytes_per_row(self, max_tokens: int) -> int:
        """See ``TextDecoder.bytes_per_row``."""
        return kv_cache.bytes_per_row(self.dims, max_tokens, self._embedding.element_size())

    def sampler(self, tokenizer: Tokenizer, *, no_end: bool = False) -> Sampler:
        """See ``TextDecoder.sampler``."""
        return Sampler(tokenizer, self.dims, self._embedding.device, no_end=no_end)

    def set_audio(self, cache: TorchKVCache, slot: int, features: torch.Tensor) -> None:
        """See ``TextDecoder.set_audio``."""
        cache.lengths[slot] = 0
        features = features.to(self._embedding.dtype)
        for number, layer in enumerate(self._layers):
            cache.store_cross(number, slot, layer.cross_key(features.clone()), layer.cross_value(features.clone()))

    def forward(self, cache: TorchKVCache, first: int, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
        """See ``TextDecoder.forward``."""
        import torch

        cache.cross_scores = None
        if isinstance(cache, GraphedKVCache) and first == 0 and len(tokens[0]) == 1:
            return cache.step(self._hidden_states, [token for (token,) in tokens])
        given = torch.tensor(tokens, device=self._embedding.device)
        scores: list[torch.Tensor] | None = [] if cache.recorded_heads else None
        states = self._hidden_states(given, cache, cache.next_span(first, *given.shape), scores)
        if scores:
            recorded = torch.stack([scores[layer][:, head] for layer, head in cache.recorded_heads], dim=2)
            cache.cross_scores = recorded.float().cpu().numpy()
        return states

    def _hidden_states(
        self, tokens: torch.Tensor, cache: TorchKVCache, span: Span, cross_scores: list[torch.Tensor] | None = None
    ) -> torch.Tensor:
        x = self._embedding[tokens] + self._positions[span.positions]
        for number, layer in enumerate(self._layers):
            x += layer.self_out(self._self_attention(number, layer.self_qkv(layer.self_norm(x)), cache, span))
            x += layer.cross_out(
                self._cross_attention(number, layer.cross_query(layer.cross_norm(x)), cache, span, cross_scores)
            )
            x += layer.mlp_out(gelu(layer.mlp_in(layer.mlp_norm(x))))
        return self._norm(x)

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """See ``TextDecoder.logits``."""
        return self._output(states).float()

    def _self_attention(self, number: int, qkv: torch.Tensor, cache: TorchKVCache, span: Span) -> torch.Tensor:
        """Attend to the row's own tokens."""
        rows, tokens = qkv.shape[:2]
        query, key, value = qkv.view(rows, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        cache.store_self(number, span, key, value)
        keys = cache.self_keys[number][span.slots, :, : span.length]
        values = cache.self_values[number][span.slots, :, : span.length]
        weights = (query @ keys.transpose(-1, -2)).add_(span.mask).softmax(-1)
        return (weights @ values).transpose(1, 2).reshape(rows, tokens, -1)

    def _cross_attention(
        self, number: int, query: torch.Tensor, cache: TorchKVCache, span: Span, cross_scores: list[torch.Tensor] | None
    ) -> torch.Tensor:
        """Attend to the audio."""
        rows, tokens = query.shape[:2]
        query = query.view(rows, tokens, self.heads, -1).transpose(1, 2)
        scores = query @ cache.cross_keys[number][span.slots] + cache.audio_mask[span.slots]
        if cross_scores is not None:
            cross_scores.append(scores)
        values = cache.cross_values[number][span.slots]
        return (scores.softmax(-1) @ values.transpose(-1, -2)).transpose(1, 2).reshape(rows, tokens, -1)


def _layer(block: ResidualAttentionBlock, make: MakeLinear[Linear], dtype: torch.dtype) -> Layer:
    attention, cross_attention = block.attn, block.cross_attn
    return Layer(
        layer_norm(block.attn_ln, dtype),
        fused_linear([scaled_query(attention), attention.key, attention.value], make, dtype),
        fused_linear([attention.out], make, dtype),
        layer_norm(block.cross_attn_ln, dtype),
        fused_linear([scaled_query(cross_attention)], make, dtype),
        fused_linear([cross_attention.key], make, dtype),
        fused_linear([cross_attention.value], make, dtype),
        fused_linear([cross_attention.out], make, dtype),
        layer_norm(block.mlp_ln, dtype),
        fused_linear([block.mlp[0]], make, dtype),
        fused_linear([block.mlp[2]], make, dtype),
    )
