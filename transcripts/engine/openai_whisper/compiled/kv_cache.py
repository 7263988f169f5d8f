"""What the compiled decoder keeps of the rows that it writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.openai_whisper.compiled.kernels import Floats, Memory, keep
from transcripts.engine.openai_whisper.protocols import Heads

if TYPE_CHECKING:
    from whisper.model import ModelDimensions


class Slots:
    """Room for rows, allocated once; see ``protocols.Slots``. Of their sound 8 bits are kept, or, where it is ``exact``, float32."""

    def __init__(self, dims: ModelDimensions, capacity: int, room: int, *, exact: bool = False) -> None:
        self.capacity = capacity
        self.room = room
        self.lengths = [0] * capacity
        layers, heads, state = dims.n_text_layer, dims.n_text_head, dims.n_text_state
        sound = (layers, capacity, heads, dims.n_audio_ctx, state // heads)
        scales, own = (layers, capacity, state), (layers, capacity, room, state)
        number = np.float32 if exact else np.int8
        self._exact = exact
        self.memory = Memory(
            np.empty(sound, number),
            np.ones(scales, np.float32),
            np.empty(sound, number),
            np.ones(scales, np.float32),
            np.empty(own, np.float32),
            np.empty(own, np.float32),
            np.full(capacity, dims.n_audio_ctx),
            np.arange(capacity),
        )
        self.watched: Floats | None = None
        self.seats = np.full((layers, heads), -1)
        """Where among the watched heads each one stands; -1 for one that is not watched."""

    def watch(self, heads: Heads) -> None:
        """See ``contract.Slots.watch``."""
        self.watched = None
        self.seats[:] = -1
        for seat, (layer, head) in enumerate(heads):
            self.seats[layer, head] = seat

    def move(self, source: int, target: int) -> None:
        """Put the row of one slot into another."""
        length = self.lengths[target] = self.lengths[source]
        memory = self.memory
        for own in (memory.own_keys, memory.own_values):
            own[:, target, :length] = own[:, source, :length]
        for sound in memory[:4]:
            sound[:, target] = sound[:, source]
        memory.times[target] = memory.times[source]
        memory.sounds[target] = target

    def share(self, count: int) -> None:
        """See ``protocols.Slots.share``: the sound is kept once."""
        self.lengths[:count] = [self.lengths[0]] * count
        self.memory.sounds[:count] = 0
        self.reorder([0] * count)

    def reorder(self, parents: Sequence[int]) -> None:
        """See ``protocols.Slots.reorder``."""
        length = self.lengths[0]
        for own in (self.memory.own_keys, self.memory.own_values):
            own[:, : len(parents), :length] = own[:, parents, :length]

    def hear(self, layer: int, slot: int, made: Floats) -> None:
        """Keep what a layer made of a row's sound: keys and values side by side [times, 2 state]."""
        memory = self.memory
        times = memory.times[slot] = len(made)
        memory.sounds[slot] = slot
        keys, values = memory.sound_keys[layer, slot], memory.sound_values[layer, slot]
        if self._exact:
            heads, _, width = keys.shape
            keys[:, :times], values[:, :times] = made.reshape(times, 2, heads, width).transpose(1, 2, 0, 3)
        else:
            keep(made, 0, keys, memory.sound_key_scales[layer, slot])
            keep(made, made.shape[1] // 2, values, memory.sound_value_scales[layer, slot])


def bytes_of_row(dims: ModelDimensions, room: int, *, exact: bool = False) -> int:
    """How much memory a slot takes."""
    size: int = dims.n_text_layer * dims.n_text_state * ((4 if exact else 1) * dims.n_audio_ctx + 4 * room)
    return 2 * size
