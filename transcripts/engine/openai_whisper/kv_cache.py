"""The KV cache in torch: cross-attention and self-attention keys and values of the rows being decoded.

Each row has a slot. The first ``count`` slots are in use, so a batch is always a slice and nothing is gathered. A row
stores its tokens at its own positions, from 0, whatever the length of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transcripts.engine.openai_whisper.protocols import Heads

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import torch
    from whisper.model import ModelDimensions

BLOCK = 64
"""Self-attention reads whole blocks: the rounding of a product depends on its width, and a row's result must not depend
on the length of its neighbours."""


@dataclass(frozen=True, slots=True)
class Span:
    """Some slots, and the positions in them of the tokens of one forward pass.

    ``positions`` [rows, tokens]; ``length`` is the number of positions that attention reads; ``mask`` [rows or 1, 1,
    tokens, length] is -inf for positions after a token. ``at`` is the position of all rows' first token if they are
    equal, else None.
    """

    slots: slice
    positions: torch.Tensor
    length: int
    mask: torch.Tensor
    at: int | None


class TorchKVCache:
    """Arrays for ``capacity`` rows, allocated once. Computes nothing.

    ``audio_mask`` [rows, 1, 1, 1500] is -inf after the end of a row's audio.
    """

    def __init__(self, dims: ModelDimensions, capacity: int, max_tokens: int, like: torch.Tensor) -> None:
        """``max_tokens`` is the maximum number of tokens of a row; dtype and device are those of ``like``."""
        import torch

        heads, width = dims.n_text_head, dims.n_text_state // dims.n_text_head
        self.capacity = capacity
        self.max_tokens = whole_blocks(max_tokens)
        self.lengths = [0] * capacity
        own = (capacity, heads, self.max_tokens, width)
        sound = (capacity, heads, width, dims.n_audio_ctx)
        self._positions = torch.arange(self.max_tokens, device=like.device)
        self._rows = torch.arange(capacity, device=like.device)
        layers = range(dims.n_text_layer)
        self.self_keys = [like.new_zeros(own) for _ in layers]
        self.self_values = [like.new_zeros(own) for _ in layers]
        self.cross_keys = [like.new_empty(sound) for _ in layers]
        self.cross_values = [like.new_empty(sound) for _ in layers]
        self.audio_mask = like.new_zeros((capacity, 1, 1, dims.n_audio_ctx))
        self.recorded_heads: Heads = ()
        self.cross_scores: npt.NDArray[np.float32] | None = None

    def record(self, heads: Heads) -> None:
        """See ``KVCache.record``."""
        self.recorded_heads, self.cross_scores = heads, None

    def move(self, source: int, target: int) -> None:
        """See ``KVCache.move``."""
        length = self.lengths[target] = self.lengths[source]
        for own in (*self.self_keys, *self.self_values):
            own[target, :, :length] = own[source, :, :length]
        for sound in (*self.cross_keys, *self.cross_values):
            sound[target] = sound[source]
        self.audio_mask[target] = self.audio_mask[source]

    def share(self, count: int) -> None:
        """See ``KVCache.share``."""
        for slot in range(1, count):
            self.move(0, slot)

    def reorder(self, parents: Sequence[int]) -> None:
        """See ``KVCache.reorder``."""
        length = self.lengths[0]
        for own in (*self.self_keys, *self.self_values):
            own[: len(parents), :, :length] = own[list(parents), :, :length]

    def store_cross(self, layer: int, slot: int, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Store the cross-attention keys and values of one layer, each [times, state], transposed.

        As one matrix: torch transposes that in tiles, ten times as fast as head by head, and faster than a product with
        a transposed result.
        """
        for kept, new in ((self.cross_keys[layer], keys), (self.cross_values[layer], values)):
            whole = kept[slot].view(new.shape[1], -1)
            whole[:, : len(new)].copy_(new.T)
            whole[:, len(new) :] = 0.0
        self.audio_mask[slot] = 0.0
        self.audio_mask[slot, ..., len(keys) :] = float("-inf")

    def next_span(self, first: int, rows: int, tokens: int) -> Span:
        """Return the span of ``tokens`` more tokens for rows that have just begun, or of one more.

        Advances the lengths of the rows.
        """
        slots = slice(first, first + rows)
        found = self._step_span(slots, self.lengths[slots]) if tokens == 1 else self._prefill_span(slots, tokens)
        self.lengths[slots] = [length + tokens for length in self.lengths[slots]]
        return found

    def _prefill_span(self, slots: slice, tokens: int) -> Span:
        mask = self._mask(self._positions[None, :tokens], whole_blocks(tokens))
        return Span(slots, self._positions[None, :tokens], whole_blocks(tokens), mask, 0)

    def _step_span(self, slots: slice, lengths: list[int]) -> Span:
        at = lengths[0] if min(lengths) == max(lengths) else None
        positions = self._positions.new_tensor(lengths)[:, None]
        return self.span_at(slots, positions, whole_blocks(max(lengths) + 1), at)

    def span_at(self, slots: slice, positions: torch.Tensor, length: int, at: int | None = None) -> Span:
        """Return the span of one more token for each row, at its position [rows, 1] within ``length``."""
        return Span(slots, positions, length, self._mask(positions, length), at)

    def store_self(self, layer: int, span: Span, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Store the self-attention keys and values of the tokens of a span, each [rows, heads, tokens, width]."""
        for kept, new in ((self.self_keys[layer], keys), (self.self_values[layer], values)):
            if span.at is not None:
                kept[span.slots, :, span.at : span.at + new.shape[2]] = new
            else:
                kept[span.slots][self._rows[: len(new)], :, span.positions[:, 0]] = new[:, :, 0]

    def _mask(self, positions: torch.Tensor, length: int) -> torch.Tensor:
        """Return the causal mask: -inf for positions after a token."""
        ahead = self._positions[:length] > positions[..., None]
        return self.self_keys[0].new_zeros(ahead.shape).masked_fill_(ahead, float("-inf"))[:, None]


def whole_blocks(length: int) -> int:
    """Round a length up to whole blocks."""
    return -(-length // BLOCK) * BLOCK


def bytes_per_row(dims: ModelDimensions, length: int, size: int) -> int:
    """Return the memory of one slot in bytes, with numbers of ``size`` bytes."""
    numbers: int = dims.n_text_layer * dims.n_text_state * (dims.n_audio_ctx + whole_blocks(length))
    return 2 * size * numbers
