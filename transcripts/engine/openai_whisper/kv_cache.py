"""What the decoder remembers of the rows it is writing: keys and values of their sound and of their own tokens.

Each row lies in a slot; the first ``count`` slots are in use, so a batch is always a slice and nothing is gathered. A row keeps its
tokens at its own positions, from 0, whatever the length of the others.
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
"""Attention over the row's own tokens reads whole blocks: the product's rounding depends on its width, a row's outcome must not depend
on the length of its neighbours."""


@dataclass(frozen=True, slots=True)
class Span:
    """Some slots, and the positions in them of the tokens that now pass through the decoder.

    ``positions`` [rows, tokens]; ``length`` is how many positions attention reads; ``mask`` [rows or 1, 1, tokens, length] holds -inf
    where a token must not look. ``at`` is the position of all rows' first token where they are equal.
    """

    slots: slice
    positions: torch.Tensor
    length: int
    mask: torch.Tensor
    at: int | None


class Caches:
    """Room for ``capacity`` rows, allocated once. It computes nothing.

    ``behind`` [rows, 1, 1, 1500] holds -inf where a row has no sound any more.
    """

    def __init__(self, dims: ModelDimensions, capacity: int, room: int, like: torch.Tensor) -> None:
        """``room`` is the greatest number of tokens of a row; type and device are those of ``like``."""
        import torch

        heads, width = dims.n_text_head, dims.n_text_state // dims.n_text_head
        self.capacity = capacity
        self.room = blocks(room)
        self.lengths = [0] * capacity
        own = (capacity, heads, self.room, width)
        sound = (capacity, heads, width, dims.n_audio_ctx)
        self._positions = torch.arange(self.room, device=like.device)
        self._rows = torch.arange(capacity, device=like.device)
        layers = range(dims.n_text_layer)
        self.keys = [like.new_zeros(own) for _ in layers]
        self.values = [like.new_zeros(own) for _ in layers]
        self.sound_keys = [like.new_empty(sound) for _ in layers]
        self.sound_values = [like.new_empty(sound) for _ in layers]
        self.behind = like.new_zeros((capacity, 1, 1, dims.n_audio_ctx))
        self.heads: Heads = ()
        self.watched: npt.NDArray[np.float32] | None = None

    def watch(self, heads: Heads) -> None:
        """See ``contract.Slots.watch``."""
        self.heads, self.watched = heads, None

    def move(self, source: int, target: int) -> None:
        """Put the row of one slot into another."""
        length = self.lengths[target] = self.lengths[source]
        for own in (*self.keys, *self.values):
            own[target, :, :length] = own[source, :, :length]
        for sound in (*self.sound_keys, *self.sound_values):
            sound[target] = sound[source]
        self.behind[target] = self.behind[source]

    def share(self, count: int) -> None:
        """See ``protocols.Slots.share``."""
        for slot in range(1, count):
            self.move(0, slot)

    def reorder(self, parents: Sequence[int]) -> None:
        """See ``protocols.Slots.reorder``."""
        length = self.lengths[0]
        for own in (*self.keys, *self.values):
            own[: len(parents), :, :length] = own[list(parents), :, :length]

    def hear(self, layer: int, slot: int, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Keep what a layer made of a row's sound, each [times, state], turned on its side.

        As one matrix: torch turns that in tiles, ten times as fast as head by head, and faster than a product that comes out so.
        """
        for kept, new in ((self.sound_keys[layer], keys), (self.sound_values[layer], values)):
            whole = kept[slot].view(new.shape[1], -1)
            whole[:, : len(new)].copy_(new.T)
            whole[:, len(new) :] = 0.0
        self.behind[slot] = 0.0
        self.behind[slot, ..., len(keys) :] = float("-inf")

    def span(self, first: int, rows: int, tokens: int) -> Span:
        """The span of so many more tokens for each of some rows, which have just begun, or of one more; they count as read."""
        slots = slice(first, first + rows)
        found = self._next(slots, self.lengths[slots]) if tokens == 1 else self._first(slots, tokens)
        self.lengths[slots] = [length + tokens for length in self.lengths[slots]]
        return found

    def _first(self, slots: slice, tokens: int) -> Span:
        mask = self._mask(self._positions[None, :tokens], blocks(tokens))
        return Span(slots, self._positions[None, :tokens], blocks(tokens), mask, 0)

    def _next(self, slots: slice, lengths: list[int]) -> Span:
        at = lengths[0] if min(lengths) == max(lengths) else None
        positions = self._positions.new_tensor(lengths)[:, None]
        return self.ahead(slots, positions, blocks(max(lengths) + 1), at)

    def ahead(self, slots: slice, positions: torch.Tensor, length: int, at: int | None = None) -> Span:
        """The span of one more token for each of some rows, at its position [rows, 1] within ``length``."""
        return Span(slots, positions, length, self._mask(positions, length), at)

    def put(self, layer: int, span: Span, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Keep what a layer made of the span's tokens, each [rows, heads, tokens, width]."""
        for kept, new in ((self.keys[layer], keys), (self.values[layer], values)):
            if span.at is not None:
                kept[span.slots, :, span.at : span.at + new.shape[2]] = new
            else:
                kept[span.slots][self._rows[: len(new)], :, span.positions[:, 0]] = new[:, :, 0]

    def _mask(self, positions: torch.Tensor, length: int) -> torch.Tensor:
        """-inf where a token at a position would look ahead."""
        ahead = self._positions[:length] > positions[..., None]
        return self.keys[0].new_zeros(ahead.shape).masked_fill_(ahead, float("-inf"))[:, None]


def blocks(length: int) -> int:
    """The length, filled up to whole blocks."""
    return -(-length // BLOCK) * BLOCK


def bytes_of_row(dims: ModelDimensions, length: int, size: int) -> int:
    """How much memory a slot takes, with numbers of ``size`` bytes."""
    numbers: int = dims.n_text_layer * dims.n_text_state * (dims.n_audio_ctx + blocks(length))
    return 2 * size * numbers
