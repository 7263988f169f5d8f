"""The KV cache of the compiled decoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.openai_whisper.compiled.arrays import Floats, KVArrays
from transcripts.engine.openai_whisper.compiled.forward import quantize_kv
from transcripts.engine.openai_whisper.protocols import Heads

if TYPE_CHECKING:
    from whisper.model import ModelDimensions


class CompiledKVCache:
    """Arrays for rows, allocated once. See ``protocols.KVCache``.

    Cross-attention keys and values have 8 bits, or are float32 if ``exact``.
    """

    def __init__(self, dims: ModelDimensions, capacity: int, max_tokens: int, *, exact: bool = False) -> None:
        self.capacity = capacity
        self.max_tokens = max_tokens
        self.lengths = [0] * capacity
        layers, heads, state = dims.n_text_layer, dims.n_text_head, dims.n_text_state
        sound = (layers, capacity, heads, dims.n_audio_ctx, state // heads)
        scales, own = (layers, capacity, state), (layers, capacity, max_tokens, state)
        number = np.float32 if exact else np.int8
        self._exact = exact
        self.arrays = KVArrays(
            np.empty(sound, number),
            np.ones(scales, np.float32),
            np.empty(sound, number),
            np.ones(scales, np.float32),
            np.empty(own, np.float32),
            np.empty(own, np.float32),
            np.full(capacity, dims.n_audio_ctx),
            np.arange(capacity),
        )
        self.cross_scores: Floats | None = None
        self.recorded = np.full((layers, heads), -1)
        """The index of each head among the recorded heads; -1 if it is not recorded."""

    def record(self, heads: Heads) -> None:
        """See ``KVCache.record``."""
        self.cross_scores = None
        self.recorded[:] = -1
        for index, (layer, head) in enumerate(heads):
            self.recorded[layer, head] = index

    def move(self, source: int, target: int) -> None:
        """See ``KVCache.move``."""
        length = self.lengths[target] = self.lengths[source]
        arrays = self.arrays
        for own in (arrays.self_keys, arrays.self_values):
            own[:, target, :length] = own[:, source, :length]
        for sound in arrays[:4]:
            sound[:, target] = sound[:, source]
        arrays.audio_lengths[target] = arrays.audio_lengths[source]
        arrays.audio_slots[target] = target

    def share(self, count: int) -> None:
        """See ``KVCache.share``. The audio is stored once."""
        self.lengths[:count] = [self.lengths[0]] * count
        self.arrays.audio_slots[:count] = 0
        self.reorder([0] * count)

    def reorder(self, parents: Sequence[int]) -> None:
        """See ``KVCache.reorder``."""
        length = self.lengths[0]
        for own in (self.arrays.self_keys, self.arrays.self_values):
            own[:, : len(parents), :length] = own[:, parents, :length]

    def store_cross(self, layer: int, slot: int, made: Floats) -> None:
        """Store the cross-attention keys and values of one layer, side by side [times, 2 state]."""
        arrays = self.arrays
        times = arrays.audio_lengths[slot] = len(made)
        arrays.audio_slots[slot] = slot
        keys, values = arrays.cross_keys[layer, slot], arrays.cross_values[layer, slot]
        if self._exact:
            heads, _, width = keys.shape
            keys[:, :times], values[:, :times] = made.reshape(times, 2, heads, width).transpose(1, 2, 0, 3)
        else:
            quantize_kv(made, 0, keys, arrays.cross_key_scales[layer, slot])
            quantize_kv(made, made.shape[1] // 2, values, arrays.cross_value_scales[layer, slot])


def bytes_per_row(dims: ModelDimensions, max_tokens: int, *, exact: bool = False) -> int:
    """Return the memory of one slot in bytes."""
    size: int = dims.n_text_layer * dims.n_text_state * ((4 if exact else 1) * dims.n_audio_ctx + 4 * max_tokens)
    return 2 * size
