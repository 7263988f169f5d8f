"""The text decoder as machine code. See ``protocols.TextDecoder``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.openai_whisper.compiled import forward, kv_cache, quantize
from transcripts.engine.openai_whisper.compiled.arrays import TILE
from transcripts.engine.openai_whisper.compiled.int8_linear import Int8Linear, output_layer
from transcripts.engine.openai_whisper.compiled.kv_cache import CompiledKVCache
from transcripts.engine.openai_whisper.compiled.sampling import CompiledSampler
from transcripts.engine.openai_whisper.compiled.weights import decoder_weights
from transcripts.engine.openai_whisper.layers import fused_linear, release_weights
from transcripts.engine.openai_whisper.linear import FloatLinear
from transcripts.engine.openai_whisper.sampling import Sampler

if TYPE_CHECKING:
    import torch
    from whisper.model import Whisper
    from whisper.tokenizer import Tokenizer


class CompiledTextDecoder:
    """A ``TextDecoder`` whose steps are single calls of machine code, in int8."""

    single_threaded = True

    def __init__(self, model: Whisper, *, keep: bool = False) -> None:
        """Frees the model's own weights, unless ``keep``."""
        import torch

        decoder = model.decoder
        self.dims = model.dims
        self._weights = decoder_weights(decoder)
        self._cross_kv = [
            release_weights(
                fused_linear([block.cross_attn.key, block.cross_attn.value], Int8Linear, torch.float32),
                block,
                keep=keep,
            )
            for block in decoder.blocks
        ]
        logits = output_layer(decoder.token_embedding.weight)
        self._output = release_weights(logits, decoder.token_embedding, keep=keep)

    def new_cache(self, capacity: int, max_tokens: int) -> CompiledKVCache:
        """See ``TextDecoder.new_cache``."""
        return CompiledKVCache(self.dims, capacity, max_tokens)

    def bytes_per_row(self, max_tokens: int) -> int:
        """See ``TextDecoder.bytes_per_row``."""
        return kv_cache.bytes_per_row(self.dims, max_tokens)

    def sampler(self, tokenizer: Tokenizer, *, no_end: bool = False) -> Sampler:
        """See ``TextDecoder.sampler``."""
        import torch

        return CompiledSampler(tokenizer, self.dims, torch.device("cpu"), no_end=no_end)

    def set_audio(self, cache: CompiledKVCache, slot: int, features: torch.Tensor) -> None:
        """See ``TextDecoder.set_audio``."""
        cache.lengths[slot] = 0
        x, scales = features.clone(), np.empty(len(features), np.float32)
        self._cross_kv[0].rotate_and_scale(x, scales)
        for layer, product in enumerate(self._cross_kv):
            made = product.matmul(x).numpy()
            quantize.rescale(made, scales, product.bias.numpy())
            cache.store_cross(layer, slot, made)

    def forward(self, cache: CompiledKVCache, first: int, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
        """See ``TextDecoder.forward``."""
        import torch

        given = np.array(tokens, np.int64)
        rows, count = given.shape
        lengths = cache.lengths[first : first + rows]
        positions = np.add.outer(lengths, np.arange(count))
        states = np.empty((-(-given.size // TILE) * TILE, self.dims.n_text_state), np.float32)
        scores = np.empty((given.size, cache.recorded.max() + 1, self.dims.n_audio_ctx), np.float32)
        forward.forward(
            given.ravel(),
            np.repeat(np.arange(first, first + rows), count),
            positions.ravel(),
            self._weights,
            cache.arrays,
            cache.recorded,
            scores,
            states,
        )
        cache.lengths[first : first + rows] = [length + count for length in lengths]
        cache.cross_scores = scores.reshape(rows, count, *scores.shape[1:]) if scores.size else None
        return torch.from_numpy(states)[: given.size].unflatten(0, (rows, count))

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """See ``TextDecoder.logits``."""
        return self._output(states.clone())


class CompiledFloatTextDecoder(CompiledTextDecoder):
    """The same in float32, without quantization; torch multiplies in float32, too."""

    def __init__(self, model: Whisper, *, keep: bool = False) -> None:
        """Frees the model's own weights as they are copied, unless ``keep``."""
        import torch

        decoder = model.decoder
        self.dims = model.dims
        self._float_cross_kv = [
            fused_linear([block.cross_attn.key, block.cross_attn.value], FloatLinear, torch.float32)
            for block in decoder.blocks
        ]
        for block in decoder.blocks:
            release_weights(None, block.cross_attn.key, keep=keep)
            release_weights(None, block.cross_attn.value, keep=keep)
        self._weights = decoder_weights(decoder, exact=True, keep=keep)
        self._float_output = FloatLinear(torch.from_numpy(self._weights.embedding))
        release_weights(None, decoder.blocks, keep=keep)
        release_weights(None, decoder.token_embedding, keep=keep)

    def new_cache(self, capacity: int, max_tokens: int) -> CompiledKVCache:
        """See ``TextDecoder.new_cache``."""
        return CompiledKVCache(self.dims, capacity, max_tokens, exact=True)

    def bytes_per_row(self, max_tokens: int) -> int:
        """See ``TextDecoder.bytes_per_row``."""
        return kv_cache.bytes_per_row(self.dims, max_tokens, exact=True)

    def set_audio(self, cache: CompiledKVCache, slot: int, features: torch.Tensor) -> None:
        """See ``TextDecoder.set_audio``."""
        cache.lengths[slot] = 0
        for layer, product in enumerate(self._float_cross_kv):
            cache.store_cross(layer, slot, product(features).numpy())

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """See ``TextDecoder.logits``."""
        return self._float_output(states)
